"""The translator port: whole sentences in one language in, the same in another one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aisubs.model.glossary import Term


@dataclass(frozen=True, slots=True)
class Order:
    """Sentences of one text, in order: (id, text). `before` are the sentences ahead of them, for what they refer to;
    they are not asked for. Languages by the codes of model/language.py."""

    sentences: Sequence[tuple[int, str]]
    source: str
    target: str
    before: Sequence[str] = ()
    terms: Sequence[Term] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it came: ids may be missing, twice or invented. Whoever asked checks that, for every plug.

    `tokens` is what it cost, as the service says, or about that.
    """

    texts: Sequence[tuple[int, str]]
    tokens: int


class Translator(Protocol):
    """Asked by one thread at a time."""

    name: str
    """For people: the model. It is written down with what it has translated."""

    sent_to: str | None
    """The host that texts leave this machine for. None: they stay here."""

    def check(self, source: str, target: str) -> None:
        """Raises `no_such_pair` where it cannot be had from the one language into the other."""
        ...

    def translate(self, order: Order) -> Answer:
        """An answer in which nothing can be read has no texts. Raises `translator_key`, `translator_busy` (with
        `retry_after_s`, if the service says when), `translator_refused`, `translator_unavailable`."""
        ...
