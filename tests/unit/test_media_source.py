"""aisubs.media.source: a RangeReader as the file that FFmpeg reads."""

from __future__ import annotations

import random
import threading

import av
import pytest

from aisubs.media.source import BLOCK_BYTES, RangeFile, Stopped
from aisubs.model.errors import AisubsError, error
from tests.media_files import BytesReader, speech_file

DATA = random.Random(0).randbytes(3 * BLOCK_BYTES + 777)


class FailingReader(BytesReader):
    """Fails from the `good`-th request on."""

    def __init__(self, data: bytes, good: int, failure: Exception) -> None:
        super().__init__(data)
        self._good = good
        self._failure = failure

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._good -= 1
        if self._good < 0:
            raise self._failure
        return super().read_at(offset_bytes, length_bytes)


class WatchedReader(BytesReader):
    """Remembers what was asked for, and by which threads."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.offsets: list[int] = []
        self.threads: set[int] = set()

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self.offsets.append(offset_bytes)
        self.threads.add(threading.get_ident())
        return super().read_at(offset_bytes, length_bytes)


@pytest.mark.parametrize("read_ahead", [False, True])
def test_every_read_gives_the_bytes_of_the_object(read_ahead: bool) -> None:
    file = RangeFile(BytesReader(DATA), read_ahead=read_ahead)
    chance = random.Random(1)
    for _ in range(300):
        offset, length = chance.randrange(len(DATA) + 10), chance.choice((1, 100, 32768, 2 * BLOCK_BYTES))
        assert file.read_at(offset, length) == DATA[offset : offset + length]
    file.close()


def test_reads_to_the_end_and_not_beyond() -> None:
    file = RangeFile(BytesReader(DATA))
    assert file.seek(-777, 2) == 3 * BLOCK_BYTES
    assert file.read() == DATA[-777:]
    assert file.read(10) == b""
    assert file.tell() == len(DATA)


def test_a_seek_before_the_start_is_refused_as_ffmpeg_expects_it() -> None:
    file = RangeFile(BytesReader(DATA))
    file.seek(5)
    assert file.seek(-6, 1) < 0
    assert file.tell() == 5


def test_each_block_is_fetched_once_when_read_in_order() -> None:
    reader = WatchedReader(DATA)
    file = RangeFile(reader, read_ahead=True)
    while file.read(50_000):
        pass
    file.close()
    assert sorted(reader.offsets) == [0, BLOCK_BYTES, 2 * BLOCK_BYTES, 3 * BLOCK_BYTES]
    assert file.bytes_read == len(DATA)
    assert len(reader.threads) == 1
    assert reader.threads != {threading.get_ident()}


def test_two_places_read_by_turns_do_not_cost_more_fetches() -> None:
    reader = WatchedReader(DATA)
    file = RangeFile(reader)
    for step in range(0, BLOCK_BYTES, 10_000):
        file.read_at(step, 100)
        file.read_at(2 * BLOCK_BYTES + step, 100)
    assert sorted(reader.offsets) == [0, 2 * BLOCK_BYTES]


def test_a_short_answer_of_the_store_is_a_truncated_recording() -> None:
    class ShortReader(BytesReader):
        def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
            return super().read_at(offset_bytes, length_bytes)[:-1]

    with pytest.raises(AisubsError) as caught:
        RangeFile(ShortReader(DATA)).read(10)
    assert caught.value.code == "truncated"


@pytest.mark.parametrize("read_ahead", [False, True])
@pytest.mark.parametrize("failure", [error("source_gone"), ConnectionResetError("gone")])
def test_an_error_of_the_reader_comes_out_of_ffmpeg_unchanged(read_ahead: bool, failure: Exception) -> None:
    file = RangeFile(FailingReader(speech_file(".wav"), 1, failure), read_ahead=read_ahead)
    with pytest.raises(type(failure)) as caught, av.open(file) as container:  # type: ignore[call-overload]
        for _ in container.demux():
            pass
    assert caught.value is failure
    assert file.failure is failure
    file.close()


def test_it_has_no_name_that_a_demuxer_could_resolve() -> None:
    assert not hasattr(RangeFile(BytesReader(DATA)), "name")


def test_reading_ends_when_stop_is_set() -> None:
    stop = threading.Event()
    file = RangeFile(BytesReader(DATA), stop=stop)
    assert file.read(10) == DATA[:10]
    stop.set()
    with pytest.raises(Stopped):
        file.read(10)
    assert file.read(10) == b""
