"""Words on real weights: ours against faster-whisper in its three ways, same weights, threads and recordings, one run.

`make bench-speech`. Each side is a process that loads its model once and hears everything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.bench.speech_sets import Set, Spoken, heard_text, sets
from tests.bench.speech_side import SIDES
from tests.bench.surroundings import database_server, in_process

Row = tuple[str, str, str, bool]
MODELS = {"base": True, "tiny.en": False}
"""Name -> whether it knows more than English."""
POINTS = 0.005
"""Half a point of the error rate is what chance may take."""
GAP_S = 2.0
"""Words nearer to each other than this leave nothing untold between them: some aligners stretch words over a pause."""
EDGE_S = 0.5


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        everything = sets(Path(folder))
        for model, multilingual in MODELS.items():
            chosen = [one for one in everything if multilingual or one.english]
            paths = [str(spoken.path) for one in chosen for spoken in one.recordings]
            told = {side: in_process("speech_side", side=side, model=model, paths=paths, url=url) for side in SIDES}
            heard = {side: iter(figures["told"]) for side, figures in told.items()}
            for one in chosen:
                of_set = {side: [next(answers) for _ in one.recordings] for side, answers in heard.items()}
                yield from _rows_of(model, one, of_set)


def _rows_of(model: str, one: Set, told: dict[str, list[dict[str, Any]]]) -> list[Row]:
    name = f"{model}, {one.name}"
    if any(spoken.speech for spoken in one.recordings):
        return _untold(name, one, told)
    scores = {side: _score(one, answers) for side, answers in told.items()}
    ours, theirs = scores["ours"].rate, [scores[side].rate for side in SIDES[1:]]
    goal = min(theirs) if one.below_both else min(theirs) + POINTS
    errors = scores["ours"]
    shown = f"{ours:.1%} ({errors.lost} lost, {errors.invented} invented of {errors.said}); {_beside(scores)}"
    made = [(f"{name}: word errors", shown, f"<= {goal:.1%}", ours <= goal)]
    if any(spoken.parts for spoken in one.recordings):
        made += _languages(name, one, told) + _starts(name, one, told)
    return made


def _score(one: Set, answers: list[dict[str, Any]]) -> Any:
    texts = [
        heard_text(spoken, " ".join(segment[2].strip() for segment in answer["segments"]))
        for spoken, answer in zip(one.recordings, answers, strict=True)
    ]
    return one.score([spoken.said for spoken in one.recordings], texts)


def _beside(scores: dict[str, Any]) -> str:
    return ", ".join(f"{side} {scores[side].rate:.1%}" for side in SIDES[1:])


def _languages(name: str, one: Set, told: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Stretches whose words are tagged with another language than they are in, or that have none."""
    wrong = {
        side: sum(
            _language_in(answer, start_s, end_s) != language
            for spoken, answer in zip(one.recordings, answers, strict=True)
            for start_s, end_s, language in spoken.parts
        )
        for side, answers in told.items()
    }
    if not any(wrong.values()):
        return []
    total = sum(len(spoken.parts) for spoken in one.recordings)
    shown = f"{wrong['ours']} of {total}; " + ", ".join(f"{side} {wrong[side]}" for side in SIDES[1:])
    return [(f"{name}: stretches in a wrong language", shown, "0", wrong["ours"] == 0)]


def _language_in(answer: dict[str, Any], start_s: float, end_s: float) -> str | None:
    shares: dict[str, float] = {}
    for begin_s, behind_s, text, language, *_ in answer["segments"]:
        shared_s = min(behind_s, end_s) - max(begin_s, start_s)
        if shared_s > 0 and text.strip():
            shares[language] = shares.get(language, 0.0) + shared_s
    return max(shares, key=lambda language: shares[language]) if shares else None


def _starts(name: str, one: Set, told: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """How far the first word of each line stands from where it is said."""
    off = {
        side: [
            abs(first - start_s)
            for spoken, answer in zip(one.recordings, answers, strict=True)
            for start_s, part in zip(spoken.starts, spoken.parts, strict=False)
            if (first := _first_word(answer, part[0], part[1])) is not None
        ]
        for side, answers in told.items()
    }
    if len(off["ours"]) < 2:
        return []
    tenth = {side: quantiles(found, n=10)[-1] for side, found in off.items() if len(found) > 1}
    beside = ", ".join(f"{side} {median(off[side]):.2f} and {tenth[side]:.2f}" for side in SIDES[1:] if side in tenth)
    shown = f"{median(off['ours']):.2f} s, of a tenth more than {tenth['ours']:.2f}; {beside}"
    best = min(median(found) for side, found in off.items() if side != "ours" and found)
    goal = max(0.15, best)
    return [(f"{name}: start of a line, off by", shown, f"median <= {goal:.2f} s", median(off["ours"]) <= goal)]


def _first_word(answer: dict[str, Any], start_s: float, end_s: float) -> float | None:
    words = [word for segment in answer["segments"] for word in segment[5]]
    return next((start for start, end, _ in words if start_s <= (start + end) / 2 <= end_s), None)


@dataclass(frozen=True, slots=True)
class _Untold:
    untold_s: float
    speech_s: float
    elsewhere: int
    words: int


def _untold(name: str, one: Set, told: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Where no words are known: seconds in which somebody speaks and nothing is written, words where nobody does."""
    found = {side: [_compare(*pair) for pair in zip(one.recordings, told[side], strict=True)] for side in SIDES}
    untold = {side: sum(part.untold_s for part in parts) for side, parts in found.items()}
    elsewhere = {side: sum(part.elsewhere for part in parts) for side, parts in found.items()}
    speech_s = sum(part.speech_s for part in found["ours"])
    words = sum(part.words for part in found["ours"])
    least = min(untold[side] for side in SIDES[1:])
    fewest = min(elsewhere[side] for side in SIDES[1:])
    return [
        (
            f"{name}: seconds of speech without a word",
            f"{untold['ours']:.1f} of {speech_s:.0f}; " + ", ".join(f"{side} {untold[side]:.1f}" for side in SIDES[1:]),
            f"<= {least:.1f}",
            untold["ours"] <= least,
        ),
        (
            f"{name}: words where nobody speaks",
            f"{elsewhere['ours']} of {words}; " + ", ".join(f"{side} {elsewhere[side]}" for side in SIDES[1:]),
            f"<= {fewest}",
            elsewhere["ours"] <= fewest,
        ),
    ]


def _compare(spoken: Spoken, answer: dict[str, Any]) -> _Untold:
    words = sorted((start, end) for segment in answer["segments"] for start, end, _ in segment[5])
    covered = _joined(words)
    speech = _joined(spoken.speech, 0.0)
    told_s = sum(max(0.0, min(end, b) - max(start, a)) for start, end in speech for a, b in covered)
    speech_s = sum(end - start for start, end in speech)
    elsewhere = sum(not any(start - EDGE_S <= (a + b) / 2 <= end + EDGE_S for start, end in speech) for a, b in words)
    return _Untold(speech_s - told_s, speech_s, elsewhere, len(words))


def _joined(spans: Any, gap_s: float = GAP_S) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1] + gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
