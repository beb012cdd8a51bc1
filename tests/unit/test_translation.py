"""Sentences out of a text and back on its time: nothing twice, nothing left out, nothing before it is said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisubs.formats import render
from aisubs.formats.cues import shape
from aisubs.formats.edited import transcript_of
from aisubs.formats.wording import solid
from aisubs.model.document import Document, Paragraph
from aisubs.model.errors import AisubsError
from aisubs.model.glossary import Term, glossary_of, not_kept, read_glossary, said_in
from aisubs.model.transcript import Transcript
from aisubs.model.translation import Sentence, SentenceState, Source, Translation, source_from_json
from aisubs.pipeline.read_transcript import Text
from aisubs.pipeline.translation.accepted import accepted
from aisubs.pipeline.translation.batches import MAX_SENTENCES, batches_of, order_of
from aisubs.pipeline.translation.read_translation import changes_since, document_of
from aisubs.pipeline.translation.sentences import MAX_WORDS, MIN_WORDS, sentences_of
from aisubs.pipeline.translation.spread import spread, words_of
from tests.unit.made_documents import FEW_EDITS, documents

WAITING, SAME, LOST = SentenceState.WAITING, SentenceState.SAME, SentenceState.UNTRANSLATED


def paragraph(text: str, start_ms: int = 0, *, each_ms: int = 300, number: str = "0", **more: object) -> Paragraph:
    """A word each 300 ms, spoken for 200."""
    words, offsets, length = text.split(" "), [], 0
    for word in words:
        offsets.append(length)
        length += len(word) + 1
    starts = tuple(start_ms + each_ms * at for at in range(len(words)))
    columns = {"durations": tuple(200 for _ in words), "conf": tuple(None for _ in words)}
    return Paragraph(number, text, tuple(offsets), starts, **columns, **more)  # type: ignore[arg-type]


def texts(document: Document, *, by_people: bool = False) -> list[str]:
    return [one.source.text for one in sentences_of(document, "en", "de", by_people=by_people)]


# ── cutting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sentences_end_where_they_end_and_not_at_abbreviations() -> None:
    said = paragraph("Dr. Miller spoke. Did she? Yes! And then")
    assert texts(Document((said,))) == ["Dr. Miller spoke.", "Did she?", "Yes!", "And then"]


def test_a_sentence_goes_on_over_a_pause_but_not_over_what_people_parted() -> None:
    one, two = paragraph("We went to"), paragraph("the house. Then", 5000, number="1")
    assert texts(Document((one, two))) == ["We went to the house.", "Then"]
    assert texts(Document((one, two)), by_people=True) == ["We went to", "the house.", "Then"]
    assert texts(Document((one, paragraph("The house.", 5000, number="1")))) == ["We went to", "The house."]
    assert texts(Document((one, paragraph("the house.", 60_000, number="1")))) == ["We went to", "the house."]
    spoken = paragraph("the house.", 5000, number="1", speaker="B")
    assert texts(Document((one, spoken))) == ["We went to", "the house."]


def test_what_has_no_full_stop_is_cut_at_its_longest_pause() -> None:
    words = [f"w{number}" for number in range(150)]
    whole = paragraph(" ".join(words))
    starts = [start + (2000 if at >= 40 else 0) + (3000 if at >= 5 else 0) for at, start in enumerate(whole.starts)]
    cut = texts(Document((Paragraph("0", whole.text, whole.offsets, tuple(starts), whole.durations, whole.conf),)))
    assert " ".join(cut).split() == words
    assert len(cut[0].split()) == 40, "not at the fifth word, where the pause is longer: that would leave too little"
    assert all(MIN_WORDS <= len(one.split()) < MAX_WORDS for one in cut[:-1])


def test_what_needs_no_translation_is_known() -> None:
    parts = (
        paragraph("Good morning."),
        paragraph("Guten Morgen.", 1000, number="1", language="de"),
        paragraph("Buenos días.", 2000, number="2", language="es"),
        paragraph("♪ 1984", 3000, number="3"),
    )
    found = sentences_of(Document(parts), "en", "de", by_people=False)
    assert [one.state for one in found] == [WAITING, SAME, WAITING, SAME]
    assert [batch.language for batch in batches_of(found, "en")] == ["en", "de", "es", "en"]


@FEW_EDITS
@given(documents(), st.booleans())
def test_every_word_is_in_one_sentence_and_they_are_cut_the_same_again(document: Document, by_people: bool) -> None:
    found = sentences_of(document, "en", "de", by_people=by_people)
    assert solid("".join(one.source.text for one in found)) == solid("".join(p.text for p in document.paragraphs))
    assert [one.seq for one in found] == list(range(len(found)))
    assert [source_from_json(one.source.as_json()) for one in found] == [one.source for one in found]
    again = [one for batch in batches_of(found, "en") for one in batch.sentences]
    assert again == found


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_batches_do_not_depend_on_what_is_done() -> None:
    fresh = [Sentence(seq, Source(f"Sentence number {seq}."), WAITING) for seq in range(70)]
    done = [Sentence(one.seq, one.source, SentenceState.TRANSLATED, "x") if one.seq < 33 else one for one in fresh]
    sizes = [len(batch.sentences) for batch in batches_of(fresh, "en")]
    assert sizes == [len(batch.sentences) for batch in batches_of(done, "en")]
    assert max(sizes) == MAX_SENTENCES
    second = list(batches_of(done, "en"))[1]
    assert [one.seq for one in second.waiting] == list(range(33, 40))
    order = order_of(second, second.waiting, "de", glossary_of([("number 35", "Nummer 35"), ("other", "ander")]))
    assert order.before == ["Sentence number 30.", "Sentence number 31.", "Sentence number 32."]
    assert (order.source, order.target, order.terms) == ("en", "de", [Term("number 35", "Nummer 35")])


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ([(0, "Eins."), (1, "Zwei.")], {0: "Eins.", 1: "Zwei."}),
        ([(1, "Zwei."), (0, " Eins.\n ")], {0: "Eins.", 1: "Zwei."}),
        ([(0, "Eins."), (2, "Erfunden."), (-1, "x")], {0: "Eins."}),
        ([(0, "Eins."), (0, "Eins.")], {0: "Eins."}),
        ([(0, "Eins."), (0, "Anders.")], {}),
        ([(0, ""), (1, " \u200b")], {}),
        ([(0, "x" * 2000)], {}),
        ([(0, "A\u0000B\ud800C")], {0: "AB\ufffdC"}),
        ([], {}),
    ],
)
def test_of_an_answer_only_what_was_asked_for_counts(answer: list[tuple[int, str]], counted: dict[int, str]) -> None:
    asked = [Sentence(0, Source("One."), WAITING), Sentence(1, Source("Two."), WAITING)]
    assert accepted(asked, answer) == counted


def test_a_glossary_is_read_and_kept_to() -> None:
    terms = read_glossary("\ufeff# names\ncluster\tCluster\n\nnode = Knoten\n  C++ -> C++  \n")
    assert terms == (Term("C++", "C++"), Term("cluster", "Cluster"), Term("node", "Knoten"))
    assert said_in("A node of clusters.", terms) == [Term("node", "Knoten")], "clusters is another word"
    assert not_kept("The node.", "Der Rechnerknoten.", terms) == [], "within a longer word, as German has it"
    assert not_kept("The node.", "Der Computer.", terms) == [Term("node", "Knoten")]
    assert said_in("我们的房子", [Term("房子", "Haus")]) == [Term("房子", "Haus")]
    for wrong in ("word", "a = b = c\nd", "= x", f"{'x' * 101} = y", "a = b\nA = c"):
        with pytest.raises(AisubsError) as caught:
            read_glossary(wrong)
        assert caught.value.code == "bad_request"


# ── back on the time ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_pauses_of_the_speaker_stay_pauses() -> None:
    """Two words, a second of silence, two words: the translation is silent there, too."""
    words = spread(words_of("Guten Morgen, meine Damen."), [0, 300, 1600, 1900], [300, 600, 1900, 2200], None)
    assert "".join(word.text for word in words) == "Guten Morgen, meine Damen."
    assert (words[0].start_ms, words[-1].end_ms) == (0, 2200)
    assert not any(600 < word.start_ms < 1600 for word in words)


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=30),
    st.text(min_size=1, max_size=200).filter(lambda text: text.split()),
)
def test_words_keep_to_the_time_of_their_sentence(spans: list[tuple[int, int]], text: str) -> None:
    starts, ends, now = [], [], 0
    for gap, length in spans:
        starts.append(now + gap)
        now = starts[-1] + length
        ends.append(now)
    words = spread(words_of(text), starts, ends, None)
    assert solid("".join(word.text for word in words)) == solid(text)
    assert all(left.start_ms <= right.start_ms for left, right in pairwise(words))
    assert all(starts[0] <= word.start_ms <= word.end_ms for word in words)
    assert words[-1].end_ms <= ends[-1] + len(spans), "a word of no length counts for a millisecond"


def test_chinese_is_cut_between_characters_with_their_punctuation() -> None:
    assert words_of("我们走。 好") == ["我", "们", "走。", " 好"]


def translated(document: Document, **states: SentenceState) -> tuple[Translation, Text, Transcript]:
    """Sentence 1 gets the state `one`, all others a text of their own."""
    about = Transcript(90_000, "en", ())
    original = Text(1, about, document)
    sentences = [
        Sentence(one.seq, one.source, states["one"])
        if "one" in states and one.seq == 1
        else Sentence(one.seq, one.source, SentenceState.TRANSLATED, f"Satz {one.seq} auf Deutsch.")
        for one in sentences_of(document, "en", "de", by_people=True)
    ]
    told = {"language": "de", "source_language": "en", "source_revision": 1, "revision": 0}
    return Translation(told, sentences, ((500, 40),)), original, Transcript(90_000, "de", ())


SPOKEN = Document(
    (
        paragraph("Good morning. How are you?", speaker="Speaker 1"),
        paragraph("Fine.", 9000, number="1", speaker="Speaker 2"),
    ),
    {"Speaker 1": "Anna"},
)


def test_a_translation_is_a_text_with_its_speakers() -> None:
    translation, original, about = translated(SPOKEN)
    made = document_of(translation, original, about)
    assert [(p.speaker, p.text) for p in made.paragraphs] == [
        ("Speaker 1", "Satz 0 auf Deutsch. Satz 1 auf Deutsch."),
        ("Speaker 2", "Satz 2 auf Deutsch."),
    ]
    assert made.speakers == {"Speaker 1": "Anna"}
    assert made.shifts == ((500, 40),)
    shaped = shape(transcript_of(made, about)[0], "netflix")
    assert shaped[0].lines[0].shown.startswith("Anna: Satz 0")
    assert [cue.start_ms for cue in shaped][-1] == 9040, "as much later as the original is shown"
    assert b"Anna: Satz 0 auf Deutsch." in render(transcript_of(made, about)[0], "srt")


def test_what_nobody_translated_stays_as_it_was_said_and_is_marked() -> None:
    translation, original, about = translated(SPOKEN, one=LOST)
    made = document_of(translation, original, about)
    assert " ".join(p.text for p in made.paragraphs) == "Satz 0 auf Deutsch. How are you? Satz 2 auf Deutsch."
    doubted = [p for p in made.paragraphs if 0 in p.conf]
    assert [(p.text, p.language) for p in doubted] == [("How are you?", "en")]


def test_corrections_make_their_sentences_stale_and_no_others() -> None:
    translation, original, _ = translated(SPOKEN)
    assert changes_since(translation, original) == changes_since(translation, Text(5, original.about, SPOKEN))
    assert changes_since(translation, original).stale == ()
    corrected = Document((paragraph("Good morning. Where are you?", speaker="Speaker 1"), SPOKEN.paragraphs[1]))
    changes = changes_since(translation, Text(2, original.about, corrected))
    assert (changes.stale, changes.added) == ((1,), 1)
    shorter = changes_since(translation, Text(2, original.about, Document(SPOKEN.paragraphs[:1])))
    assert (shorter.stale, shorter.added) == ((2,), 0)


@FEW_EDITS
@given(documents(), st.data())
def test_a_translation_holds_what_came_back_and_nothing_else(document: Document, data: st.DataObject) -> None:
    answers = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
    about = Transcript(10_000_000, "en", ())
    sentences = []
    for one in sentences_of(document, "en", "de", by_people=True):
        (text,) = accepted([one], [(one.seq, data.draw(answers))]).values() or (None,)
        state = LOST if text is None else SentenceState.TRANSLATED
        sentences.append(Sentence(one.seq, one.source, state, text))
    told = {"language": "de", "source_language": "en"}
    made = document_of(Translation(told, sentences), Text(1, about, document), Transcript(10_000_000, "de", ()))
    assert solid("".join(p.text for p in made.paragraphs)) == solid("".join(one.shown for one in sentences))
    starts = [start for p in made.paragraphs for start in p.starts]
    assert all(left <= right for left, right in pairwise(starts))
