"""What a reader of a format may choose about it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Choices(BaseModel):
    """All choices of all formats; each format names the ones it takes. Text such as "true" or "1" is understood."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bom: bool = False
    """Begin with a byte order mark: some televisions and spreadsheets want one, many parsers choke on it."""
    crlf: bool = False
    """End lines with CR LF, as some televisions and Windows programs want it, instead of LF."""
    speakers: bool = True
    """Name speakers where they change, if there are two or more."""
    sounds: bool = True
    """Tell of sounds and music, where people have added them."""
    voices: bool = False
    """WebVTT: name speakers in `<v>` tags, which a page can style, instead of in the text."""
    times: bool = False
    """Put the time before each paragraph."""
    links: bool = True
    """Markdown: put the time before each paragraph, as a link into the recording."""
    words: bool = False
    """Add the list of words with their times."""
    unclear: bool | None = None
    """Write `[unclear]` where speech could not be made out, and before words that are doubted. Unsaid: in texts for
    reading only. Where there is no word at all a sentence says so, unless this is False."""
    rows: Literal["cues", "segments", "words"] = "cues"
    """What a row of a table holds."""
