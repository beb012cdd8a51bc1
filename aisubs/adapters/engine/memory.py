"""When memory runs out: how that is known, and how many windows are then decoded at once."""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import TypeVar

from aisubs.model.errors import AisubsError, error

log = logging.getLogger(__name__)

T = TypeVar("T")
A = TypeVar("A")

_OUT_OF_MEMORY = re.compile(
    r"out of memory|cudaErrorMemoryAllocation"  # CTranslate2: "CUDA failed with error out of memory"; thrust says both
    r"|CU(BLAS|DNN)_STATUS_ALLOC_FAILED"  # "cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED"
    r"|failed to allocate"  # "mkl_malloc: failed to allocate memory", "aligned_alloc: …": on a CPU; whisper.cpp
    r"|bad_?alloc|bad allocation|Unable to allocate",  # C++ itself, onnxruntime, numpy
    re.IGNORECASE,
)
"""Sources: CTranslate2's src/cuda/utils.cc, src/cpu/allocator.cc and the strings in its library."""


def is_out_of_memory(fault: BaseException) -> bool:
    """Whether this says that the device, or the machine, has no memory left. Engines say it in words only."""
    return isinstance(fault, MemoryError) or bool(_OUT_OF_MEMORY.search(str(fault)))


def out_of_memory(fault: BaseException, *, device: str, model: str) -> AisubsError:
    """`where` is what ran out: the machine itself may do so while a GPU works."""
    where = "machine" if device != "cuda" or isinstance(fault, MemoryError) else "GPU"
    return error("out_of_memory", f"{type(fault).__name__}: {fault}", where=where, model=model)


@dataclass(slots=True)
class _Turn:
    """A portion at the device. `most`: windows that were there at the same time, at most, its own among them."""

    windows: int
    most: int = 0


class Portions:
    """Hands batches to the device in portions that it has room for: whole ones, until it once had none.

    `at_once`: how many windows are decoded at once, by all threads together; None: whole batches. It is halved when
    memory runs out, which `remember` is told of, and never grows; `narrow` sets what a job is bound to.
    """

    def __init__(self, carried: int | None, remember: Callable[[int], None], free: Callable[[], bool]) -> None:
        """`carried` is what is known of earlier; `free` lets go of what can be computed again, if there is anything."""
        self._carried = carried
        self._bound: int | None = None
        self._remember = remember
        self._free = free
        self._changed = Condition()
        self._turns: list[_Turn] = []

    @property
    def at_once(self) -> int | None:
        return min((limit for limit in (self._carried, self._bound) if limit is not None), default=None)

    def narrow(self, windows: int | None) -> None:
        """At most so many for now; None lifts this again, not what is known of the device."""
        self._bound = windows

    def ask(self, batch: Sequence[T], ask: Callable[[Sequence[T]], list[A]]) -> list[A]:
        """The answers of `ask` to all of the batch, in order. Raises `out_of_memory` when one alone is too much."""
        answers: list[A] = []
        freed = False
        while len(answers) < len(batch):
            portion = batch[len(answers) :][: self.at_once]
            turn = _Turn(len(portion))
            try:
                with self._at_device(turn):
                    answers += ask(portion)
                freed = False
                continue
            except AisubsError as fault:
                if fault.code != "out_of_memory":
                    raise
                # What an attempt keeps before it fails is no reason to make the same attempt again.
                had_any = self._free()
                if (freed or not had_any) and not self._halve(turn.most, fault):
                    raise
                freed = True
            gc.collect()  # the frames of an error hold what they had on the device
        return answers

    @contextmanager
    def _at_device(self, turn: _Turn) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._turns or self._fits(turn))
            self._turns.append(turn)
            there = sum(one.windows for one in self._turns)
            for one in self._turns:
                one.most = max(one.most, there)
        try:
            yield
        finally:
            with self._changed:
                self._turns.remove(turn)
                self._changed.notify_all()

    def _fits(self, turn: _Turn) -> bool:
        return self.at_once is None or sum(one.windows for one in self._turns) + turn.windows <= self.at_once

    def _halve(self, tried: int, fault: AisubsError) -> bool:
        """Whether there is another way than so many: half as many, if nobody has found that out meanwhile."""
        if tried == 1:
            return False
        with self._changed:
            if self._carried is None or self._carried > tried // 2:
                self._carried = tried // 2
                log.warning("batch.halved", extra={"at_once": self._carried, "reason": fault.reason})
                self._remember(self._carried)
        return True
