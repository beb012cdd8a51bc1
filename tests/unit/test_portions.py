"""Out of memory: known by its words, answered with smaller portions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aisubs.adapters.engine.memory import Portions, is_out_of_memory, out_of_memory
from aisubs.model.errors import AisubsError, error
from aisubs.weights import carried
from aisubs.weights.carried import remember_carried

WORDS = (
    "CUDA failed with error out of memory",
    "cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED",
    "parallel_for failed: cudaErrorMemoryAllocation: out of memory",
    "mkl_malloc: failed to allocate memory",
    "aligned_alloc: failed to allocate memory",
    "std::bad_alloc",
)


@pytest.mark.parametrize("words", WORDS)
def test_what_libraries_say_of_it(words: str) -> None:
    assert is_out_of_memory(RuntimeError(words))


@pytest.mark.parametrize("words", ["CUDA failed with error no kernel image is available", "cuBLAS failed with status "
                                   "CUBLAS_STATUS_NOT_SUPPORTED", "unexpected shape"])  # fmt: skip
def test_other_faults_are_not_taken_for_it(words: str) -> None:
    assert not is_out_of_memory(RuntimeError(words))


def test_the_sentence_names_what_is_too_small() -> None:
    on_gpu = out_of_memory(RuntimeError(WORDS[0]), device="cuda", model="medium")
    assert "memory of the GPU is too small for the speech model medium" in on_gpu.sentence
    of_host = out_of_memory(MemoryError(), device="cuda", model="medium")
    assert "memory of the machine" in of_host.sentence


def room_for(windows: int, asked: list[int]) -> Callable[[Sequence[int]], list[int]]:
    """A device that doubles numbers, `windows` of them at once."""

    def ask(portion: Sequence[int]) -> list[int]:
        asked.append(len(portion))
        if len(portion) > windows:
            raise error("out_of_memory", where="GPU", model="medium")
        return [2 * number for number in portion]

    return ask


def test_portions_are_halved_until_they_fit_and_stay_so() -> None:
    asked: list[int] = []
    told: list[int] = []
    portions = Portions(None, told.append, lambda: False)
    assert portions.ask(range(7), room_for(2, asked)) == [0, 2, 4, 6, 8, 10, 12]
    assert portions.ask(range(3), room_for(2, asked)) == [0, 2, 4]
    assert asked == [7, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert (told, portions.at_once) == ([3, 1], 1)


def test_what_is_kept_goes_first() -> None:
    asked: list[int] = []
    kept = [True]
    portions = Portions(None, lambda _: None, lambda: bool(kept) and kept.pop())
    with pytest.raises(AisubsError, match="too small"):
        portions.ask([1], room_for(0, asked))
    assert asked == [1, 1], "once with what was kept, once without"


def test_what_each_attempt_keeps_anew_does_not_make_it_be_tried_for_ever() -> None:
    tried: list[int] = []

    def ask(portion: Sequence[int]) -> list[int]:
        tried.append(len(portion))
        if len(portion) > 1:
            raise error("out_of_memory", "CUDA failed with error out of memory", where="the device", model="m")
        return list(portion)

    portions = Portions(None, lambda _: None, lambda: True)
    assert portions.ask([1, 2, 3, 4], ask) == [1, 2, 3, 4]
    assert tried == [4, 4, 2, 1, 1, 1, 1]


def test_a_job_is_bound_to_what_it_was_begun_with() -> None:
    portions = Portions(8, lambda _: None, lambda: False)
    portions.narrow(2)
    assert portions.at_once == 2
    portions.narrow(None)
    assert portions.at_once == 8


def test_a_note_is_believed_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember_carried("base on a card", tmp_path, 3)
    assert carried.carried("base on a card", tmp_path) == 3
    assert carried.carried("base on another", tmp_path) is None
    monkeypatch.setattr(carried, "BELIEVED_S", 0.0)
    assert carried.carried("base on a card", tmp_path) is None


def test_threads_that_ran_out_together_go_on_one_after_another() -> None:
    """Each has one window, so none of them can be halved: there is room for one at a time."""
    told: list[int] = []
    portions = Portions(None, told.append, lambda: False)
    met = threading.Barrier(2, timeout=20)
    there, most, first = [0], [0], threading.local()
    counting = threading.Lock()

    def ask(portion: Sequence[int]) -> list[int]:
        with counting:
            there[0] += 1
            most[0] = max(most[0], there[0])
        try:
            if not getattr(first, "over", False):
                first.over = True
                met.wait()
                raise error("out_of_memory", where="machine", model="medium")
            return [2 * number for number in portion]
        finally:
            with counting:
                there[0] -= 1
                if told:
                    most[0] = there[0] + 1

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda number: portions.ask([number], ask), [1, 2])) == [[2], [4]]
    assert told == [1]
    assert portions.at_once == 1


def test_a_window_that_is_too_large_alone_is_told_though_others_run() -> None:
    portions = Portions(None, lambda _: None, lambda: False)

    def ask(portion: Sequence[int]) -> list[int]:
        if portion[0] == 1:
            raise error("out_of_memory", where="machine", model="medium")
        return [2 * number for number in portion]

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(portions.ask, [number], ask) for number in (0, 1, 2, 3)]
        assert [answers[at].result() for at in (0, 2, 3)] == [[0], [4], [6]]
        with pytest.raises(AisubsError, match="memory of the machine"):
            answers[1].result()
