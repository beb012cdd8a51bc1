"""From an edited document back to a transcript, so that every format is made of it as of the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aisubs.formats.breaks import ends_sentence
from aisubs.formats.measure import is_cjk
from aisubs.formats.wording import clean, is_visible
from aisubs.model.document import Document, Paragraph
from aisubs.model.transcript import Segment, Transcript, Word


def transcript_of(document: Document, about: Transcript) -> tuple[Transcript, list[str]]:
    """The document as a transcript, and of each of its segments the id of the paragraph that it is from.

    A segment is a sentence. Speakers are called what people call them. `about` says everything that is not text:
    duration, language, title; its segments are not looked at.
    """
    segments: list[Segment] = []
    opened: list[int] = []
    owners: list[str] = []
    for paragraph in document.paragraphs:
        speaker = document.speakers.get(paragraph.speaker, paragraph.speaker) if paragraph.speaker else None
        sentences = list(_sentences(_words(paragraph)))
        if sentences:
            opened.append(len(segments))
        for words in sentences:
            text = "".join(word.text for word in words)
            end_ms = max(word.end_ms for word in words)
            segment = Segment(words[0].start_ms, end_ms, text, tuple(words), speaker, language=paragraph.language)
            segments.append(segment)
            owners.append(paragraph.id)
    made = replace(about, segments=tuple(segments), paragraphs=tuple(opened), own=document.own, shifts=document.shifts)
    return made, owners


def _words(paragraph: Paragraph) -> Iterator[Word]:
    """White space belongs to the word behind it, as models write it."""
    gap = ""
    decided = dict(paragraph.overrides or ())
    columns = zip(paragraph.words(), paragraph.starts, paragraph.durations, paragraph.conf, strict=True)
    for index, (text, start_ms, duration_ms, percent) in enumerate(columns):
        bare = text.strip()
        if is_visible(clean(bare)):
            space = " " if gap or text[:1].isspace() else ""
            confidence = None if percent is None else percent / 100
            yield Word(start_ms, start_ms + duration_ms, space + bare, confidence, decided.get(index))
        gap = text[len(text.rstrip()) :]


def _sentences(words: Iterator[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        if sentence and ends_sentence(sentence[-1].text.strip()) and _parts(sentence[-1], word):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _parts(left: Word, right: Word) -> bool:
    """Whether a segment may end here: two segments are joined by a space unless both are Chinese or Japanese, and the
    text must read the same afterwards."""
    return right.text.startswith(" ") != (is_cjk(left.text[-1]) and is_cjk(right.text[0]))
