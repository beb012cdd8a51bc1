"""Subtitles drawn into the picture of a stranger's video, by a program that has no keys and no network, and sees no
file but the video, its cues and the copy (burn_child.py)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO, TextIO

from aisubs.media.burn import burning, find_ffmpeg, follow, last_lines
from aisubs.media.container import FORMATS, SOUND_DECODERS
from aisubs.media.mux import format_of
from aisubs.media.mux_apart import CopyLimits
from aisubs.model.errors import AisubsError, error

PICTURE_DECODERS = (
    "av1,dnxhd,dvvideo,flv,h263,h264,hevc,libdav1d,libvpx,mjpeg,mpeg1video,mpeg2video,mpeg4,msmpeg4v1,msmpeg4v2,"
    "msmpeg4,prores,rawvideo,rv30,rv40,theora,vc1,vp6,vp6f,vp8,vp9,wmv1,wmv2,wmv3"
)
_NO_MEMORY = ("annot allocate memory", "malloc", "Resource temporarily unavailable", "std::bad_alloc")
_MOST_SAID = 1 << 20
_THREADS = 8
"""More of them take more memory than they save time beside a transcription."""


def burn_apart(
    source: BinaryIO,
    target: BinaryIO,
    suffix: str,
    ass: bytes,
    *,
    limits: CopyLimits,
    length_ms: int,
    tell: Callable[[float], None],
) -> None:
    """Write a copy of the open file `source` into `target`, a container by its `suffix`, with the cues of an .ass file
    in its picture. `tell` hears twice a second which share is done, and may raise to call it off.

    Raises `no_ffmpeg`, `no_picture`, `cannot_mux`, `copy_memory`, `copy_disk`; `damaged` where the program died.
    """
    program = find_ffmpeg()
    with TemporaryFile() as cues, TemporaryFile("w+") as said:
        cues.write(ass)
        cues.flush()
        files = [file.fileno() for file in (source, cues, target)]
        given, shown, made = (f"/dev/fd/{number}" for number in files)
        allowed = ["-protocol_whitelist", "file", "-format_whitelist", FORMATS]
        allowed += ["-codec_whitelist", f"{SOUND_DECODERS},{PICTURE_DECODERS}", "-threads", "2", "-i", given]
        command = burning([program], allowed, shown, made)
        command[-1:] = ["-threads", str(min(_THREADS, os.cpu_count() or 1)), "-f", format_of(suffix), made]
        told = {
            "command": command,
            "parent": os.getpid(),
            "readable": files[:2],
            "writable": files[2:],
            "memory_bytes": limits.memory_bytes,
            "cpu_s": limits.cpu_s,
            "most_bytes": limits.most_bytes,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "aisubs.media.burn_child", json.dumps(told)],
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            pass_fds=files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,  # Ctrl-C in our terminal is not for it
        )
        try:
            follow(process, length_ms * 1000, tell)
            if status := process.wait():
                raise _fault(status, said, suffix)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _fault(status: int, said: TextIO, suffix: str) -> AisubsError:
    reason = last_lines(said)
    said.seek(0)
    everything = said.read(_MOST_SAID)
    if status == -signal.SIGXFSZ or "No space left" in everything:
        return error("copy_disk", reason)
    if "matches no streams" in everything:
        return error("no_picture", reason)
    if any(words in everything for words in _NO_MEMORY):
        return error("copy_memory", reason)
    if status < 0:
        return error("damaged", f"FFmpeg was ended by signal {-status}")
    return error("cannot_mux", reason, kind=suffix.removeprefix("."))
