"""Who spoke when: turns, how many people, whose voices, and where in the text they change."""
