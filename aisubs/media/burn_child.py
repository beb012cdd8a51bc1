"""The child's side of burn_apart.py: `python -m aisubs.media.burn_child` with what it is told as its one argument. It
gives up what it can and becomes the FFmpeg program.

That one is no library of ours and starts threads and reads fonts, so it keeps more system calls than what decodes
(confine.py). On Linux it sees no files but its three, and what programs and fonts are made of.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path

from aisubs.media.confine import leave_network, limit

LOW_PRIORITY = 10
_NO_NEW_PRIVS = 38  # linux/prctl.h
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every machine
_BENEATH = 1
_EXECUTE, _WRITE, _READ, _READ_DIR, _TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14  # linux/landlock.h
_FIRST, _TRUNCATES = (1 << 13) - 1, 3
"""All rights of the first version, and the version that can forbid to truncate."""
_PROGRAMS = ("/usr", "/lib", "/lib64", "/bin", "/nix", "/snap")
_FONTS = ("/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache", "/var/cache/fontconfig", "/dev/null", "/dev/urandom")


def see_little(program: str, readable: list[int], writable: list[int]) -> None:
    """From now on open nothing but these files, where the kernel can see to it (Landlock, Linux 5.13)."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return
    truncate = _TRUNCATE if version >= _TRUNCATES else 0
    ruleset = libc.syscall(_CREATE, struct.pack("=Q", _FIRST | truncate), 8, 0)
    for path in (*_PROGRAMS, *_FONTS, program):
        with suppress(OSError):
            found = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rights = _EXECUTE | _READ | (_READ_DIR if Path(path).is_dir() else 0)
            libc.syscall(_ADD, ruleset, _BENEATH, struct.pack("=Qi", rights, found), 0)
    for number in readable:
        libc.syscall(_ADD, ruleset, _BENEATH, struct.pack("=Qi", _READ, number), 0)
    for number in writable:
        libc.syscall(_ADD, ruleset, _BENEATH, struct.pack("=Qi", _READ | _WRITE | truncate, number), 0)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(_RESTRICT, ruleset, 0)
    os.close(ruleset)


def main() -> None:
    told = json.loads(sys.argv[1])
    os.nice(LOW_PRIORITY)
    for number in (signal.SIGXFSZ, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)  # Python passes them over, and a program would inherit that
    limit(told["memory_bytes"], told["cpu_s"], told["most_bytes"])
    leave_network(told["parent"])
    if sys.platform == "linux":
        see_little(told["command"][0], told["readable"], told["writable"])
    os.execve(told["command"][0], told["command"], {})  # with no environment at all


if __name__ == "__main__":
    main()
