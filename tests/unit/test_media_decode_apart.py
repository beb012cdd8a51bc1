"""Decoding in another process: the same samples, nothing in it that could be taken, and nothing of it left behind."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from aisubs.media import decode_apart
from aisubs.media.apart import HELPER
from aisubs.media.blocks import BLOCK_SAMPLES, Block
from aisubs.media.container import ANY, Limits, MediaInfo
from aisubs.media.front import read_sound
from aisubs.media.messages import BlocksIn, fault_in, info_in, of_block, of_info
from aisubs.media.one_track import decode_track
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Choice, Side, Wish
from aisubs.media.vad import SileroVad, find_vad_model
from aisubs.media.wire import Header
from aisubs.model.audio_track import Reason
from aisubs.model.channels import Channels
from aisubs.model.errors import AisubsError, error
from tests.media_files import BytesReader, sha256, speech_file
from tests.speech import Samples
from tests.unit.test_media_apart import children, many_samples
from tests.unit.test_media_channels import changing, voice, written

ROOT = Path(__file__).parents[2]
HOUR = 3_600 * 16_000


def apart(reader: BytesReader, skip: int = 0, wish: Wish | Choice = ANY) -> list[MediaInfo | Block]:
    closing = threading.Event()
    return list(decode_apart.decode_apart(reader, Limits(), wish, find_vad_model(), skip, closing))


def here(reader: BytesReader, skip: int = 0, wish: Wish | Choice = ANY) -> list[MediaInfo | Block]:
    network = SileroVad(find_vad_model())
    return list(decode_track(RangeFile(reader), Limits(), wish, skip, lambda: network))


def all_of(item: MediaInfo | Block) -> object:
    if isinstance(item, MediaInfo):
        return item
    return item.start, item.filled, item.holes, item.gaps, item.cut, item.samples.dtype, sha256(item.samples)


@pytest.mark.parametrize("skip", [0, 7 * BLOCK_SAMPLES + 5])
@pytest.mark.parametrize(
    "make",
    [lambda: speech_file(".mp4", 75), changing, lambda: speech_file(".flac", 75)[:500_000]],
    ids=["video", "channels that are listened to", "cut"],
)
def test_what_comes_is_what_would_be_decoded_here(make: Callable[[], bytes], skip: int) -> None:
    data = make()
    whole = here(BytesReader(data), skip)
    assert [all_of(item) for item in apart(BytesReader(data), skip)] == [all_of(item) for item in whole]
    assert len(whole) > 3


@pytest.mark.parametrize(
    "wish", [Wish(channels=Channels.DIALOGUE), Choice(1, Reason.ONLY, Side(1, 12))], ids=["both", "one"]
)
def test_one_side_of_a_call_is_what_would_be_heard_here(wish: Wish | Choice) -> None:
    data = written(voice(1), voice(2))
    expected = [all_of(item) for item in here(BytesReader(data), wish=wish)]
    assert [all_of(item) for item in apart(BytesReader(data), wish=wish)] == expected


class Interrupted(BytesReader):
    """Does something once the child asks for what is behind the first half."""

    def __init__(self, data: bytes, happens: Callable[[], None]) -> None:
        super().__init__(data)
        self._happens = happens
        self.happened = False

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        if offset_bytes > self.size_bytes // 2 and not self.happened:
            self.happened = True
            self._happens()
        return super().read_at(offset_bytes, length_bytes)


def send(what: signal.Signals, *pids: int) -> None:
    for pid in pids:
        os.kill(pid, what)


def test_a_death_is_damage_after_what_was_heard_and_the_next_file_is_decoded() -> None:
    data = speech_file(".wav", 75, 44_100)
    reader = Interrupted(data, lambda: send(signal.SIGKILL, *children()))
    heard: list[Samples] = []
    with pytest.raises(AisubsError) as caught:
        heard.extend(read_sound(reader, limits=Limits()))
    assert caught.value.code == "damaged"
    assert heard
    assert len(list(read_sound(BytesReader(data), limits=Limits()))) > len(heard)


def test_what_a_service_manager_sends_to_all_processes_ends_none_of_them() -> None:
    """systemd tells every process of a unit. Which recording would be damaged by that?"""
    data = speech_file(".wav", 75, 44_100)

    def told_to_end() -> None:
        for what in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            send(what, HELPER.pid or 0, *children())

    reader = Interrupted(data, told_to_end)
    assert [all_of(item) for item in apart(reader)] == [all_of(item) for item in here(BytesReader(data))]
    assert reader.happened


def test_an_index_that_does_not_fit_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_apart, "MEMORY_BYTES", 32 << 20)
    with pytest.raises(AisubsError) as caught:
        apart(BytesReader(many_samples(2_000_000)))
    assert caught.value.code in ("damaged", "truncated", "not_media", "no_audio")


TRIES = """
import json, os, socket
from aisubs.media.confine import give_up
give_up(64 << 20, 60, None, os.getppid())
def tried(what):
    try:
        what()
    except (OSError, MemoryError) as fault:
        return type(fault).__name__
    return "done"
