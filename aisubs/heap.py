"""What glibc's allocator keeps of memory that was freed, how it maps what it takes, and when Python looks for what
could be freed.

Other allocators (macOS, musl) have no such calls, and nothing is done.

By itself it has eight arenas for each core, and once a large block was freed it keeps blocks of up to 32 MiB there,
between small ones that stay: the buffers of windows come to lie in ever more places, and a worker grows with the hours.
"""

from __future__ import annotations

import ctypes
import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
ARENAS = 2
APART_BYTES = 8 * 1024 * 1024
"""Larger blocks are mapped alone and given back when they are freed. Below 8 MiB that costs more time than it saves
memory: 3 % at 8 MiB, a tenth at 3 MiB, a third at 1 MiB."""

_NO_ROOM = re.compile("failed to map segment|[Cc]annot allocate memory")


def keep_heap_small() -> None:
    """To be called before any thread is started: arenas that are there stay."""
    if libc := _glibc():
        libc.mallopt(_M_ARENA_MAX, ARENAS)
        libc.mallopt(_M_MMAP_THRESHOLD, APART_BYTES)


_TUNABLES, _HUGE_PAGES = "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"
"""From glibc 2.35 on (its manual, 39.1 "Memory Allocation Tunables"); earlier ones pass over it."""


def begin_with_huge_pages() -> None:
    """Begin the running program anew, in this process, with an allocator that asks the kernel for pages of 2 MiB.

    A window takes and gives back a gigabyte; in pages of 4 KiB that is a fifth of the time on a CPU
    (docs/decisions/20261201-a-core-never-waits-for-a-window.md). glibc reads this only when a program begins. To be
    called first thing: nothing that was done is there afterwards. Does nothing where that is set, or without glibc.
    """
    told = os.environ.get(_TUNABLES, "")  # noqa: TID251 - the allocator's, not ours
    if "glibc.malloc.hugetlb=" in told or not _glibc():
        return
    os.environ[_TUNABLES] = ":".join(filter(None, (told, _HUGE_PAGES)))  # noqa: TID251
    os.execv(sys.executable, sys.orig_argv)


def give_back_freed() -> None:
    """Give back what is free between blocks, in whole pages. Takes some 10 ms."""
    if libc := _glibc():
        libc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None


@contextmanager
def without_collector() -> Iterator[None]:
    """Let nobody look for rings of objects meanwhile: a text of ten hours is half a million of them, none in a ring,
    that stay until it is written, and looking through them again and again takes as long as making them."""
    _Uncollected.begin()
    try:
        yield
    finally:
        _Uncollected.end()


class _Uncollected:
    """How many threads want no collector. It is one for the whole process."""

    _lock = Lock()
    _count = 0

    @classmethod
    def begin(cls) -> None:
        with cls._lock:
            cls._count += 1
            gc.disable()

    @classmethod
    def end(cls) -> None:
        with cls._lock:
            cls._count -= 1
            if not cls._count:
                gc.enable()


def is_for_want_of_memory(fault: BaseException) -> bool:
    """Whether it was memory that was missing: of Python, or of the loader of shared libraries (glibc's dl-load.c)."""
    told = isinstance(fault, ImportError | OSError) and _NO_ROOM.search(str(fault)) is not None
    return isinstance(fault, MemoryError) or told
