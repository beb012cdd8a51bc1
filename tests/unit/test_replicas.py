"""How cores are shared out among copies of a model, and how windows are handed to them."""

from __future__ import annotations

import threading

import pytest

from aisubs.adapters.engine.faster_whisper.replicas import MOST_COPIES, Copies, Cores, share_out


@pytest.mark.parametrize(
    ("cores", "shared"),
    [(1, Cores(1, 1)), (2, Cores(2, 1)), (3, Cores(3, 1)), (4, Cores(4, 1)), (9, Cores(4, 2)), (16, Cores(4, 4))],
)
def test_each_copy_has_as_many_threads_as_the_others(cores: int, shared: Cores) -> None:
    assert share_out(cores, "cpu") == shared
    assert shared.copies <= MOST_COPIES


def test_a_gpu_has_one_copy() -> None:
    assert share_out(16, "cuda").copies == 1


def test_a_gpu_gets_whole_batches_and_a_cpu_window_by_window() -> None:
    asked: list[list[int]] = []

    def ask(batch: object) -> list[int]:
        asked.append(list(batch))  # type: ignore[call-overload]
        return [10 * one for one in asked[-1]]

    assert Copies(1, one_by_one=False).ask([1, 2, 3], ask) == [10, 20, 30]
    assert Copies(1, one_by_one=True).ask([1, 2, 3], ask) == [10, 20, 30]
    assert asked == [[1, 2, 3], [1], [2], [3]]


def test_copies_work_at_the_same_time_and_answer_in_order() -> None:
    both = threading.Barrier(2)

    def ask(batch: object) -> list[int]:
        both.wait(10)
        return list(batch)  # type: ignore[call-overload]

    assert Copies(2, one_by_one=True).ask([1, 2, 3, 4], ask) == [1, 2, 3, 4]


def test_a_fault_is_raised_when_all_are_done() -> None:
    done: list[int] = []

    def ask(batch: object) -> list[int]:
        (one,) = batch  # type: ignore[misc]
        if one == 1:
            raise ValueError("one")
        done.append(one)
        return [one]

    with pytest.raises(ValueError, match="one"):
        Copies(2, one_by_one=True).ask([1, 2, 3], ask)
    assert sorted(done) == [2, 3]