told = {
    "open": tried(lambda: open("/etc/passwd")),
    "socket": tried(lambda: socket.socket(socket.AF_INET)),
    "run": tried(lambda: os.execv("/bin/true", ["true"])),
    "fork": tried(os.fork),
    "kill": tried(lambda: os.kill(os.getppid(), 0)),
    "memory": tried(lambda: bytearray(128 << 20)),
}
os.write(1, json.dumps(told).encode())
"""


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="system calls are refused on x86-64 Linux only"
)
def test_a_child_opens_nothing_reaches_nobody_and_takes_no_more_memory() -> None:
    done = subprocess.run([sys.executable, "-c", TRIES], cwd=ROOT, capture_output=True, check=True)
    refused = dict.fromkeys(("open", "socket", "run", "fork", "kill"), "PermissionError")
    assert json.loads(done.stdout) == refused | {"memory": "MemoryError"}


HANGS = """
import os, signal, sys
from aisubs.media.apart import HELPER
from aisubs.media.front import Limits, read_sound
from tests.media_files import BytesReader, speech_file
from tests.unit.test_media_apart import children
class Hangs(BytesReader):
    def read_at(self, offset_bytes, length_bytes):
        if offset_bytes:
            for child in children():
                os.kill(child, signal.SIGSTOP)
            print(HELPER.pid, *children(), flush=True)
            sys.stdin.read()
        return super().read_at(offset_bytes, length_bytes)
list(read_sound(Hangs(speech_file(".wav", 75, 44_100)), limits=Limits()))
"""


@pytest.mark.slow
def test_nothing_is_left_of_a_worker_that_is_killed() -> None:
    """Not even a child that computes for ever, and would never notice that nobody listens."""
    worker = subprocess.Popen(
        [sys.executable, "-c", HANGS], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with worker:
        assert worker.stdout is not None
        pids = [int(pid) for pid in worker.stdout.readline().split()]
        worker.kill()
    assert len(pids) == 2
    deadline = time.monotonic() + 30
    while left := [pid for pid in pids if _lives(pid)]:
        assert time.monotonic() < deadline, left


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("failure", [error("store_unavailable", "down"), TimeoutError("slow"), ConnectionResetError()])
def test_an_error_of_the_store_is_none_of_the_file(failure: Exception) -> None:
    def fails() -> None:
        raise failure

    with pytest.raises(type(failure)) as caught:
        apart(Interrupted(speech_file(".wav", 75, 44_100), fails))
    assert caught.value is failure


class TestWhatAChildSaysIsAsUntrustedAsTheFile:
    def said(self, start: int, count: int, *, filled: bool = False) -> tuple[Header, bytes]:
        return of_block(Block(start, np.zeros(count, np.float32), filled=filled))

    def test_blocks_follow_one_another_to_a_short_one(self) -> None:
        blocks = BlocksIn(BLOCK_SAMPLES + 5, HOUR)
        for start, count in ((BLOCK_SAMPLES, BLOCK_SAMPLES), (2 * BLOCK_SAMPLES, 7)):
            block = blocks.read(*self.said(start, count))
            assert (block.start, len(block.samples)) == (start, count)

    @pytest.mark.parametrize(
        "told",
        [
            [(0, BLOCK_SAMPLES), (0, BLOCK_SAMPLES)],
            [(0, BLOCK_SAMPLES), (3 * BLOCK_SAMPLES, BLOCK_SAMPLES)],
            [(BLOCK_SAMPLES, BLOCK_SAMPLES)],
            [(0, BLOCK_SAMPLES + 1)],
            [(-BLOCK_SAMPLES, BLOCK_SAMPLES)],
            [(0, 7), (7, BLOCK_SAMPLES)],
        ],
        ids=["again", "a gap", "too late", "too long", "before the start", "behind the end"],
    )
    def test_blocks_that_do_not_are_refused(self, told: list[tuple[int, int]]) -> None:
        blocks = BlocksIn(0, HOUR)
        with pytest.raises(AisubsError) as caught:
            _ = [blocks.read(*self.said(start, count)) for start, count in told]
        assert caught.value.code == "damaged"

    def test_none_is_longer_than_a_recording_may_be(self) -> None:
        with pytest.raises(AisubsError):
            BlocksIn(0, BLOCK_SAMPLES - 1).read(*self.said(0, BLOCK_SAMPLES))

    @pytest.mark.parametrize("holes", [((5, 3),), ((-1, 3),), ((0, HOUR + 1),)])
    def test_spans_lie_in_the_recording(self, holes: tuple[tuple[int, int], ...]) -> None:
        with pytest.raises(AisubsError):
            BlocksIn(0, HOUR).read(*of_block(Block(0, np.zeros(9, np.float32), holes)))

    def test_bytes_that_are_missing_are_missed(self) -> None:
        header, data = self.said(0, BLOCK_SAMPLES)
        with pytest.raises(AisubsError):
            BlocksIn(0, HOUR).read(header, data[:-4])

    @pytest.mark.parametrize("said", [{}, {"code": "store_unavailable", "reason": "", "details": {}}, {"code": 5}])
    def test_it_names_no_error_but_one_of_the_file(self, said: Header) -> None:
        assert fault_in(said).code == "damaged"

    @pytest.mark.parametrize("wrong", [{"track": {}}, {"duration_ms": "long"}, {"further": 1}, {"subtitles": 5}])
    def test_what_it_says_of_the_file_has_the_kinds_it_should(self, wrong: Header) -> None:
        info = next(self._infos())
        assert info_in(of_info(info)["info"]) == info
        with pytest.raises(AisubsError):
            info_in(of_info(info)["info"] | wrong)

    def _infos(self) -> Iterator[MediaInfo]:
        yield from (item for item in here(BytesReader(speech_file(".wav", 5))) if isinstance(item, MediaInfo))
