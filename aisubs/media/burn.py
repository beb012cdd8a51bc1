"""Subtitles drawn into the picture, by an FFmpeg program of this machine: PyAV comes without a filter that draws text.

Every picture is encoded anew (H.264), so this takes about as long as the video; the sound is copied. The cues
are handed over as SubStation Alpha, with their italics and places.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TextIO

from aisubs.model.errors import AisubsError, error

_LAST_LINES = 3
_SPEED = ("-preset", "medium", "-crf", "18")
"""Hardly to be told from the original, at a third of what it would weigh without loss."""


def find_ffmpeg() -> str:
    """An FFmpeg program on the PATH, or that of the package imageio-ffmpeg. Raises `no_ffmpeg`."""
    found = shutil.which("ffmpeg")
    if found is None:
        try:
            from imageio_ffmpeg import get_ffmpeg_exe

            found = get_ffmpeg_exe()
        except (ImportError, RuntimeError) as fault:
            raise error("no_ffmpeg", repr(fault)) from fault
    filters = subprocess.run([found, "-hide_banner", "-filters"], capture_output=True, text=True, check=False).stdout
    if " ass " not in filters:
        raise error("no_ffmpeg", f"{found} has no filter that draws subtitles (libass)")
    return found


@cache
def can_burn() -> bool:
    """Whether there was an FFmpeg program for it when somebody first asked."""
    try:
        find_ffmpeg()
    except AisubsError:
        return False
    return True


def burn(source: Path, target: Path, ass: bytes, tell: Callable[[float], None] = lambda _: None) -> None:
    """Write `target`, a copy of `source` with the cues of an .ass file in its picture; `tell` hears the share that is
    done, and may raise to call it off. Nothing is left of a copy that was not finished.

    Raises `no_ffmpeg`, `not_media` for what has no picture that can be read, `cannot_mux` for what cannot be encoded;
    OSError.
    """
    length_us = _length_us(source)
    ffmpeg, part = find_ffmpeg(), target.with_name(f".aisubs-{target.name}.part{target.suffix}")
    with TemporaryDirectory(prefix="aisubs-burn-") as folder, TemporaryFile("w+") as told:
        Path(folder, "cues.ass").write_bytes(ass)
        given = ("-protocol_whitelist", "file,pipe", "-i", str(source.absolute()))
        # In that folder the filter needs no path, whose signs it would take for its own.
        command = burning([ffmpeg], given, "cues.ass", str(part.absolute()))
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=told, text=True)
        try:
            follow(process, length_us, tell)
            if process.wait():
                raise error("cannot_mux", last_lines(told), kind=target.suffix.removeprefix("."))
            part.replace(target)
        finally:
            process.kill()
            process.wait()
            part.unlink(missing_ok=True)


def burning(ffmpeg: Sequence[str], given: Sequence[str], cues: str, made: str) -> list[str]:
    """The command that draws the cues of a file into the first picture of `given`. It tells on stdout how far it is."""
    command = [*ffmpeg, "-nostdin", "-v", "error", "-y", "-progress", "pipe:1", *given]
    command += ["-map", "0:V:0", "-map", "0:a?", "-vf", f"ass={cues}"]
    return [*command, "-c:v", "libx264", *_SPEED, "-pix_fmt", "yuv420p", "-c:a", "copy", made]


def _length_us(source: Path) -> int:
    """Of a video; 0 where nobody knows. Raises `not_media`."""
    import av

    source.stat()
    try:
        with av.open(str(source)) as given:
            if not given.streams.video:
                raise error("not_media", "there is no picture to draw in")
            return given.duration or 0
    except av.FFmpegError as fault:
        raise error("not_media", f"{fault!r}") from fault


def follow(process: subprocess.Popen[str], length_us: int, tell: Callable[[float], None]) -> None:
    """Tell, twice a second, which share of the length is done; 0 where that is unknown."""
    assert process.stdout is not None
    share = 0.0
    for line in process.stdout:
        name, _, value = line.strip().partition("=")
        if name == "out_time_us" and value.isdigit() and length_us:
            share = min(1.0, int(value) / length_us)
        elif name == "progress":
            tell(share)


def last_lines(told: TextIO) -> str:
    told.seek(0)
    return " ".join(told.read().splitlines()[-_LAST_LINES:])
