"""Claims about recognition, on real Whisper weights: the words are right, in many languages, and silence is silent."""
