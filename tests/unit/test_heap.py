"""The allocator of a worker gives large blocks back for good, however often they come again."""

from __future__ import annotations

import gc
import subprocess
import sys
from contextlib import suppress

import pytest

from aisubs.heap import without_collector

COUNT = """
import ctypes

from aisubs.heap import keep_heap_small

SIZES = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.mallinfo2.restype = type("Info", (ctypes.Structure,), {"_fields_": [(n, ctypes.c_size_t) for n in SIZES.split()]})
if KEEP:
    keep_heap_small()
before = libc.mallinfo2().hblkhd
for _ in range(3):
    block = libc.malloc(12 * 1024 * 1024)
    apart = libc.mallinfo2().hblkhd - before
    libc.free(block)
print(apart >= 12 * 1024 * 1024)
"""
"""Whether a block of 12 MiB lies apart from the heap when it is asked for the third time."""


TRIM = """
import ctypes

from aisubs.heap import give_back_freed

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]


def resident_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))


blocks = [libc.malloc(100_000) for _ in range(600)]
for block in blocks:
    ctypes.memset(block, 1, 100_000)
full = resident_kib()
for block in blocks[::2]:
    libc.free(block)
kept = resident_kib()
give_back_freed()
print(full - kept < 10_000, kept - resident_kib() > 20_000)
"""
"""Whether what is free between blocks is kept, 30 MB in all, and then given back."""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is that of Linux")
def test_what_is_free_between_blocks_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", TRIM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is that of Linux")
@pytest.mark.parametrize("keep", [True, False])
def test_large_blocks_stay_apart_from_the_heap(keep: bool) -> None:
    program = COUNT.replace("KEEP", str(keep))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(keep), "by itself glibc keeps what was freed once"


def test_the_collector_rests_until_the_last_is_done() -> None:
    assert gc.isenabled()
    with without_collector():
        with suppress(ZeroDivisionError), without_collector():
            raise ZeroDivisionError
        assert not gc.isenabled()
    assert gc.isenabled()
