"""Documents and edits that hypothesis makes: whatever people may do to a text, one operation after the other."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from aisubs.formats.columnar import columns_of
from aisubs.model.document import Document, Paragraph
from aisubs.model.operations import Operation, revise
from aisubs.model.text_operations import Name, Relabel, Splice
from tests.unit.made_transcripts import FEW, SETTINGS, wild_transcripts

# Making edits takes a while, and longer on a busy machine: that is no fault of theirs.
EDITS = settings(SETTINGS, suppress_health_check=[HealthCheck.too_slow])
FEW_EDITS = settings(FEW, suppress_health_check=[HealthCheck.too_slow])

LONG_MS = 1 << 53
"""The last millisecond that a document may hold."""
WRITTEN_MS = 400_000_000
"""The longest recording in tests that have others read our files: FFmpeg's parsers count some of it in 32 bits."""

LABELS = st.sampled_from([None, "S1", "S2", "Speaker 1", "Müller"])
_WORDS = st.sampled_from(["a", "Haus", "größer", "👩‍👧", "我们", "two words", "don't", "العربية", "-->", "."])


def documents() -> st.SearchStrategy[Document]:
    """What a machine wrote, with everything that is odd about it."""
    return wild_transcripts().map(columns_of)


@st.composite
def operations(draw: st.DrawFn, document: Document, longest_ms: int = LONG_MS) -> Operation:
    """One that fits the document."""
    kind = draw(st.sampled_from(["splice", "splice", "splice", "relabel", "name"]))
    if kind == "name":
        return Name("name", draw(st.sampled_from(["S1", "S2"])), draw(st.sampled_from([None, "Anna", "Bert 🙂"])))
    ids = [paragraph.id for paragraph in document.paragraphs]
    if kind == "relabel" and ids:
        return Relabel("relabel", tuple(draw(st.lists(st.sampled_from(ids)))), draw(LABELS))
    first = draw(st.integers(min_value=0, max_value=len(ids)))
    last = draw(st.integers(min_value=first, max_value=min(first + 3, len(ids))))
    removed = document.paragraphs[first:last]
    fresh = (f"n{number}" for number in count() if f"n{number}" not in ids)
    free = iter([*draw(st.permutations([paragraph.id for paragraph in removed])), *(next(fresh) for _ in range(3))])
    between = draw(_between(document, first, last, longest_ms))
    inserted = tuple(replace(paragraph, id=next(free), edited=True) for paragraph in between)
    before = ids[last] if not removed and last < len(ids) else None
    return Splice("splice", tuple(paragraph.id for paragraph in removed), inserted, before)


@st.composite
def edits(draw: st.DrawFn, document: Document, most: int = 6) -> list[Operation]:
    """Some operations in a row, each of which fits what those before it made."""
    made: list[Operation] = []
    for _ in range(draw(st.integers(min_value=0, max_value=most))):
        made.append(draw(operations(document)))
        document, _ = revise(document, made[-1:], duration_ms=LONG_MS)
    return made


@st.composite
def _between(draw: st.DrawFn, document: Document, first: int, last: int, longest_ms: int) -> list[Paragraph]:
    """Up to three paragraphs that may stand for document.paragraphs[first:last]."""
    ahead = [p.starts[0] for p in document.paragraphs[:first] if p.starts]
    behind = [p.starts[0] for p in document.paragraphs[last:] if p.starts]
    low, high = (ahead or [0])[-1], (behind or [longest_ms - 10_000])[0]
    made = []
    for _ in range(draw(st.integers(min_value=0, max_value=3))):
        words = draw(st.lists(_WORDS, max_size=4))
        low = draw(st.integers(min_value=low, max_value=high))
        text, offsets = "", []
        for word in words:
            text += " " if text else draw(st.sampled_from(["", " "]))
            offsets.append(len(text.encode("utf-16-le")) // 2)
            text += word
        starts = sorted(draw(st.integers(min_value=low, max_value=low + 5_000)) for _ in words)
        starts[:1] = [low] if words else []
        conf = draw(
            st.lists(st.none() | st.integers(min_value=0, max_value=100), min_size=len(words), max_size=len(words))
        )
        made.append(Paragraph("", text, tuple(offsets), tuple(starts), (7,) * len(words), tuple(conf), draw(LABELS)))
    return made
