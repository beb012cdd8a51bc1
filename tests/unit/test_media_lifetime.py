"""aisubs.media.front and ahead: threads, errors and early ends; nothing is left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from aisubs.media.ahead import Ahead
from aisubs.media.front import AudioWindow, Limits, MediaInfo, read_windows
from aisubs.model.errors import AisubsError, BadInput, error
from tests.media_files import BytesReader, content, speech_file, windows_of


def test_the_info_comes_first_and_in_the_callers_thread() -> None:
    seen: list[tuple[MediaInfo, int]] = []
    reader = BytesReader(speech_file(".mp4", 75))
    windows = read_windows(reader, limits=Limits(), on_info=lambda info: seen.append((info, threading.get_ident())))
    next(windows)
    windows.close()
    ((info, thread),) = seen
    assert info.has_video
    assert info.audio_codec == "aac"
    assert thread == threading.get_ident()


def test_nothing_is_read_behind_the_last_window() -> None:
    data = speech_file(".wav", 75, 8_000)
    done = windows_of(data)[-1].resume
    reader = BytesReader(data)
    assert done.is_done
    assert list(read_windows(reader, limits=Limits(), resume=done)) == []
    assert reader.fetched_bytes == 0


class FailsLater(BytesReader):
    """Gives its bytes but for the last megabyte."""

    def __init__(self, data: bytes, failure: Exception) -> None:
        super().__init__(data)
        self._failure = failure
        self.threads: set[int] = set()

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self.threads.add(threading.get_ident())
        if offset_bytes + length_bytes > self.size_bytes - 1_000_000:
            raise self._failure
        return super().read_at(offset_bytes, length_bytes)


def windows_before_the_error(reader: BytesReader) -> tuple[list[AudioWindow], Exception]:
    windows: list[AudioWindow] = []
    try:
        windows.extend(read_windows(reader, limits=Limits(strict=True)))
    except (AisubsError, TimeoutError) as failure:
        return windows, failure
    raise AssertionError("no error")


@pytest.mark.parametrize("failure", [error("source_gone"), TimeoutError("the store is slow")])
def test_an_error_of_the_reader_reaches_the_consumer_unchanged(failure: Exception) -> None:
    reader = FailsLater(speech_file(".wav", 75, 44_100), failure)
    windows, caught = windows_before_the_error(reader)
    assert caught is failure
    assert windows
    assert len(reader.threads) == 1
    assert_no_threads_are_left()


def test_a_truncated_recording_gives_its_windows_and_then_the_error() -> None:
    data = speech_file(".flac", 75)
    windows, caught = windows_before_the_error(BytesReader(data[: len(data) * 9 // 10]))
    assert isinstance(caught, BadInput)
    assert caught.code == "truncated"
    assert windows
    assert [content(one) for one in windows] == [content(one) for one in windows_of(data)][: len(windows)]


@pytest.mark.slow
def test_closing_the_iterator_ends_the_threads() -> None:
    windows = read_windows(BytesReader(speech_file(".mp3", 75)), limits=Limits())
    next(windows)
    windows.close()
    assert_no_threads_are_left()


def test_stop_ends_the_iteration_between_windows() -> None:
    stop = threading.Event()
    windows = read_windows(BytesReader(speech_file(".mp3", 75)), limits=Limits(), stop=stop)
    next(windows)
    stop.set()
    assert list(windows) == []
    assert_no_threads_are_left()


def test_stop_ends_a_wait_for_a_slow_store() -> None:
    asked, answer, stop = threading.Event(), threading.Event(), threading.Event()

    class SlowReader(BytesReader):
        def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
            asked.set()
            answer.wait()
            return super().read_at(offset_bytes, length_bytes)

    got: list[AudioWindow] = []

    def consume() -> None:
        got.extend(read_windows(SlowReader(speech_file(".mp3", 75)), limits=Limits(), stop=stop))

    consumer = threading.Thread(target=consume)
    consumer.start()
    assert asked.wait(30)
    stop.set()
    answer.set()
    consumer.join(30)
    assert not consumer.is_alive()
    assert got == []
    assert_no_threads_are_left()


def assert_no_threads_are_left() -> None:
    deadline = time.monotonic() + 30
    while left := [thread.name for thread in threading.enumerate() if thread.name.startswith("aisubs-")]:
        assert time.monotonic() < deadline, left


class TestAhead:
    def test_items_in_order_and_no_more_than_depth_ahead(self) -> None:
        made = 0
        full = threading.Event()

        def make(_: threading.Event) -> Iterator[int]:
            nonlocal made
            for number in range(100):
                made += 1
                if made == 5:
                    full.set()
                yield number

        with Ahead(make, 4, "aisubs-test") as ahead:
            assert full.wait(30)
            items = ahead.items()
            assert [next(items) for _ in range(50)] == list(range(50))
            assert made <= 55
            assert list(items) == list(range(50, 100))

    def test_the_error_comes_after_the_items_before_it(self) -> None:
        def make(_: threading.Event) -> Iterator[int]:
            yield 1
            yield 2
            raise KeyError("three")

        with Ahead(make, 10, "aisubs-test") as ahead:
            items = ahead.items()
            assert [next(items), next(items)] == [1, 2]
            with pytest.raises(KeyError):
                next(items)

    def test_leaving_closes_what_the_producer_opened(self) -> None:
        closed = threading.Event()

        def make(_: threading.Event) -> Iterator[int]:
            try:
                while True:
                    yield 0
            finally:
                closed.set()

        with Ahead(make, 2, "aisubs-test") as ahead:
            next(ahead.items())
        assert closed.is_set()
