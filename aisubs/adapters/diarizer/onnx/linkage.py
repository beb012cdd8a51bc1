"""Average linkage on voice prints: which two groups are merged, in order, and where to stop."""

from __future__ import annotations

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import Array
from aisubs.adapters.diarizer.chunked.voices import unit

Merge = tuple[int, int, float]
"""Of two groups the numbers of a member each, and how far they are apart: 1 less the mean cosine of their members."""

BLOCK = 1_500
"""Prints that are linked at once. It bounds memory and time: the chain takes O(n) of the one and O(n²) of the other."""
CONDENSED = 0.35
"""Distance within which prints of one block are one, before blocks are linked with each other."""


def average_linkage(vectors: Array, weights: Array) -> list[Merge]:
    """All merges of (n, d) vectors of length 1, nearest first, by a nearest-neighbour chain on weighted sums
    (https://arxiv.org/abs/1109.2378). Weights are > 0."""
    count = len(vectors)
    sums = (vectors * weights[:, None]).astype(np.float64)
    mass = weights.astype(np.float64).copy()
    alive = np.ones(count, bool)
    chain: list[int] = []
    merges: list[Merge] = []
    while len(merges) < count - 1:
        if not chain:
            chain.append(int(alive.argmax()))
        tip = chain[-1]
        distances = 1 - (sums @ sums[tip]) / (mass * mass[tip])
        distances[~alive] = np.inf
        distances[tip] = np.inf
        nearest = int(distances.argmin())
        if len(chain) > 1 and distances[chain[-2]] <= distances[nearest]:
            nearest = chain[-2]
            del chain[-2:]
            merges.append((tip, nearest, float(distances[nearest])))
            sums[nearest] += sums[tip]
            mass[nearest] += mass[tip]
            alive[tip] = False
        else:
            chain.append(nearest)
    return sorted(merges, key=lambda merge: merge[2])


def cut(count: int, merges: list[Merge], threshold: float, least: int = 1, most: int | None = None) -> Array:
    """Labels (count,) 0 … of the groups that are left when only merges within `threshold` are done: never fewer than
    `least` groups, and never more than `most`, whatever the threshold."""
    parents = list(range(count))

    def root(member: int) -> int:
        while parents[member] != member:
            parents[member] = parents[parents[member]]
            member = parents[member]
        return member

    for done, (one, other, distance) in enumerate(merges):
        groups = count - done
        if groups <= least or (distance > threshold and groups <= (most or count)):
            break
        parents[root(one)] = root(other)
    labels: Array = np.unique([root(member) for member in range(count)], return_inverse=True)[1]
    return labels


def linked(vectors: Array, weights: Array, threshold: float, least: int, most: int) -> Array:
    """Labels of any number of vectors: what is more than a block is condensed block by block first."""
    if len(vectors) <= BLOCK:
        merges = average_linkage(vectors, weights)
        return cut(len(vectors), merges, threshold, min(least, len(vectors)), most)
    labels = np.zeros(len(vectors), int)
    sums: list[Array] = []
    masses: list[float] = []
    for start in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[start : start + BLOCK], np.float32)
        mass = weights[start : start + BLOCK]
        # A third at most is left, so that hours of a crowd come to an end too.
        inner = cut(len(block), average_linkage(block, mass), CONDENSED, most=max(1, len(block) // 3))
        labels[start : start + BLOCK] = inner + len(sums)
        sums += list(group_sums(block, mass, inner))
        masses += np.bincount(inner, weights=mass).tolist()
    return linked(unit(np.stack(sums)), np.array(masses), threshold, least, most)[labels]


def group_sums(vectors: Array, weights: Array, labels: Array) -> Array:
    """Weighted sums of the members of each group, (groups, d) in float64. `vectors` may be float16."""
    sums = np.zeros((int(labels.max(initial=-1)) + 1, vectors.shape[1]))
    for start in range(0, len(vectors), BLOCK):
        part = slice(start, start + BLOCK)
        order = np.argsort(labels[part], kind="stable")
        present, begins = np.unique(labels[part][order], return_index=True)
        weighed = vectors[part][order].astype(np.float64) * weights[part][order, None]
        sums[present] += np.add.reduceat(weighed, begins, axis=0)
    return sums
