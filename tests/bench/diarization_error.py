"""The diarization error rate: of the time that people speak, how much is missed, invented or given to somebody else.

As NIST's md-eval: time within a collar of each edge of the reference counts for nothing, time in which two speak counts
twice, and the speakers' names are matched so that the error is least. Checked against values of pyannote.metrics
(tests/unit/test_diarization_error.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

Spoken = tuple[float, float, object]
"""start_s, end_s, who."""
COLLAR_S = 0.25


@dataclass(frozen=True, slots=True)
class DiarizationError:
    """All in seconds; `speech` is what the reference has."""

    speech: float
    missed: float
    invented: float
    confused: float

    @property
    def rate(self) -> float:
        """0 … and beyond 1, where more is invented than said."""
        return (self.missed + self.invented + self.confused) / self.speech if self.speech else 0.0

    def __add__(self, other: DiarizationError) -> DiarizationError:
        return DiarizationError(
            self.speech + other.speech,
            self.missed + other.missed,
            self.invented + other.invented,
            self.confused + other.confused,
        )


def diarization_error(
    reference: Sequence[Spoken], found: Sequence[Spoken], collar_s: float = COLLAR_S
) -> DiarizationError:
    """Collar on both sides of each edge."""
    speech = missed = invented = shared = 0.0
    together: dict[tuple[object, object], float] = defaultdict(float)
    for length, here, heard in _pieces(reference, found, collar_s):
        speech += length * len(here)
        missed += length * max(0, len(here) - len(heard))
        invented += length * max(0, len(heard) - len(here))
        shared += length * min(len(here), len(heard))
        for one in here:
            for other in heard:
                together[one, other] += length
    return DiarizationError(speech, missed, invented, max(0.0, shared - _best_match(together)))


def _pieces(
    reference: Sequence[Spoken], found: Sequence[Spoken], collar_s: float
) -> Iterable[tuple[float, frozenset[object], frozenset[object]]]:
    """The recording in pieces within which nothing changes, without the collars."""
    collars = [(at - collar_s, at + collar_s, None) for start, end, _ in reference for at in (start, end)]
    changes: list[tuple[float, int, int, object]] = []
    for kind, spans in enumerate((reference, found, collars)):
        for start, end, who in spans:
            changes += [(start, kind, 1, who), (end, kind, -1, who)]
    active: tuple[dict[object, int], ...] = (defaultdict(int), defaultdict(int), defaultdict(int))
    changes.sort(key=lambda change: change[0])
    for (at, kind, step, who), (until, *_) in pairwise([*changes, (changes[-1][0], 0, 0, None)] if changes else []):
        active[kind][who] += step
        if until > at and not active[2][None]:
            here, heard = (frozenset(name for name, count in active[side].items() if count) for side in (0, 1))
            yield until - at, here, heard


def _best_match(together: dict[tuple[object, object], float]) -> float:
    """The most seconds that agree when each name stands for one other at most; by all subsets of the fewer names."""
    ours, theirs = list(dict.fromkeys(o for o, _ in together)), list(dict.fromkeys(t for _, t in together))
    few, many, flip = (ours, theirs, False) if len(ours) <= len(theirs) else (theirs, ours, True)

    @cache
    def best(position: int, taken: int) -> float:
        if position == len(many):
            return 0.0
        found = best(position + 1, taken)
        for index, name in enumerate(few):
            if not taken >> index & 1:
                pair = (many[position], name) if flip else (name, many[position])
                if pair in together:
                    found = max(found, together[pair] + best(position + 1, taken | 1 << index))
        return found

    return best(0, 0)
