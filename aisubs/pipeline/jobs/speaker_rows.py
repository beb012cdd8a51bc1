"""Rows of what a diarizer keeps, as the database returns them."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from aisubs.ports import SpeakerChunk


def speaker_chunk_from_row(row: dict[str, Any]) -> SpeakerChunk:
    """Of {seq, start_ms, end_ms, data in base64}."""
    return SpeakerChunk(row["seq"], row["start_ms"], row["end_ms"], b64decode(row["data"]))
