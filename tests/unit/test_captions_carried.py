"""Text is corrected by a page that knows nothing of captions: what was decided about them stays with the words."""

from __future__ import annotations

from aisubs.model.document import Document, Paragraph
from aisubs.model.operations import revise
from aisubs.model.text_operations import Splice
from tests.unit.test_captions import cues_of, did, shown, span


def retyped(document: Document, paragraph_id: str, *words: tuple[str, int]) -> Document:
    """The paragraph is these words, each with its start, as a page sends it that knows nothing of captions."""
    text = " ".join(word for word, _ in words)
    offsets = tuple(len(" ".join(word for word, _ in words[:i])) + (i > 0) for i in range(len(words)))
    starts = tuple(start_ms for _, start_ms in words)
    paragraph = Paragraph(paragraph_id, text, offsets, starts, (100,) * len(words), (100,) * len(words), "Anna", True)
    return revise(document, [Splice("splice", (paragraph_id,), (paragraph,))], duration_ms=60_000)[0]


def words_of(document: Document, at: int = 0) -> list[tuple[str, int]]:
    paragraph = document.paragraphs[at]
    return [(word.strip(), start_ms) for word, start_ms in zip(paragraph.words(), paragraph.starts, strict=True)]


class TestTextIsCorrected:
    HELD = did(
        span(("0", 1), ("0", 3), op="setTimes", start_ms=1_250, end_ms=2_450),
        span(("0", 2), ("0", 2), op="style", italic=True),
    )

    def test_a_word_is_spelled_anew(self) -> None:
        words = words_of(self.HELD)
        words[2] = ("AND", words[2][1])
        assert shown(cues_of(retyped(self.HELD, "0", *words)))[1] == "evening AND welcome"

    def test_a_word_becomes_two(self) -> None:
        words = words_of(self.HELD)
        words[3:4] = [("well", words[3][1]), ("come", words[3][1] + 50)]
        cue = cues_of(retyped(self.HELD, "0", *words))[1]
        assert (cue.shown, cue.end_ms) == (("evening and well come",), 2_450)

    def test_a_word_is_put_in(self) -> None:
        words = words_of(self.HELD)
        words[3:3] = [("so", words[3][1] - 10)]
        assert shown(cues_of(retyped(self.HELD, "0", *words)))[1] == "evening and so welcome"

    def test_the_first_word_goes(self) -> None:
        words = words_of(self.HELD)
        del words[1]
        cue = cues_of(retyped(self.HELD, "0", *words))[1]
        assert (cue.shown, cue.start_ms, cue.end_ms) == (("and welcome",), 1_250, 2_450)

    def test_the_last_word_goes(self) -> None:
        words = words_of(self.HELD)
        del words[3]
        cue = cues_of(retyped(self.HELD, "0", *words))[1]
        assert (cue.shown, cue.start_ms, cue.end_ms) == (("evening and",), 1_250, 2_450)

    def test_something_is_added_at_the_end(self) -> None:
        words = words_of(self.HELD)
        words[4:4] = [("home", words[4][1] - 5)]
        cue = cues_of(retyped(self.HELD, "0", *words))[1]
        assert (cue.shown, cue.end_ms) == (("evening and welcome home",), 2_450)

    def test_the_paragraph_is_parted(self) -> None:
        paragraph = self.HELD.paragraphs[0]
        words = list(paragraph.words())

        def part(name: str, at: slice) -> Paragraph:
            offsets = [len("".join(words[at][:i])) for i in range(len(words[at]))]
            columns = (paragraph.starts[at], paragraph.durations[at], paragraph.conf[at])
            return Paragraph(name, "".join(words[at]).rstrip(), tuple(offsets), *columns, "Anna", True)

        parts = (part("0", slice(0, 2)), part("n1", slice(2, 5)))
        document, _ = revise(self.HELD, [Splice("splice", ("0",), parts)], duration_ms=60_000)
        assert cues_of(document) == cues_of(self.HELD)

    def test_one_who_says_what_is_decided_is_believed(self) -> None:
        paragraph = Paragraph("0", "So", (0,), (1_000,), (100,), (100,), "Anna", True, overrides=())
        document, _ = revise(self.HELD, [Splice("splice", ("0",), (paragraph,))], duration_ms=60_000)
        assert not any(one.overrides for one in document.paragraphs[:1])
