"""Terms that must come out so in a translation, as people write them down, and whether they did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aisubs.model.errors import error

MAX_TERMS = 500
MAX_TERM_CHARS = 100

_BETWEEN = re.compile(r"\t|\s+(?:=|->|→|=>)\s+")


@dataclass(frozen=True, slots=True)
class Term:
    """`source` in the original is `target` in the translation."""

    source: str
    target: str


def glossary_of(pairs: Iterable[tuple[str, str]]) -> tuple[Term, ...]:
    """Each term once, in order, so that equal glossaries are equal. Raises `bad_request` for what cannot be one."""
    found: dict[str, Term] = {}
    for source, target in pairs:
        term = Term(" ".join(source.split()), " ".join(target.split()))
        if not (0 < len(term.source) <= MAX_TERM_CHARS and 0 < len(term.target) <= MAX_TERM_CHARS):
            raise error("bad_request", f"Both sides of a term of the glossary have 1 to {MAX_TERM_CHARS} characters.")
        if not (term.source + term.target).isprintable():
            raise error("bad_request", "A term of the glossary holds a control character.")
        known = found.setdefault(term.source.casefold(), term)
        if known.target != term.target:
            raise error("bad_request", f"The glossary has two translations of {term.source}.")
    if len(found) > MAX_TERMS:
        raise error("bad_request", f"A glossary has {MAX_TERMS} terms at most.")
    return tuple(sorted(found.values(), key=lambda term: term.source.casefold()))


def read_glossary(text: str) -> tuple[Term, ...]:
    """A term a line, `etcd<TAB>etcd` or `cluster = Cluster`; what begins with # is a remark. Raises `bad_request`."""
    pairs = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = [part.strip() for part in _BETWEEN.split(line.strip(), maxsplit=1)]
        if len(parts) != 2:
            raise error("bad_request", f"Line {number} of the glossary is no term: write `source = translation`.")
        pairs.append((parts[0], parts[1]))
    return glossary_of(pairs)


def said_in(text: str, terms: Sequence[Term]) -> list[Term]:
    """The terms of which the original speaks here, as words of their own."""
    folded = text.casefold()
    return [term for term in terms if term.source.casefold() in folded and _is_word(term.source.casefold(), folded)]


def not_kept(source: str, target: str, terms: Sequence[Term]) -> list[Term]:
    """Those of them that did not come out as they must. An ending may follow: languages bend their words."""
    folded = target.casefold()
    return [term for term in said_in(source, terms) if term.target.casefold() not in folded]


def _is_word(term: str, text: str) -> bool:
    before = r"(?<!\w)" if term[0].isalnum() and term[0].isascii() else ""
    after = r"(?!\w)" if term[-1].isalnum() and term[-1].isascii() else ""
    return re.search(before + re.escape(term) + after, text) is not None
