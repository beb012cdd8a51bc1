"""What each operation on captions does to the cues that people see."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from aisubs.formats.clashes import Why
from aisubs.formats.columnar import columns_of
from aisubs.formats.cue import Cue
from aisubs.formats.cues import shape, shape_words
from aisubs.formats.edited import transcript_of
from aisubs.formats.timeline import timed_words
from aisubs.http.text_bodies import Edit
from aisubs.model.document import Document
from aisubs.model.errors import AisubsError
from aisubs.model.operations import revise
from aisubs.model.transcript import Transcript
from tests.unit.test_cues import recording, shown, spoken

ONE = "Good evening and welcome back."
TWO = (
    "Tonight we talk about the weather on Mars, which is cold and dry, and about people who want to live there anyway."
)
TALK = recording(spoken(ONE, 1_000, speaker="Anna"), spoken(TWO, 6_000, speaker="Bert"), duration_ms=60_000)


def did(*operations: dict[str, Any], on: Document | None = None) -> Document:
    """As the page sends them."""
    edit = Edit.model_validate({"operations": list(operations)})
    return revise(on or columns_of(TALK), edit.operations, duration_ms=TALK.duration_ms)[0]


def of(document: Document) -> Transcript:
    return transcript_of(document, TALK)[0]


def cues_of(document: Document, profile: str = "netflix") -> list[Cue]:
    return shape(of(document), profile, labels=False)


def whys(document: Document) -> list[tuple[int, Why]]:
    transcript = of(document)
    return [(one.cue, one.why) for one in shape_words(timed_words(transcript), transcript, labels=False)[1]]


def span(first: tuple[str, int], last: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"first": first, "last": last, **more}


def test_without_any_the_cues_flow() -> None:
    assert shown(cues_of(columns_of(TALK))) == [
        ONE,
        "Tonight we talk about the weather on Mars,\nwhich is cold and dry, and about people",
        "who want to live there anyway.",
    ]


def test_set_times() -> None:
    document = did(span(("0", 0), ("0", 4), op="setTimes", start_ms=500, end_ms=4_444))
    first = cues_of(document)[0]
    assert (first.start_ms, first.end_ms, first.start_pinned, first.end_pinned) == (500, 4_444, True, True)
    assert [(cue.start_ms, cue.end_ms) for cue in cues_of(document)[1:]] == [
        (cue.start_ms, cue.end_ms) for cue in cues_of(columns_of(TALK))[1:]
    ]
    freed = did(span(("0", 0), ("0", 4), op="setTimes", start_ms=None, end_ms=None), on=document)
    assert cues_of(freed) == cues_of(columns_of(TALK))


def test_split() -> None:
    document = did(span(("0", 0), ("0", 4), op="splitCue", at=("0", 2)))
    assert shown(cues_of(document))[:2] == ["Good evening", "and welcome back."]
    assert shown(cues_of(document))[2:] == shown(cues_of(columns_of(TALK)))[1:]


def test_merge_what_flows_apart_and_what_two_people_say() -> None:
    document = did(span(("1", 0), ("1", 21), op="mergeCues"))
    assert len(cues_of(document)) == 2
    assert cues_of(document)[1].spoken == TWO
    both = did(span(("0", 0), ("1", 2), op="mergeCues"))
    assert shown(cues_of(both))[0] == f"- {ONE}\n- Tonight we talk"
    assert cues_of(both)[0].speakers == ("Anna", "Bert")


def test_break_a_line() -> None:
    at_two = did(span(("0", 0), ("0", 4), op="breakLine", at=[("0", 2)]))
    assert shown(cues_of(at_two))[0] == "Good evening\nand welcome back."
    at_three = did(span(("0", 0), ("0", 4), op="breakLine", at=[("0", 3)]), on=at_two)
    assert shown(cues_of(at_three))[0] == "Good evening and\nwelcome back."
    nowhere = did(span(("0", 0), ("0", 4), op="breakLine", at=[]), on=at_three)
    assert shown(cues_of(nowhere))[0] == ONE


def test_style_and_place() -> None:
    document = did(
        span(("0", 1), ("0", 2), op="style", italic=True), span(("1", 0), ("1", 21), op="place", position="top")
    )
    first, *others = cues_of(document)
    assert first.lines[0].runs == [("Good ", False), ("evening and", True), (" welcome back.", False)]
    assert [cue.position for cue in others] == ["top", "top"]
    assert first.position is None


def test_own_cues() -> None:
    slam = {"id": "c1", "start_ms": 4_000, "end_ms": 5_000, "text": "door slams", "kind": "sound"}
    document = did({"op": "addCue", "cue": slam})
    sound = cues_of(document)[1]
    assert (sound.start_ms, sound.end_ms, sound.shown, sound.kind) == (4_000, 5_000, ("[door slams]",), "sound")
    louder = did({"op": "changeCue", "cue": slam | {"text": "la la", "kind": "music"}}, on=document)
    assert cues_of(louder)[1].shown == ("♪ la la ♪",)
    assert shape(of(louder), labels=False, sounds=False) == cues_of(columns_of(TALK))
    assert cues_of(did({"op": "removeCue", "id": "c1"}, on=louder)) == cues_of(columns_of(TALK))


def test_shift_moves_what_comes_after_and_the_pins_there() -> None:
    pinned = did(
        span(("1", 0), ("1", 11), op="setTimes", start_ms=6_100, end_ms=None),
        {"op": "addCue", "cue": {"id": "c1", "start_ms": 4_000, "end_ms": 5_000, "text": "steps", "kind": "sound"}},
        {"op": "addCue", "cue": {"id": "c2", "start_ms": 20_000, "end_ms": 21_000, "text": "bell", "kind": "sound"}},
    )
    before, after = cues_of(pinned), cues_of(did({"op": "shift", "first": ("1", 0), "ms": 700}, on=pinned))
    assert [cue.start_ms for cue in after[:2]] == [cue.start_ms for cue in before[:2]]
    assert [cue.start_ms for cue in after[2:]] == [cue.start_ms + 700 for cue in before[2:]]
    assert [cue.shown for cue in after] == [cue.shown for cue in before]


def test_release() -> None:
    document = did(
        span(("0", 0), ("0", 4), op="setTimes", start_ms=500, end_ms=4_444),
        span(("0", 0), ("0", 4), op="style", italic=True),
        span(("0", 0), ("0", 4), op="release"),
    )
    assert document == columns_of(TALK)


@pytest.mark.parametrize("profile", ["bbc", "plain"])
def test_decisions_survive_a_change_of_profile(profile: str) -> None:
    document = did(
        span(("1", 0), ("1", 4), op="setTimes", start_ms=6_050, end_ms=None),
        span(("1", 0), ("1", 4), op="breakLine", at=[("1", 2)]),
    )
    held = next(cue for cue in cues_of(document, profile) if cue.start_pinned)
    assert (held.start_ms, held.shown) == (6_050, ("Tonight we", "talk about the"))


def test_contradictions_are_told() -> None:
    early = did(span(("1", 0), ("1", 21), op="setTimes", start_ms=2_000, end_ms=None))
    assert (1, Why.CUT_SHORT) in whys(early)
    long = did(span(("0", 0), ("0", 4), op="setTimes", start_ms=None, end_ms=50_000))
    assert whys(long) == [(1, Why.END_MOVED), (2, Why.LATE)]
    elsewhere = did(span(("0", 0), ("0", 4), op="setTimes", start_ms=4_500, end_ms=5_500))
    assert whys(elsewhere) == [(1, Why.AWAY)]
    crossed = did(
        span(("0", 0), ("0", 2), op="setTimes", start_ms=5_000, end_ms=None),
        span(("0", 3), ("0", 4), op="setTimes", start_ms=2_000, end_ms=None),
    )
    assert Why.START_MOVED in {why for _, why in whys(crossed)}
    back = did({"op": "shift", "first": ("1", 0), "ms": -4_000})
    assert (2, Why.SQUEEZED) in whys(back)


def test_a_pin_out_of_all_order_leaves_the_others_alone() -> None:
    many = recording(*(spoken(f"This is sentence number {n}.", 4_000 * n) for n in range(40)), duration_ms=200_000)
    document = columns_of(many)
    edit = Edit.model_validate({"operations": [span(("0", 5), ("0", 9), op="setTimes", start_ms=150_000, end_ms=None)]})
    edited, _ = revise(document, edit.operations, duration_ms=200_000)
    transcript = transcript_of(edited, many)[0]
    cues, clashes = shape_words(timed_words(transcript), transcript)
    assert [cue.start_ms for cue in cues] == [cue.start_ms for cue in shape(many)]
    assert [(clash.cue, clash.why) for clash in clashes] == [(2, Why.START_MOVED)]


REFUSED = [
    (span(("9", 0), ("0", 4), op="mergeCues"), "no paragraph 9"),
    (span(("0", 0), ("0", 5), op="mergeCues"), "has no word 5"),
    (span(("1", 0), ("0", 4), op="mergeCues"), "does not come after"),
    (span(("0", 3), ("0", 2), op="style", italic=True), "does not come after"),
    (span(("0", 0), ("0", 4), op="setTimes", start_ms=2_000, end_ms=2_000), "end after it starts"),
    (span(("0", 0), ("0", 4), op="setTimes", start_ms=60_001, end_ms=None), "outside the recording"),
    (span(("0", 0), ("0", 4), op="splitCue", at=("0", 0)), "not its first"),
    (span(("0", 0), ("0", 4), op="splitCue", at=("1", 0)), "not its first"),
    (span(("0", 0), ("0", 4), op="breakLine", at=[("0", 0)]), "not its first"),
    ({"op": "removeCue", "id": "c1"}, "no cue c1"),
    ({"op": "shift", "first": ("0", 0), "ms": 60_001}, "leave the recording"),
    ({"op": "override", "paragraphs": [{"id": "0", "overrides": [[5, {"before": "cue"}]]}]}, "outside the 5 words"),
    ({"op": "override", "paragraphs": [{"id": "0", "overrides": [[1, {}], [1, {}]]}]}, "do not rise"),
    ({"op": "override", "paragraphs": [{"id": "0", "overrides": []}] * 2}, "named twice"),
    ({"op": "addCue", "cue": {"id": "c", "start_ms": 1, "end_ms": 2, "text": " \u200b", "kind": "text"}}, "be seen"),
    ({"op": "addCue", "cue": {"id": "c", "start_ms": 1, "end_ms": 2, "text": "a\rb", "kind": "text"}}, "control"),
    ({"op": "addCue", "cue": {"id": "c", "start_ms": 2, "end_ms": 2, "text": "a", "kind": "text"}}, "end after"),
]


@pytest.mark.parametrize(("operation", "complaint"), REFUSED)
def test_what_does_not_fit_is_refused(operation: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AisubsError, match=complaint) as refused:
        did(operation)
    assert refused.value.code == "bad_request"


def test_a_request_may_name_only_so_much() -> None:
    words = 1_000
    long = recording(spoken(" ".join(["word"] * words), 0), duration_ms=3_600_000)
    document = columns_of(long)
    ids = [(paragraph.id, index) for paragraph in document.paragraphs for index in range(len(paragraph.offsets))]
    one = TypeAdapter(dict[str, Any]).validate_python(span(ids[0], ids[-1], op="style", italic=True))
    edit = Edit.model_validate({"operations": [one] * 2_000})
    with pytest.raises(AisubsError, match="too much for one request"):
        revise(document, edit.operations, duration_ms=3_600_000)
