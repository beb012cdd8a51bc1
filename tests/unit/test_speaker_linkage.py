"""Voice prints become speakers, speakers become turns; on made-up voices."""

from __future__ import annotations

import numpy as np
import pytest

from aisubs.adapters.diarizer.chunked.evidence import Evidence
from aisubs.adapters.diarizer.chunked.grid import FRAMES, Array
from aisubs.adapters.diarizer.chunked.voices import unit
from aisubs.adapters.diarizer.chunked.voting import bridged, numbered, turns_of
from aisubs.adapters.diarizer.onnx.fragments import cluster
from aisubs.adapters.diarizer.onnx.linkage import BLOCK, average_linkage, cut, linked
from aisubs.model.turns import Turn

DIMENSIONS = 192


def voices(counts: list[int], noise: float = 0.5, seed: int = 1) -> tuple[Array, Array]:
    """Prints of so many voices, mixed, and whose they are; two of one voice have a cosine of about 1 / (1 + noise²)."""
    generator = np.random.default_rng(seed)
    centres = unit(generator.standard_normal((len(counts), DIMENSIONS)))
    who = generator.permutation(np.repeat(np.arange(len(counts)), counts))
    spread = generator.standard_normal((len(who), DIMENSIONS)) / np.sqrt(DIMENSIONS)
    return unit(centres[who] + noise * spread).astype(np.float32), who


def same(labels: Array, who: Array) -> bool:
    """Whether they group alike, whatever the groups are called."""
    pairs = set(zip(labels.tolist(), who.tolist(), strict=True))
    return len(pairs) == len(set(labels.tolist())) == len(set(who.tolist()))


def plain_average_linkage(vectors: Array, weights: Array) -> list[float]:
    """The distances of all merges by looking at every pair each time."""
    groups = [[index] for index in range(len(vectors))]
    distances = []

    def apart(one: list[int], other: list[int]) -> float:
        return 1 - float(np.average(vectors[one] @ vectors[other].T, weights=np.outer(weights[one], weights[other])))

    while len(groups) > 1:
        pairs = [(apart(a, b), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups) if i < j]
        distance, i, j = min(pairs)
        distances.append(distance)
        groups[i] += groups.pop(j)
    return distances


def test_the_chain_merges_as_looking_at_every_pair_does() -> None:
    vectors, _ = voices([5, 4, 3], noise=1.0)
    weights = np.arange(1.0, 13.0)
    assert [m[2] for m in average_linkage(vectors, weights)] == pytest.approx(plain_average_linkage(vectors, weights))


def test_a_cut_keeps_its_limits() -> None:
    merges = [(0, 1, 0.1), (2, 3, 0.2), (0, 2, 0.9)]
    assert cut(4, merges, 0.5).tolist() == [0, 0, 1, 1]
    assert len(set(cut(4, merges, 0.5, least=3).tolist())) == 3
    assert len(set(cut(4, merges, 0.5, most=1).tolist())) == 1
    assert len(set(cut(4, merges, 0.0).tolist())) == 4


def test_more_than_a_block_is_linked_block_by_block() -> None:
    prints, who = voices([1_800, 1_500, 400])
    assert len(prints) > 2 * BLOCK
    assert same(linked(prints, np.ones(len(prints)), 0.5, 1, 100), who)


@pytest.mark.slow
def test_a_crowd_that_has_nothing_in_common_comes_to_an_end() -> None:
    prints = unit(np.random.default_rng(1).standard_normal((4_000, DIMENSIONS)))
    labels = cluster(prints, np.full(4_000, 100.0), 1, 20)
    assert len(set(labels.tolist())) <= 20


@pytest.mark.parametrize("counts", [[30], [30, 20], [40, 3, 12, 5], [2, 2, 30]])
def test_voices_are_counted(counts: list[int]) -> None:
    prints, who = voices(counts)
    assert same(cluster(prints, np.full(len(prints), 150.0), 1, 20), who)


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_the_number_is_kept(number: int) -> None:
    prints, _ = voices([30, 20, 10], noise=0.7)
    assert len(set(cluster(prints, np.full(60, 150.0), number, number).tolist())) == number


def test_who_is_hardly_heard_founds_no_speaker() -> None:
    prints, who = voices([40, 30, 1])
    weights = np.where(who == 2, 70.0, 150.0)
    assert len(set(cluster(prints, weights, 1, 20).tolist())) == 2


def evidence(classes: list[Array], runs: list[list[tuple[int, int, int, int]]], prints: int) -> Evidence:
    counts = np.cumsum([0, *(len(own) for own in runs)])
    flat = np.array([run for own in runs for run in own], np.int32).reshape(-1, 4)
    nothing = np.zeros(prints, np.uint16)
    return Evidence(
        np.array(classes, np.uint8), flat, np.zeros((prints, 192), np.float16), nothing, nothing, nothing, counts
    )


def test_chunks_that_overlap_agree_on_turns() -> None:
    """The first local voice of one chunk is the second of the next; in frames 300 to 400 both speak."""
    first, second = np.zeros(FRAMES, int), np.zeros(FRAMES, int)
    first[10:300], first[300:400], first[400:] = 1, 4, 2
    second[0:4], second[4:104], second[104:250] = 2, 4, 1
    told = evidence([first, second], [[(0, 10, 400, 0), (1, 300, 589, 1)], [(1, 0, 104, 2), (0, 4, 250, 3)]], 4)
    turns = turns_of(told, np.array([7, 3, 7, 3]), 20_000)
    assert turns == [Turn(191, 6772, 1), Turn(5085, 9236, 2)]


def test_turns_are_bridged_and_numbered() -> None:
    assert bridged([(0, 100), (110, 200), (230, 300), (400, 405)], 10_000) == [(22, 3398), (3904, 5085)]
    assert numbered([(500, 900, 4), (100, 300, 9), (950, 990, 9)]) == [
        Turn(100, 300, 1),
        Turn(500, 900, 2),
        Turn(950, 990, 1),
    ]
