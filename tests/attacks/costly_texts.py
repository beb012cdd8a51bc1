"""Texts and edits that cost more than they weigh."""

from __future__ import annotations

from aisubs.formats.edited import transcript_of
from aisubs.model.document import Document, Paragraph
from aisubs.model.operations import Operation
from aisubs.model.text_operations import Relabel, Splice
from aisubs.model.transcript import Transcript

PARAGRAPHS = 50_000


def wordless(count: int = PARAGRAPHS) -> Document:
    """As many paragraphs as may be, none with a word: nothing in them has a time."""
    return Document(tuple(Paragraph(str(number), "", (), (), (), ()) for number in range(count)))


def from_both_ends(count: int, paragraphs: int = PARAGRAPHS) -> list[Operation]:
    """Each names a paragraph as far from the one before as can be: 20 bytes that once took a search through all."""
    return [
        Relabel("relabel", (str(paragraphs - 1 - number // 2 if number % 2 else number // 2),), "S1")
        for number in range(count)
    ]


def in_the_middle(count: int, paragraphs: int = PARAGRAPHS) -> list[Operation]:
    """Paragraphs with a word, each amid thousands without one: the order was once looked up through all of them."""
    return [
        Splice("splice", (), (Paragraph(f"x{number}", "a", (0,), (number,), (0,), (None,)),), str(paragraphs // 2))
        for number in range(count)
    ]


def dense(words: int, of: str = "a") -> Transcript:
    """That many words at one and the same time: a stretch that nothing parts."""
    text = " ".join([of] * words)
    starts = tuple(range(0, len(text) + 1, len(of) + 1))[:words]
    paragraph = Paragraph("p", text, starts, (0,) * words, (0,) * words, (None,) * words, None, True)
    return transcript_of(Document((paragraph,)), Transcript(36_000_000, "en", ()))[0]
