"""The page does operations on captions itself, before the server has answered.

What both make of the same is kept in one file, which is read here and by web/tests/captions.test.ts;
`python -m tests.unit.test_captions_told_to_page` writes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from pydantic import TypeAdapter

from aisubs.http.text_bodies import Edit
from aisubs.model.document import Document, Paragraph
from aisubs.model.errors import AisubsError
from aisubs.model.operations import revise

KEPT = Path(__file__).parents[2] / "web/tests/captions_by_server.json"
CASES, STEPS = 40, 6
LONG_MS = 60_000
_EDIT = TypeAdapter(Edit)


def test_the_page_is_told_what_the_server_makes() -> None:
    assert json.loads(KEPT.read_text("utf-8")) == json.loads(json.dumps(cases()))


def cases() -> list[dict[str, Any]]:
    return [_case(Random(number)) for number in range(CASES)]


def _case(random: Random) -> dict[str, Any]:
    document = _document(random)
    shown: dict[str, Any] = {"paragraphs": [paragraph.as_json() for paragraph in document.paragraphs], "steps": []}
    while len(shown["steps"]) < STEPS:
        row = _operation(random, document)
        try:
            operations = _EDIT.validate_python({"operations": [row]}).operations
            document, _ = revise(document, operations, duration_ms=LONG_MS)
        except AisubsError:
            continue
        made = document.as_json()
        overrides = {one["id"]: one["overrides"] for one in made["paragraphs"] if "overrides" in one}
        shown["steps"].append(
            {"operation": row, "overrides": overrides, "own": made.get("own", []), "shifts": made.get("shifts", [])}
        )
    return shown


def _document(random: Random) -> Document:
    paragraphs, at_ms = [], 5_000
    for number in range(3):
        words = [f"w{number}{index}" for index in range(random.randint(1, 5))]
        starts = []
        for _ in words:
            starts.append(at_ms)
            at_ms += random.randint(100, 900)
        offsets = tuple(sum(len(word) + 1 for word in words[:index]) for index in range(len(words)))
        none = tuple(None for _ in words)
        paragraphs.append(
            Paragraph(f"p{number}", " ".join(words), offsets, tuple(starts), tuple(90 for _ in words), none)
        )
    return Document(tuple(paragraphs))


def _operation(random: Random, document: Document) -> dict[str, Any]:
    words = [[one.id, index] for one in document.paragraphs for index in range(len(one.offsets))]
    begin = random.randrange(len(words))
    span = words[begin : random.randint(begin + 1, min(begin + 6, len(words)))]
    ends = {"first": span[0], "last": span[-1]}
    op = random.choice(
        ["setTimes", "setTimes", "splitCue", "mergeCues", "breakLine", "release", "style", "place", "shift", "addCue"]
        + (["changeCue", "removeCue"] if document.own else [])
    )
    if op == "shift":
        return {"op": op, "first": span[0], "ms": random.randint(-900, 900)}
    if op == "removeCue":
        return {"op": op, "id": random.choice(document.own).id}
    if op in ("addCue", "changeCue"):
        return {"op": op, "cue": _own(random, document, op)}
    more: dict[str, Any] = {}
    if op == "setTimes":
        start_ms = random.choice([None, random.randint(1_000, 20_000)])
        end_ms = random.choice([None, (start_ms or 5_000) + random.randint(1, 4_000)])
        more = {"start_ms": start_ms, "end_ms": end_ms}
    elif op == "splitCue":
        more = {"at": random.choice(span)}
    elif op == "breakLine":
        more = {"at": random.sample(span[1:], random.randint(0, min(2, len(span) - 1)))}
    elif op == "style":
        more = {"italic": random.random() < 0.7}
    elif op == "place":
        more = {"position": random.choice([None, "top", "bottom"]), "align": random.choice([None, "left", "right"])}
    return {"op": op, **ends, **more}


def _own(random: Random, document: Document, op: str) -> dict[str, Any]:
    start_ms = random.randint(2_000, 20_000)
    name = random.choice(document.own).id if op == "changeCue" else f"c{random.randrange(10**6)}"
    cue: dict[str, Any] = {
        "id": name,
        "start_ms": start_ms,
        "end_ms": start_ms + 900,
        "text": "thunder",
        "kind": "sound",
    }
    return cue | random.choice([{}, {"italic": True}, {"position": "top", "align": "left"}])


if __name__ == "__main__":
    KEPT.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases()) + "\n]\n", "utf-8")
