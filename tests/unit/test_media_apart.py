"""Headers are looked at in another process: the same answers, and nothing that it does or suffers reaches this one."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aisubs.media import apart
from aisubs.media.apart import duration_apart
from aisubs.media.container import Limits
from aisubs.media.probe import probe
from aisubs.media.wire import Wire
from aisubs.model.errors import AisubsError, error
from tests.media_files import BytesReader
from tests.speech import SAMPLE_VIDEO

ONE_MINUTE = Limits(max_duration_ms=60_000)


def outcome(look: Callable[[], object]) -> object:
    try:
        return look()
    except AisubsError as fault:
        return fault.code, fault.sentence


@pytest.mark.parametrize(
    "data",
    [
        SAMPLE_VIDEO.read_bytes(),
        SAMPLE_VIDEO.read_bytes()[:5000],
        b"no recording" * 99,
        b"",
        b"OggS" + bytes(99),
    ],
    ids=["video", "cut", "text", "empty", "bad ogg"],
)
def test_the_answer_is_that_of_this_process(data: bytes) -> None:
    here = outcome(lambda: probe(BytesReader(data), ONE_MINUTE).duration_ms)
    assert outcome(lambda: duration_apart(BytesReader(data), ONE_MINUTE)) == here


def test_the_helper_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_SERVICE_KEY", "sb_secret_test")
    helper = apart.Helper()
    with helper.child() as connection:
        wire = Wire(connection, 30)
        asked = {"task": "look", "size_bytes": 0, "limits": {}, "wish": {"channels": "mono"}}
        wire.send(asked | {"memory_bytes": 1 << 28, "cpu_s": 9, "life_s": 9})
        assert wire.receive()[0]["code"] == "empty_file"
        told = Path(f"/proc/{helper.pid}/environ").read_bytes()
    helper.close()
    names = {entry.partition(b"=")[0] for entry in told.split(b"\0") if entry}
    assert names == {b"PYTHONPATH", b"OPENBLAS_NUM_THREADS"}


def children() -> list[int]:
    """The processes that look at something now."""
    helper = apart.HELPER.pid
    return [int(child) for child in Path(f"/proc/{helper}/task/{helper}/children").read_text().split()]


class DeadlyReader(BytesReader):
    """Kills whoever reads from it."""

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        for child in children():
            os.kill(child, signal.SIGKILL)
        return super().read_at(offset_bytes, length_bytes)


def test_a_death_is_damage_and_the_next_file_is_looked_at(tmp_path: Path) -> None:
    assert outcome(lambda: duration_apart(DeadlyReader(SAMPLE_VIDEO.read_bytes()), Limits()))[0] == "damaged"  # type: ignore[index]
    assert duration_apart(BytesReader(SAMPLE_VIDEO.read_bytes()), Limits())


class FailingReader(BytesReader):
    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        raise error("store_unavailable", "down")


def test_a_store_that_is_down_is_no_fault_of_the_file() -> None:
    with pytest.raises(AisubsError) as caught:
        duration_apart(FailingReader(SAMPLE_VIDEO.read_bytes()), Limits())
    assert caught.value.code == "store_unavailable"


@pytest.mark.parametrize("asked", [[0, 1 << 30], [-1, 5], "all", [0]])
def test_no_more_is_handed_out_than_the_file_has(asked: object) -> None:
    with pytest.raises(AisubsError) as caught:
        apart.bytes_for(BytesReader(b"x" * 99), asked)
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("said", [{"code": "store_unavailable", "reason": "", "details": {}}, {"duration_ms": "1"}, {}])
def test_a_child_that_was_taken_over_can_say_no_more_than_damaged(said: dict[str, object]) -> None:
    for read in (apart._duration_in, apart._picture_in):
        with pytest.raises(AisubsError) as caught:
            read(said)
        assert caught.value.code == "damaged"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def many_samples(count: int) -> bytes:
    """A sound mp4 of `count` bytes that are a sample each: what FFmpeg indexes one by one, at 36 bytes."""
    full = b"\0\0\0\0"
    sound = box(b"mp4a", b"\0" * 6, b"\0\1", b"\0" * 8, struct.pack(">HHHHI", 2, 16, 0, 0, 44_100 << 16))
    table = box(
        b"stbl",
        box(b"stsd", full, struct.pack(">I", 1), sound),
        box(b"stts", full, struct.pack(">III", 1, count, 2)),
        box(b"stsc", full, struct.pack(">IIII", 1, 1, count, 1)),
        box(b"stsz", full, struct.pack(">II", 1, count)),
        box(b"stco", full, struct.pack(">II", 1, 48)),
    )
    data = box(b"dinf", box(b"dref", full, struct.pack(">I", 1), box(b"url ", b"\0\0\0\1")))
    media = box(
        b"mdia",
        box(b"mdhd", b"\0" * 12, struct.pack(">IIHH", 44_100, 2 * count, 0x55C4, 0)),
        box(b"hdlr", b"\0" * 8, b"soun", b"\0" * 13),
        box(b"minf", box(b"smhd", b"\0" * 8), data, table),
    )
    head = box(b"tkhd", b"\0\0\0\7", b"\0" * 8, struct.pack(">III", 1, 0, 1000), b"\0" * 60)
    film = box(b"mvhd", b"\0" * 12, struct.pack(">II", 1000, 1000), b"\0" * 80)
    return (
        box(b"ftyp", b"isom", full, b"isom")
        + box(b"moov", film, box(b"trak", head, media))
        + box(b"mdat", bytes(count))
    )


MEASURED = """
import resource, sys
from aisubs.media.apart import duration_apart
from aisubs.media.container import Limits
from tests.media_files import BytesReader
from tests.unit.test_media_apart import many_samples
reader = BytesReader(many_samples(19_000_000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
duration_apart(reader, Limits())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_an_index_of_19_million_samples_costs_this_process_nothing() -> None:
    """It took 673 MiB where it was looked at, three uploads of it 2 GiB of the web server."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", MEASURED], cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 32 * 1024  # KiB
