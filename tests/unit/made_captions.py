"""Operations on captions that hypothesis makes: whatever people may do to them, one after the other."""

from __future__ import annotations

from itertools import count

from hypothesis import strategies as st

from aisubs.model.captions.operations import (
    AddCue,
    BreakLine,
    ChangeCue,
    Decided,
    MergeCues,
    Place,
    Release,
    RemoveCue,
    SetOverrides,
    SetTimes,
    Shift,
    SplitCue,
    Style,
    WordAt,
)
from aisubs.model.captions.overrides import Override
from aisubs.model.captions.own_cues import OwnCue
from aisubs.model.document import Document
from aisubs.model.errors import AisubsError
from aisubs.model.operations import Operation, revise
from tests.unit.made_documents import WRITTEN_MS, operations

TALK_MS = 4_000_000

_TIMES = st.integers(min_value=0, max_value=TALK_MS)
_POSITIONS = st.sampled_from([None, "top", "bottom"])
_ALIGNS = st.sampled_from([None, "left", "center", "right"])
_TEXTS = st.sampled_from(["door slams", "[applause]", "la la\nla", "EXIT →", "a < b & {x} --> c", "音楽", "<i>no</i>"])
_OVERRIDES = st.builds(
    Override,
    before=st.sampled_from([None, "cue", "line", "join"]),
    start_ms=st.none() | _TIMES,
    end_ms=st.none() | _TIMES,
    italic=st.booleans(),
    position=_POSITIONS,
    align=_ALIGNS,
)


def words_of(document: Document) -> list[WordAt]:
    return [(paragraph.id, index) for paragraph in document.paragraphs for index in range(len(paragraph.offsets))]


@st.composite
def own_cues(draw: st.DrawFn, cue_id: str) -> OwnCue:
    start_ms = draw(st.integers(min_value=0, max_value=TALK_MS - 1))
    end_ms = draw(st.integers(min_value=start_ms + 1, max_value=min(TALK_MS, start_ms + 9_000)))
    kind = draw(st.sampled_from(["sound", "music", "text"]))
    italic, position, align = draw(st.booleans()), draw(_POSITIONS), draw(_ALIGNS)
    return OwnCue(start_ms, cue_id, end_ms, draw(_TEXTS), kind, italic, position, align)


@st.composite
def caption_operations(draw: st.DrawFn, document: Document) -> Operation:
    """One that fits the document, though a shift may carry cues out of the recording."""
    words = words_of(document)
    taken = [cue.id for cue in document.own]
    kinds = ["addCue", *(["changeCue", "removeCue"] if taken else [])]
    if words:
        kinds += ["setTimes", "setTimes", "splitCue", "mergeCues", "breakLine", "release", "style", "place", "shift"]
        kinds += ["override"]
    kind = draw(st.sampled_from(kinds))
    if kind == "addCue":
        return AddCue("addCue", draw(own_cues(next(f"c{n}" for n in count() if f"c{n}" not in taken))))
    if kind == "changeCue":
        return ChangeCue("changeCue", draw(own_cues(draw(st.sampled_from(taken)))))
    if kind == "removeCue":
        return RemoveCue("removeCue", draw(st.sampled_from(taken)))
    begin = draw(st.integers(min_value=0, max_value=len(words) - 1))
    span = words[begin : draw(st.integers(min_value=begin + 1, max_value=min(begin + 12, len(words))))]
    return draw(_on_words(kind, document, span))


@st.composite
def _on_words(draw: st.DrawFn, kind: str, document: Document, span: list[WordAt]) -> Operation:
    first, last = span[0], span[-1]
    if kind == "shift":
        return Shift("shift", first, draw(st.integers(min_value=-5_000, max_value=5_000)))
    if kind == "style":
        return Style("style", first, last, draw(st.booleans()))
    if kind == "place":
        return Place("place", first, last, draw(_POSITIONS), draw(_ALIGNS))
    if kind == "release":
        return Release("release", first, last)
    if kind == "splitCue" and len(span) > 1:
        return SplitCue("splitCue", first, last, draw(st.sampled_from(span[1:])))
    if kind == "breakLine":
        at = draw(st.lists(st.sampled_from(span[1:]), max_size=3)) if len(span) > 1 else []
        return BreakLine("breakLine", first, last, tuple(at))
    if kind == "override":
        paragraph = next(one for one in document.paragraphs if one.id == first[0])
        indices = draw(st.sets(st.integers(min_value=0, max_value=len(paragraph.offsets) - 1)))
        decided = tuple((index, draw(_OVERRIDES)) for index in sorted(indices))
        return SetOverrides("override", (Decided(first[0], decided),))
    if kind == "setTimes":
        near = next(one for one in document.paragraphs if one.id == first[0]).starts[first[1]]
        start_ms = draw(st.none() | st.integers(min_value=max(0, near - 9_000), max_value=near + 9_000) | _TIMES)
        end_ms = draw(st.none() | st.integers(min_value=(start_ms or near) + 1, max_value=(start_ms or near) + 9_000))
        return SetTimes("setTimes", first, last, start_ms, end_ms)
    return MergeCues("mergeCues", first, last)


@st.composite
def captioned(draw: st.DrawFn, document: Document, most: int = 8) -> list[Operation]:
    """Operations on captions and on text in a row. Shifts that would carry cues out of the recording are left out."""
    made: list[Operation] = []
    for _ in range(draw(st.integers(min_value=1, max_value=most))):
        on_captions = draw(st.integers(min_value=0, max_value=3))
        operation = draw(caption_operations(document) if on_captions else operations(document, WRITTEN_MS))
        try:
            document, _ = revise(document, [operation], duration_ms=WRITTEN_MS)
        except AisubsError:
            if not isinstance(operation, Shift):
                raise
            continue
        made.append(operation)
    return made
