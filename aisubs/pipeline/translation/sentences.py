"""A text cut into the sentences that are translated, wherever its cues begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from aisubs.formats.breaks import ends_sentence
from aisubs.formats.wording import clean, is_visible
from aisubs.model.document import Document
from aisubs.model.translation import Sentence, SentenceState, Source

MAX_WORDS = 60
"""Some models write no full stops: what has so many words is cut at its longest pause."""

MIN_WORDS = 20
GOES_ON_MS = 8000
"""A pause within a sentence that goes on with a small letter: the paragraph was cut there for its length alone."""


@dataclass(slots=True)
class _Piece:
    """Words that belong together so far, white space kept."""

    speaker: str | None
    language: str | None
    opens: bool
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return clean("".join(self.words)).strip()

    def add(self, word: str, start_ms: int, end_ms: int) -> None:
        self.words.append(word)
        self.starts.append(start_ms)
        self.ends.append(end_ms)

    def split(self) -> tuple[_Piece, _Piece]:
        """In two, at the longest pause that leaves enough on both sides; the last of equal ones."""
        pauses = [
            (right - left, at) for at, (left, right) in enumerate(zip(self.ends, self.starts[1:], strict=False), 1)
        ]
        _, at = max(pauses[MIN_WORDS - 1 :])
        first = replace(self, words=self.words[:at], starts=self.starts[:at], ends=self.ends[:at])
        rest = replace(self, words=self.words[at:], starts=self.starts[at:], ends=self.ends[at:], opens=False)
        return first, rest

    @property
    def is_whole(self) -> bool:
        return ends_sentence(self.words[-1].strip())


def sentences_of(document: Document, source: str, target: str, *, by_people: bool) -> list[Sentence]:
    """All sentences, then the texts of cues of their own, numbered from 0. `by_people`: paragraphs were set by
    somebody, so that no sentence goes on in the next one. What is in the language already, or holds no letter, is
    `same`."""
    found = [
        Source(piece.text, tuple(piece.starts), tuple(piece.ends), piece.speaker, piece.language, piece.opens)
        for piece in _pieces(document, by_people=by_people)
        if is_visible(piece.text)
    ]
    found += [Source(" ".join(cue.text.split()), own=cue.as_json()) for cue in document.own]
    return [Sentence(seq, one, _state(one, source, target)) for seq, one in enumerate(found)]


def _state(one: Source, source: str, target: str) -> SentenceState:
    is_same = (one.language or source) == target or not any(sign.isalpha() for sign in one.text)
    return SentenceState.SAME if is_same else SentenceState.WAITING


def _pieces(document: Document, *, by_people: bool) -> Iterator[_Piece]:
    open_piece: _Piece | None = None
    for paragraph in document.paragraphs:
        columns = zip(paragraph.words(), paragraph.starts, paragraph.durations, strict=True)
        words = [(word, start_ms, start_ms + length_ms) for word, start_ms, length_ms in columns if word.strip()]
        if not words:
            continue
        piece = _Piece(paragraph.speaker, paragraph.language, by_people)
        if open_piece is not None:
            if not by_people and _goes_on(open_piece, piece, *words[0]):
                piece, open_piece.words[-1] = open_piece, f"{open_piece.words[-1].rstrip()} "
            else:
                yield open_piece
        for word in words:
            piece.add(*word)
            if piece.is_whole:
                yield piece
                piece = _Piece(paragraph.speaker, paragraph.language, opens=False)
            elif len(piece.words) >= MAX_WORDS:
                first, piece = piece.split()
                yield first
        open_piece = piece if piece.words else None
    if open_piece is not None:
        yield open_piece


def _goes_on(left: _Piece, right: _Piece, word: str, start_ms: int, _: int) -> bool:
    same = (left.speaker, left.language) == (right.speaker, right.language)
    return same and word.strip()[0].islower() and start_ms - left.ends[-1] < GOES_ON_MS
