"""The files of speech models on this machine: what is known of them, where they are found, and how they get here."""
