"""What was said beside what was heard, word by word, and how many words are wrong.

Word error rate as everywhere: (substituted + left out + invented) / said, over the alignment with the fewest errors.
Case and punctuation do not count; accents, numbers and spellings do: `colour` for `color` is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Pair:
    """One place of the alignment, as written. No `said`: invented; no `heard`: left out."""

    said: str | None
    heard: str | None

    @property
    def is_right(self) -> bool:
        return self.said is not None and self.heard is not None and _key(self.said) == _key(self.heard)


def words(text: str) -> list[str]:
    """Words with the punctuation that is written on them. A dash alone is none."""
    return [chunk for chunk in text.split() if _key(chunk)]


def align(said: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """The alignment with the fewest errors (Levenshtein over words); of several the one that pairs most."""
    costs = [[0] * (len(heard) + 1) for _ in range(len(said) + 1)]  # of the rest, from (i, j) on
    for i in range(len(said), -1, -1):
        for j in range(len(heard), -1, -1):
            if i == len(said) or j == len(heard):
                costs[i][j] = len(said) - i + len(heard) - j
            else:
                wrong = _key(said[i]) != _key(heard[j])
                costs[i][j] = min(costs[i + 1][j + 1] + wrong, costs[i + 1][j] + 1, costs[i][j + 1] + 1)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(said) or j < len(heard):
        both = i < len(said) and j < len(heard)
        if both and costs[i][j] == costs[i + 1][j + 1] + (_key(said[i]) != _key(heard[j])):
            pairs.append(Pair(said[i], heard[j]))
            i, j = i + 1, j + 1
        elif i < len(said) and costs[i][j] == costs[i + 1][j] + 1:
            pairs.append(Pair(said[i], None))
            i += 1
        else:
            pairs.append(Pair(None, heard[j]))
            j += 1
    return pairs


def errors_in(pairs: Iterable[Pair]) -> int:
    return sum(not pair.is_right for pair in pairs)


def split(pairs: Sequence[Pair], counts: Sequence[int]) -> list[list[Pair]]:
    """The pairs of each line, where line n has `counts[n]` words said. What is invented goes with the word before."""
    ends, said = [0], 0
    for count in counts:
        said, end = said + count, ends[-1]
        taken = sum(pair.said is not None for pair in pairs[:end])
        while end < len(pairs) and (taken < said or pairs[end].said is None):
            taken += pairs[end].said is not None
            end += 1
        ends.append(end)
    return [list(pairs[start:end]) for start, end in pairwise(ends)]


def _key(chunk: str) -> str:
    return "".join(re.findall(r"\w+", chunk.lower()))
