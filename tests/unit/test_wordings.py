"""Sentences of a translation in people's words: read out of the text, put into it, kept when it is made anew."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aisubs.formats.wording import clean, is_visible, solid
from aisubs.model.difference import difference
from aisubs.model.document import Document
from aisubs.model.operations import replay
from aisubs.model.translation import Kept, Sentence, SentenceState, Translation
from aisubs.pipeline.translation.keep_corrections import placed
from aisubs.pipeline.translation.read_translation import composed
from aisubs.pipeline.translation.sentences import sentences_of
from aisubs.pipeline.translation.wordings import corrected_in, is_by_sentences, reworded, wordings
from tests.unit.made_documents import FEW_EDITS, documents
from tests.unit.test_translation import SPOKEN, paragraph

DURATION_MS = 10_000_000
TOLD = {"language": "de", "source_language": "en"}
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Cf", "Cn"]), min_size=1, max_size=9)
TEXTS = (
    st.lists(WORDS, min_size=1, max_size=6)
    .map(lambda words: " ".join(clean(" ".join(words)).split()))
    .filter(lambda text: is_visible(text) and all(is_visible(word) for word in text.split()))
)


def translation_of(document: Document, texts: list[str] | None = None) -> Translation:
    settled = []
    for one in sentences_of(document, "en", "de", by_people=True):
        text = f"Satz {one.seq} auf Deutsch." if texts is None else texts[one.seq]
        settled.append(replace(one, state=SentenceState.TRANSLATED, text=text))
    return Translation(TOLD, settled)


def spoken(*sentences: tuple[str, int]) -> Document:
    return Document(tuple(paragraph(text, at, number=str(at)) for text, at in sentences))


@FEW_EDITS
@given(documents(), st.data())
def test_any_sentences_in_any_words_are_read_back_and_the_others_stay(document: Document, data: st.DataObject) -> None:
    count = len(sentences_of(document, "en", "de", by_people=True))
    translation = translation_of(document, [f"w{seq} {data.draw(TEXTS)}" for seq in range(count)])
    machine = composed(translation, document, DURATION_MS)
    said = dict(enumerate(wordings(translation, machine, DURATION_MS)))
    assert corrected_in(translation, list(said.values())) == []
    now = machine
    for seq in data.draw(st.lists(st.integers(0, count - 1), max_size=4)) if count else []:
        said[seq] = data.draw(TEXTS)
        now = reworded(translation, said, now, document, DURATION_MS)
        if translation.sentences[seq].source.own is None:
            assert wordings(translation, now, DURATION_MS) == list(said.values())
            assert is_by_sentences(now, reworded(translation, said, now, document, DURATION_MS))
    assert solid("".join(p.text for p in now.paragraphs)) == solid(
        "".join(text for seq, text in said.items() if translation.sentences[seq].source.own is None)
    )
    assert all(left <= right for left, right in pairwise(start for p in now.paragraphs for start in p.starts))
    steps = difference(machine, now)
    written, undo = replay(machine, steps)
    assert (written.paragraphs, replay(written, undo)[0]) == (now.paragraphs, machine)


def test_paragraphs_that_say_the_same_stay_with_what_was_decided_about_their_captions() -> None:
    translation = translation_of(SPOKEN)
    machine = composed(translation, SPOKEN, DURATION_MS)
    now = reworded(translation, {2: "Gut."}, machine, SPOKEN, DURATION_MS)
    assert now.paragraphs[0] is machine.paragraphs[0]
    assert (now.paragraphs[1].id, now.paragraphs[1].text, now.paragraphs[1].edited) == ("1", "Gut.", True)


def test_what_was_kept_goes_to_the_sentence_said_at_that_time() -> None:
    old = translation_of(spoken(("One. Two. Three.", 0), ("Four.", 9000))).sentences
    kept = {one.seq: Kept(f"Hand {one.seq}", one.source.text) for one in old}
    new: list[Sentence] = list(
        translation_of(
            spoken(
                ("One. Two and three.", 0),
            )
        ).sentences
    )
    first, second = placed(old, kept, new)
    assert (first.kept, first.to_check) == (Kept("Hand 0", "One."), False)
    assert second.kept == Kept("Hand 1 Hand 2", "Two. Three.")
    assert second.to_check, "two were written for what is one now"
