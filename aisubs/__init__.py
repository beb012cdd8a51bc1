"""aisubs: recordings in, subtitles out."""

__version__ = "0.1.0"
