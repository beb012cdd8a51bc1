"""The text as people edit it: paragraphs in columns over their words, and the names given to speakers.

The word `i` of a paragraph is `text[offsets[i]:offsets[i + 1]]`, white space around it aside. Offsets count UTF-16 code
units, as JavaScript strings do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any, ClassVar
from unicodedata import category

from pydantic import ConfigDict, Field

from aisubs.model.captions.overrides import (
    Overrides,
    check_overrides,
    normal,
    overrides_from_json,
    overrides_to_json,
)
from aisubs.model.captions.own_cues import OwnCue, own_cues_from_json
from aisubs.model.paragraph_id import ParagraphId

MAX_TEXT_CHARS = 20_000
"""Longest paragraph that is taken from people, and longest list of words of one. The machine's are a tenth of that."""

SpeakerLabel = Annotated[str, Field(min_length=1, max_length=100)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Number = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Spans = tuple[tuple[int, int], ...]
"""Pairs of ms in order: (start_ms, end_ms), of shifts (from_ms, by_ms)."""

_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uff9f\U00020000-\U0003ffff]"
)

_Column = Annotated[tuple[Number, ...], Field(max_length=MAX_TEXT_CHARS)]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of one speaker. The columns are equally long; `starts` and `durations` are ms, `conf` is whole percent, or
    None where nobody knows. `edited` is set by whoever changes it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: ParagraphId
    text: Annotated[str, Field(max_length=MAX_TEXT_CHARS)]
    offsets: _Column
    starts: _Column
    durations: _Column
    conf: Annotated[tuple[Percent | None, ...], Field(max_length=MAX_TEXT_CHARS)]
    speaker: SpeakerLabel | None = None
    edited: bool = False
    language: LanguageCode | None = None
    """What it is written in, where that is not the language of the text."""
    overrides: Annotated[Overrides, Field(max_length=MAX_TEXT_CHARS)] | None = None
    """What people decided about the captions of its words. None: nothing or, of a paragraph that replaces others, what
    was decided of those."""

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "speaker": self.speaker,
            "text": self.text,
            "offsets": self.offsets,
            "starts": self.starts,
            "durations": self.durations,
            "conf": self.conf,
        }
        if self.edited:
            shown["edited"] = True
        if self.language:
            shown["language"] = self.language
        if self.overrides:
            shown["overrides"] = overrides_to_json(self.overrides)
        return shown

    def words(self) -> Iterator[str]:
        """The pieces of the text between the offsets, white space at their ends kept. Raises UnicodeDecodeError where
        an offset parts a surrogate pair."""
        utf_16 = self.text.encode("utf-16-le")
        for start, end in pairwise([*self.offsets, len(utf_16) // 2]):
            yield utf_16[2 * start : 2 * end].decode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Document:
    """A whole text. `speakers` are the names that people gave to labels. `overlaps` is where two or more speak at once;
    None: where the machine heard that at first. `own` are cues without words of the text, in order; `shifts` say how
    much later than it is said the text is shown: (from_ms, by_ms), rising, each beside those before."""

    paragraphs: tuple[Paragraph, ...] = ()
    speakers: Mapping[str, str] = field(default_factory=dict)
    overlaps: Spans | None = None
    own: tuple[OwnCue, ...] = ()
    shifts: Spans = ()

    @property
    def word_count(self) -> int:
        """How many words there are to shape; two characters of a script in which nothing parts words are one."""
        return sum(len(each.text.split()) + len(_UNSPACED.findall(each.text)) // 2 for each in self.paragraphs)

    def as_json(self) -> dict[str, Any]:
        """Equal documents are equal JSON."""
        layer: dict[str, Any] = {"own": [cue.as_json() for cue in self.own]} if self.own else {}
        layer |= {"shifts": self.shifts} if self.shifts else {}
        return (
            ({} if self.overlaps is None else {"overlaps": self.overlaps})
            | layer
            | {
                "speakers": dict(sorted(self.speakers.items())),
                "paragraphs": [paragraph.as_json() for paragraph in self.paragraphs],
            }
        )


def paragraph_from_json(row: Mapping[str, Any]) -> Paragraph:
    """Inverse of `Paragraph.as_json`, for what was checked before it was stored."""
    return Paragraph(
        row["id"],
        row["text"],
        tuple(row["offsets"]),
        tuple(row["starts"]),
        tuple(row["durations"]),
        tuple(row["conf"]),
        row["speaker"],
        row.get("edited", False),
        row.get("language"),
        normal(overrides_from_json(row.get("overrides", ()))),
    )


def document_from_json(value: Mapping[str, Any]) -> Document:
    """Inverse of `Document.as_json`."""
    paragraphs = tuple(paragraph_from_json(row) for row in value["paragraphs"])
    return Document(
        paragraphs,
        dict(value["speakers"]),
        spans_from_json(value.get("overlaps")),
        own_cues_from_json(value.get("own", ())),
        spans_from_json(value.get("shifts", ())) or (),
    )


def spans_from_json(value: Iterable[tuple[int, int]] | None) -> Spans | None:
    """The `overlaps` or the `shifts` of a document."""
    return None if value is None else tuple((start_ms, end_ms) for start_ms, end_ms in value)


def check_shown(name: str | None) -> None:
    """Raises ValueError, with a sentence, for a speaker's name that nobody could read."""
    # Marks of direction are no printable characters, but names in Hebrew and Arabic come with them.
    if name is not None and (not name.strip() or any(category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name)):
        raise ValueError("a speaker's name must be visible text on one line")


def check_paragraph(paragraph: Paragraph, duration_ms: int) -> None:
    """Raises ValueError, with a sentence, for columns that do not fit each other, the text or the recording."""
    count = len(paragraph.offsets)
    if not (count == len(paragraph.starts) == len(paragraph.durations) == len(paragraph.conf)):
        raise ValueError("offsets, starts, durations and conf are not equally long")
    if "\0" in paragraph.text:
        raise ValueError("the text holds a NUL character")
    if any(right <= left for left, right in pairwise(paragraph.offsets)):
        raise ValueError("offsets do not rise")
    units = len(paragraph.text.encode("utf-16-le")) // 2
    if count and paragraph.offsets[-1] >= units:
        raise ValueError(f"an offset lies outside the text of {units} UTF-16 units")
    _check_words(paragraph)
    if any(right < left for left, right in pairwise(paragraph.starts)):
        raise ValueError("starts run backwards")
    if any(start + length > duration_ms for start, length in zip(paragraph.starts, paragraph.durations, strict=True)):
        raise ValueError(f"a word ends after the recording, which is {duration_ms} ms long")
    check_overrides(paragraph.overrides or (), count, duration_ms)


def _check_words(paragraph: Paragraph) -> None:
    """Every visible character must belong to a word, or no format would show it."""
    first = paragraph.offsets[0] if paragraph.offsets else len(paragraph.text)
    try:
        before = paragraph.text.encode("utf-16-le")[: 2 * first].decode("utf-16-le")
        for _ in paragraph.words():
            pass
    except UnicodeDecodeError as fault:
        raise ValueError("an offset lies inside a character") from fault
    if before.strip():
        raise ValueError("there is text before the first offset")
