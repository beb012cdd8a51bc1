"""A text in another language: what is kept of each sentence, and what is told of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aisubs.model.glossary import Term

MAX_LANGUAGES = 20
"""Translations of one text."""


class TranslationState(StrEnum):
    """Where a translation stands. It goes on from `waiting` and `working` by itself, from `failed` when asked again."""

    WAITING = "waiting"
    WORKING = "working"
    COMPLETED = "completed"
    FAILED = "failed"


class SentenceState(StrEnum):
    """What became of a sentence."""

    WAITING = "waiting"
    TRANSLATED = "translated"
    UNTRANSLATED = "untranslated"  # asked for twice, and no answer: the original stands in its place
    SAME = "same"  # it is in the language already, or there is no word in it


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence as it stood in the text that was translated. `starts` and `ends` are its words' in ms; `opens` says
    that it begins a paragraph that people have set; `own` is the id of the cue that it is the text of, and then it has
    no words of the text."""

    text: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    speaker: str | None = None
    language: str | None = None
    opens: bool = False
    own: Mapping[str, Any] | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """The same for two that need the same translation at the same place."""
        return self.text, self.speaker, self.starts[:1], self.ends[-1:], repr(sorted((self.own or {}).items()))

    def as_json(self) -> dict[str, Any]:
        shown = {
            "text": self.text,
            "starts": self.starts,
            "ends": self.ends,
            "speaker": self.speaker,
            "language": self.language,
            "opens": self.opens or None,
            "own": self.own,
        }
        return {name: value for name, value in shown.items() if value is not None}


def source_from_json(value: Mapping[str, Any]) -> Source:
    """Inverse of `Source.as_json`."""
    starts, ends = tuple(value.get("starts", ())), tuple(value.get("ends", ()))
    language, opens = value.get("language"), bool(value.get("opens"))
    return Source(value["text"], starts, ends, value.get("speaker"), language, opens, value.get("own"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What people wrote for a sentence of the original, and how that sentence was then."""

    text: str
    source: str

    def as_json(self) -> dict[str, str]:
        return {"text": self.text, "source": self.source}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One of a translation. `doubts` are the terms of the glossary that did not come out; `kept` was written by people
    before it was brought up to date last, and nobody has looked at it since."""

    seq: int
    source: Source
    state: SentenceState
    text: str | None = None
    doubts: tuple[Term, ...] = ()
    kept: Kept | None = None

    @property
    def to_check(self) -> bool:
        """People's words stand for another sentence than the one they were written for."""
        return self.kept is not None and self.kept.source != self.source.text

    @property
    def shown(self) -> str:
        """What stands in the translation: nothing that was said is left out."""
        return self.source.text if self.text is None else self.text


def sentence_from_json(row: Mapping[str, Any]) -> Sentence:
    """A row of the database."""
    kept, terms = row["kept"], tuple(Term(*pair) for pair in row["doubts"])
    written = None if kept is None else Kept(kept["text"], kept["source"])
    source, state = source_from_json(row["source"]), SentenceState(row["state"])
    return Sentence(row["seq"], source, state, row["text"], terms, written)


@dataclass(frozen=True, slots=True)
class Translation:
    """A whole one. `about` is what `list_translations` says of it."""

    about: Mapping[str, Any]
    sentences: Sequence[Sentence]
    shifts: tuple[tuple[int, int], ...] = field(default=())
