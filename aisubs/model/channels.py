"""What the two channels of a recording are to each other: a mix of one conversation, or a person on each."""

from __future__ import annotations

from enum import StrEnum


class Channels(StrEnum):
    """How they are heard. `MONO`: together. `DIALOGUE`: each by itself, with a speaker of its own, wherever they
    differ. `AUTO`: so where their levels show that there is one person on each, else together."""

    AUTO = "auto"
    MONO = "mono"
    DIALOGUE = "dialogue"
