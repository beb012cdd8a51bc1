"""Copies of strangers' videos, made by children that have nothing of ours: what comes out, and what becomes of a child
that takes too much, of one that is killed, and of a file that is no video."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event

import av
import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.media import apart
from aisubs.media.burn import find_ffmpeg
from aisubs.media.burn_apart import burn_apart
from aisubs.media.container import Limits
from aisubs.media.mux import Track
from aisubs.media.mux_apart import CopyLimits, mux_apart
from aisubs.media.source import Stopped
from aisubs.model.errors import AisubsError
from tests.media_files import PathReader
from tests.speech import SAMPLE_RATE_HZ, write_audio
from tests.unit.test_burn import ASS, pictures
from tests.unit.test_mux import cues, read_back, shift_ms

ROOM = CopyLimits(1 << 30)


def muxed(
    source: Path,
    target: Path,
    limits: CopyLimits = ROOM,
    tell: Callable[[float], None] = lambda _: None,
    stop: Event | None = None,
) -> Path:
    reader = PathReader(source)
    with target.open("wb") as file:
        mux_apart(
            reader,
            file,
            target.suffix,
            Track.of(cues(), "de"),
            limits=limits,
            media=Limits(),
            stop=stop or Event(),
            tell=tell,
        )
    reader.close()
    return target


def burned(
    source: Path, target: Path, limits: CopyLimits = ROOM, tell: Callable[[float], None] = lambda _: None
) -> Path:
    with source.open("rb") as given, target.open("w+b") as made:
        burn_apart(given, made, target.suffix, ASS, limits=limits, length_ms=45_000, tell=tell)
    return target


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(AisubsError) as refused:
        make()
    return refused.value.code


def ended(target: Path, limits: CopyLimits) -> str:
    """What came of a copy: `made`, or the code of its refusal."""
    try:
        muxed(VIDEO, target, limits)
    except AisubsError as fault:
        return fault.code
    return "made"


def children(of: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{of}/task/{of}/children").read_text().split()]


@pytest.fixture
def ffmpeg() -> str:
    try:
        return find_ffmpeg()
    except AisubsError as absent:
        pytest.skip(f"{absent.sentence} ({absent.reason})")


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_child_writes_what_the_library_writes(tmp_path: Path, suffix: str) -> None:
    shares: list[float] = []
    target = muxed(VIDEO, tmp_path / f"copy{suffix}", tell=shares.append)
    language, shown = read_back(target)
    moved = shift_ms(VIDEO, target)
    assert language == "ger"
    assert [(one.start_ms - moved, one.end_ms - moved) for one in shown] == [(c.start_ms, c.end_ms) for c in cues()]
    for kind in ("video", "audio"):
        packets = []
        for path in (VIDEO, target):
            with av.open(str(path)) as file:
                packets.append([bytes(packet) for packet in file.demux(getattr(file.streams, kind)[0]) if packet.size])
        assert packets[0] == packets[1]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_has_no_picture_and_what_is_no_video(tmp_path: Path) -> None:
    sound = write_audio(np.zeros(SAMPLE_RATE_HZ, np.float32), tmp_path / "sound.m4a")
    assert refusal(lambda: muxed(sound, tmp_path / "copy.mp4")) == "no_picture"
    text = tmp_path / "talk.mp4"
    text.write_text("#EXTM3U\nfile:///etc/passwd\n")
    assert refusal(lambda: muxed(text, tmp_path / "copy.mp4")) == "not_media"
    assert not apart.picture_apart(PathReader(sound), Limits())
    assert apart.picture_apart(PathReader(VIDEO), Limits())


def test_what_takes_too_much_gets_a_sentence(tmp_path: Path) -> None:
    ends = {ended(tmp_path / "a.mp4", CopyLimits(1 << 30, memory_bytes=size << 18)) for size in range(3, 11)}
    assert "copy_memory" in ends
    # How much suffices depends on what the allocator has left over; with next to nothing the libraries crash.
    assert ends <= {"copy_memory", "damaged", "made"}
    assert refusal(lambda: muxed(VIDEO, tmp_path / "b.mp4", CopyLimits(100_000))) == "copy_disk"


def test_a_child_that_is_killed_is_told_from_a_file_at_fault(tmp_path: Path) -> None:
    def kill(_: float) -> None:
        for child in children(apart.HELPER.pid or 0):
            with suppress(ProcessLookupError):  # what it had told before it was killed comes afterwards
                os.kill(child, signal.SIGKILL)

    assert refusal(lambda: muxed(VIDEO, tmp_path / "copy.mp4", tell=kill)) == "damaged"
    assert muxed(VIDEO, tmp_path / "copy.mp4").stat().st_size > 100_000


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        muxed(VIDEO, tmp_path / "copy.mp4", stop=stop)


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_confined_program_draws_the_words(tmp_path: Path, suffix: str) -> None:
    target = burned(VIDEO, tmp_path / f"copy{suffix}")
    moments = (1.0, 3.0, 6.0)
    changed = [np.abs(a - b).max() for a, b in zip(pictures(VIDEO, *moments), pictures(target, *moments), strict=True)]
    assert changed[1] > 100, "white letters with a black edge"
    assert max(changed[0], changed[2]) < 60, changed


@pytest.mark.usefixtures("ffmpeg")
def test_drawing_that_takes_too_much_or_is_killed(tmp_path: Path) -> None:
    target = tmp_path / "copy.mp4"
    tight = [CopyLimits(1 << 30, memory_bytes=size << 20) for size in (20, 40, 60)]
    codes = {refusal(partial(burned, VIDEO, target, limits)) for limits in tight}
    assert "copy_memory" in codes
    assert codes <= {"copy_memory", "cannot_mux", "damaged"}, "libraries do not always say what they lack"
    assert refusal(lambda: burned(VIDEO, target, CopyLimits(10_000))) == "copy_disk"
    sound = write_audio(np.zeros(SAMPLE_RATE_HZ, np.float32), tmp_path / "sound.m4a")
    assert refusal(lambda: burned(sound, target)) == "no_picture"

    def kill(_: float) -> None:
        for child in children(os.getpid()):
            if b"/dev/fd/" in Path(f"/proc/{child}/cmdline").read_bytes():
                assert Path(f"/proc/{child}/environ").read_bytes() == b""
                os.kill(child, signal.SIGKILL)

    assert refusal(lambda: burned(VIDEO, target, tell=kill)) == "damaged"


@pytest.mark.skipif(sys.platform != "linux", reason="nothing but Linux has this wall")
def test_a_program_that_was_taken_over_sees_nothing_of_ours(tmp_path: Path) -> None:
    secret, own = tmp_path / "secret", tmp_path / "own"
    for path in (secret, own):
        path.write_text(path.name)
    with own.open() as given:
        told = {"parent": os.getpid(), "readable": [given.fileno()], "writable": []}
        told |= {"memory_bytes": 1 << 28, "cpu_s": 9, "most_bytes": 0}

        def said(*command: str) -> str:
            ended = subprocess.run(
                [sys.executable, "-m", "aisubs.media.burn_child", json.dumps(told | {"command": command})],
                pass_fds=[given.fileno()], capture_output=True, text=True, check=False,
            )  # fmt: skip
            return ended.stdout + ended.stderr

        cat = shutil.which("cat") or ""
        assert said(cat, f"/dev/fd/{given.fileno()}") == "own"
        assert "Permission denied" in said(cat, str(secret))
        assert "denied" in said(shutil.which("touch") or "", str(tmp_path / "new"))
        assert said(shutil.which("env") or "") == ""
