"""aisubs: recordings in, subtitles out."""

__version__ = "0.2.0"
