"""Which words of a translation stand for which sentence of the original, and the text with other words for some.

A translation is corrected as any text is, or sentence by sentence; either way its newest text is a document like any
other. So what a sentence has become is read out of that: the words that are still the translator's are known by their
text and time, and those between them belong where their time does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from aisubs.formats.measure import is_cjk
from aisubs.formats.timeline import timed_words
from aisubs.model.captions.carry import carry
from aisubs.model.captions.own_cues import MAX_OWN_CHARS, OwnCue
from aisubs.model.document import Document, Paragraph
from aisubs.model.translation import Sentence, SentenceState, Translation
from aisubs.pipeline.translation.read_translation import composed, spoken_in

_Timed = tuple[int, str]
"""A word: when it begins, in ms, and its letters."""


def wordings(translation: Translation, document: Document, duration_ms: int) -> list[str]:
    """What stands for each sentence in `document`, a text of this translation; "" where nothing does. Equal to
    `Sentence.shown` where the words are the translator's."""
    found = [one.shown for one in translation.sentences]
    transcript, spoken = spoken_in(translation, duration_ms)
    words = timed_words(transcript)
    before = [(word.start_ms, word.text) for word in words]
    of = [spoken[word.segment].seq for word in words]
    after, pieces = _words_of(document)
    said: dict[int, list[str]] = {one.seq: [] for one in spoken}
    kept: dict[int, list[_Timed]] = {one.seq: [] for one in spoken}
    for seq, piece, word in zip(_labels(before, of, after) if of else (), pieces, after, strict=bool(of)):
        said[seq].append(piece)
        kept[seq].append(word)
    first: dict[int, list[str]] = {one.seq: [] for one in spoken}
    for seq, (_, text) in zip(of, before, strict=True):
        first[seq].append(text)
    for seq, own_words in kept.items():
        if [text for _, text in own_words] != first[seq]:
            found[seq] = " ".join("".join(said[seq]).split())
    shown = {cue.id: cue.text for cue in document.own}
    for one in translation.sentences:
        if one.source.own is not None:
            text = " ".join(shown.get(one.source.own["id"], "").split())
            found[one.seq] = one.shown if text == one.shown[:MAX_OWN_CHARS] else text
    return found


def corrected_in(translation: Translation, texts: Sequence[str]) -> list[int]:
    """The sentences, by number, for which other words stand than the translator's."""
    return [one.seq for one in translation.sentences if texts[one.seq] != one.shown]


def reworded(
    translation: Translation, texts: Mapping[int, str], former: Document, names: Document, duration_ms: int
) -> Document:
    """The translation with these words for these sentences; "" leaves one out. Of `former`, a text of it, paragraphs
    that say the same stay as they are, and those that begin at the same time keep their names and what was decided
    about their captions. Speakers and overlaps are those of `names`."""
    machine = {paragraph.text for paragraph in composed(translation, names, duration_ms).paragraphs}
    said = [_worded(one, texts.get(one.seq)) for one in translation.sentences]
    made = composed(replace(translation, sentences=list(_without_empty(said))), names, duration_ms)
    return replace(made, paragraphs=tuple(_taken_over(former.paragraphs, made.paragraphs, machine)))


def is_by_sentences(document: Document, made: Document) -> bool:
    """Whether a text is, paragraph by paragraph, what its sentences `made`: nobody has split, joined or given any to
    another speaker."""
    return [_said(one) for one in document.paragraphs] == [_said(one) for one in made.paragraphs]


def own_with(own: Sequence[OwnCue], texts: Mapping[str, str]) -> tuple[OwnCue, ...]:
    """The cues with these texts, by id."""
    return tuple(replace(cue, text=texts[cue.id][:MAX_OWN_CHARS]) if cue.id in texts else cue for cue in own)


def _said(paragraph: Paragraph) -> tuple[str | None, str]:
    return paragraph.speaker, " ".join(paragraph.text.split())


def _worded(one: Sentence, text: str | None) -> Sentence:
    if text is None or text == one.shown:
        return one
    return replace(one, state=SentenceState.TRANSLATED, text=text, doubts=())


def _without_empty(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """What an omitted sentence opens, the next one does."""
    opens = False
    for one in sentences:
        opens = (opens or one.source.opens) and one.source.own is None
        if one.shown:
            yield replace(one, source=replace(one.source, opens=True)) if opens else one
            opens = False


def _taken_over(former: Sequence[Paragraph], made: Sequence[Paragraph], machine: set[str]) -> Iterator[Paragraph]:
    same = {(*_said(one), one.language, one.starts[:1]): one for one in former}
    stay = {
        at: same[key] for at, one in enumerate(made) if (key := (*_said(one), one.language, one.starts[:1])) in same
    }
    taken = {one.id for one in stay.values()}
    free = {(one.speaker, one.starts[:1]): one for one in former if one.id not in taken}
    names = (
        name for number in range(len(former) + len(made) + 1) if (name := f"s{number}") not in {p.id for p in former}
    )
    for at, one in enumerate(made):
        edited = one.text not in machine
        if at in stay:
            yield stay[at]
        elif old := free.pop((one.speaker, one.starts[:1]), None):
            (carried,) = carry((old,), (replace(one, id=old.id, edited=edited),))
            yield carried
        else:
            yield replace(one, id=next(names), edited=edited)


def _words_of(document: Document) -> tuple[list[_Timed], list[str]]:
    """The words, and each with the white space behind it."""
    words: list[_Timed] = []
    pieces: list[str] = []
    for paragraph in document.paragraphs:
        for piece, start_ms in zip(paragraph.words(), paragraph.starts, strict=True):
            words.append((start_ms, piece.strip()))
            pieces.append(piece)
        if pieces and pieces[-1].strip() and not is_cjk(pieces[-1].strip()[-1]):
            pieces[-1] += " "
    return words, pieces


def _labels(before: Sequence[_Timed], of: Sequence[int], after: Sequence[_Timed]) -> Iterator[int]:
    """Of each word of `after` the sentence that it stands for; `of` says it of `before`."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, left, right, begin, end in matcher.get_opcodes():
        if kind == "equal":
            yield from of[left:right]
            continue
        for start_ms, _ in after[begin:end]:
            yield of[_place(before, left, right, start_ms)]


def _place(before: Sequence[_Timed], left: int, right: int, start_ms: int) -> int:
    """Beside or in place of which word of `before` stands one that begins then and is not among `left` to `right`."""
    replaced = range(left, right)
    if right < len(before) and (before[right][0] < start_ms or (not replaced and before[right][0] == start_ms)):
        return right
    if not replaced:
        return max(left - 1, 0)
    return max((at for at in replaced if before[at][0] <= start_ms), default=left)
