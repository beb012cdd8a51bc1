"""Which sentences are asked for at once, and with what around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aisubs.model.glossary import Term, said_in
from aisubs.model.translation import Sentence, SentenceState
from aisubs.ports import Order

MAX_SENTENCES, MAX_CHARS = 20, 2500
BEFORE = 3
"""How many sentences a translator is shown ahead of those that it is asked for."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`sentences` in one language, what waits and what does not; `text` is the whole text."""

    text: Sequence[Sentence]
    sentences: Sequence[Sentence]
    language: str

    @property
    def waiting(self) -> list[Sentence]:
        return [one for one in self.sentences if one.state is SentenceState.WAITING]


def batches_of(sentences: Sequence[Sentence], source: str) -> Iterator[Batch]:
    """Cut by what the text is, and not by what is done of it, so that whoever goes on asks the very same."""
    batch: list[Sentence] = []
    chars = 0
    for one in sentences:
        language = one.source.language or source
        other = batch and language != (batch[0].source.language or source)
        if other or len(batch) >= MAX_SENTENCES or (chars + len(one.source.text) > MAX_CHARS and batch):
            yield Batch(sentences, batch, batch[0].source.language or source)
            batch, chars = [], 0
        batch.append(one)
        chars += len(one.source.text)
    if batch:
        yield Batch(sentences, batch, batch[0].source.language or source)


def order_of(batch: Batch, sentences: Sequence[Sentence], target: str, glossary: Sequence[Term]) -> Order:
    """`sentences` of the batch, with the terms that are said in them."""
    first = sentences[0].seq
    before = [one.source.text for one in batch.text[max(0, first - BEFORE) : first] if one.source.own is None]
    asked = [(one.seq, one.source.text) for one in sentences]
    terms = said_in("\n".join(text for _, text in asked), glossary)
    return Order(asked, batch.language, target, before, terms)
