"""Plain text (.txt): paragraphs to read."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import hours_minutes_seconds
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.own_words import with_own
from aisubs.formats.paragraphs import paragraphs
from aisubs.formats.timeline import speaker_changes, timed_words
from aisubs.model.transcript import Transcript


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .txt file: one line per paragraph, an empty line between them."""
    gathered = list(paragraphs(with_own(timed_words(transcript), transcript.own, choices), transcript.paragraphs))
    names = speaker_changes([paragraph.speaker for paragraph in gathered], choices.speakers)
    texts = []
    for paragraph, name in zip(gathered, names, strict=True):
        time = f"[{hours_minutes_seconds(paragraph.start_ms // 1000)}] " if choices.times else ""
        label = f"{name}: " if name else ""
        texts.append(f"{time}{label}{paragraph.text}\n")
    return encode("\n".join(texts), choices)
