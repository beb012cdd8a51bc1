"""Nouns and rules of aisubs. No input or output happens here."""
