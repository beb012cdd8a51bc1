"""What a process gives up for good before it reads the first byte of a stranger's file.

Memory and processor time always. On Linux also its life beyond that of whoever started it; where the kernel lets it,
the network (a namespace of its own); and on x86-64 every system call but those that decoding needs: after that it opens
no file, no socket and no program, and signals nobody, whatever it was made to run.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h
_PDEATHSIG, _NO_NEW_PRIVS, _SECCOMP = 1, 38, 22  # linux/prctl.h
_FILTER = 2
_X86_64 = 0xC000003E  # linux/audit.h
_X32 = 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_ALLOWED, _REFUSED = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EPERM
_CALLS = {
    "read": 0,
    "write": 1,
    "close": 3,
    "fstat": 5,
    "poll": 7,
    "lseek": 8,
    "mmap": 9,
    "mprotect": 10,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "getpid": 39,
    "sendto": 44,
    "recvfrom": 45,
    "exit": 60,
    "gettimeofday": 96,
    "getrusage": 98,
    "sigaltstack": 131,
    "gettid": 186,
    "time": 201,
    "futex": 202,
    "sched_getaffinity": 204,
    "restart_syscall": 219,
    "clock_gettime": 228,
    "clock_nanosleep": 230,
    "exit_group": 231,
    "getrandom": 318,
    "membarrier": 324,
    "rseq": 334,
}
"""arch/x86/entry/syscalls/syscall_64.tbl"""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def give_up(memory_bytes: int, cpu_s: int, life_s: int | None, parent: int) -> None:
    """Keep `memory_bytes` more than are used now, and so many seconds. Ends at once if `parent` is over already."""
    limit(memory_bytes, cpu_s, written_bytes=0)
    if life_s is not None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(life_s)
    leave_network(parent)
    if sys.platform == "linux":
        _allow_little(ctypes.CDLL(None, use_errno=True))


def limit(memory_bytes: int, cpu_s: int, written_bytes: int) -> None:
    """Of one file no more than `written_bytes` may be written."""
    for what, most in (
        # Data and not address space: libraries reserve much of the latter that they never touch.
        (resource.RLIMIT_DATA, _data_bytes() + memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, written_bytes),
    ):
        resource.setrlimit(what, (most, most))


def leave_network(parent: int) -> None:
    """On Linux: end with `parent`, and have no network, where the kernel lets it."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    with suppress(AttributeError):  # an old libc
        libc.unshare(_NEW_USER | _NEW_NETWORK)


def _data_bytes() -> int:
    """Not what getrusage says: on Linux its maximum outlives exec, and is that of whoever started us."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on a Mac
    return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()


def _allow_little(libc: ctypes.CDLL) -> None:
    if os.uname().machine != "x86_64" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return
    program = _program()
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_SECCOMP, _FILTER, ctypes.byref(_Program(len(program) // 8, program)))


def _program() -> bytes:
    """Instructions (code, jump if true, jump if false, value) over struct seccomp_data: the call, then the machine."""
    count = len(_CALLS)
    lines = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, count + 2, _X86_64),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, count, 0, _X32),
        *((_EQUAL, count - number, 0, call) for number, call in enumerate(_CALLS.values())),
        (_RETURN, 0, 0, _REFUSED),
        (_RETURN, 0, 0, _ALLOWED),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
