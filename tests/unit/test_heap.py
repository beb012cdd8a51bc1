"""The allocator of a worker gives large blocks back for good, however often they come again."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

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


BEGIN = """
import ctypes, os, sys

from aisubs.heap import begin_with_huge_pages

print(os.getpid(), sys.argv[1:], sys.flags.dont_write_bytecode, flush=True)
begin_with_huge_pages()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
block = libc.malloc(64 * 1024 * 1024)
flags = ""
for line in open("/proc/self/smaps"):
    head = line.split()
    if "-" in head[0] and len(head) >= 5:
        begin, end = (int(part, 16) for part in head[0].split("-"))
    elif head[0] == "VmFlags:" and begin <= block < end:
        flags = line
print(os.environ["GLIBC_TUNABLES"], "hg" in flags.split())
"""
"""A program that begins anew, and then whether the kernel was asked for huge pages where its blocks are."""


@pytest.mark.skipif(sys.platform != "linux", reason="an allocator of Linux")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "glibc.malloc.hugetlb=1"),
        ("glibc.malloc.perturb=0", "glibc.malloc.perturb=0:glibc.malloc.hugetlb=1"),
    ],
)
def test_a_worker_begins_anew_once_with_huge_pages(before: str, after: str) -> None:
    env = {**os.environ, "GLIBC_TUNABLES": before}
    command = [sys.executable, "-B", "-c", BEGIN, "a talk.mp3", "--quiet"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    first, second, last = done.stdout.splitlines()
    assert first == second  # the same process, as it was started
    assert first.endswith("['a talk.mp3', '--quiet'] 1")
    asked = "[madvise]" in Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text()
    assert last == f"{after} {asked}"


@pytest.mark.skipif(sys.platform != "linux", reason="an allocator of Linux")
def test_who_has_decided_about_huge_pages_is_not_asked() -> None:
    env = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=0"}
    done = subprocess.run([sys.executable, "-c", BEGIN], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["glibc.malloc.hugetlb=0 False"]
