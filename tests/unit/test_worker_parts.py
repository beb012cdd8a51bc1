"""Small parts of the worker: the windows in pages, the channel between threads, the lease, the pace, the log."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Callable

import pytest

from aisubs.log import JsonFormatter, set_up_logging
from aisubs.model.errors import AisubsError, LostLease, error
from aisubs.model.transcript import Window
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.read_transcript import read_all_windows
from aisubs.pipeline.transcribe.channel import Channel, Closed
from aisubs.pipeline.transcribe.progress import WRITING_MS, WRITING_MS_PER_HOUR, Pace


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


# ── the windows ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("saved", "calls"), [(0, 1), (1, 1), (199, 1), (200, 2), (201, 2), (400, 3), (450, 3)])
def test_windows_are_read_by_pages_and_a_short_one_is_the_last(saved: int, calls: int) -> None:
    windows = [Window(seq, seq * 10, seq * 10 + 10, 0, (), ()) for seq in range(saved)]
    asked: list[int] = []

    def read(since: int, limit: int) -> list[Window]:
        asked.append(since)
        return windows[since : since + limit]

    assert list(read_all_windows(read)) == windows
    assert len(asked) == calls


# ── the channel ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_channel_keeps_order_and_ends() -> None:
    channel: Channel[int] = Channel(2)

    def write() -> None:
        for number in range(100):
            channel.put(number)
        channel.close()

    in_thread(write)
    assert [channel.get(10) for _ in range(100)] == list(range(100))
    with pytest.raises(Closed):
        channel.get(10)


def test_a_channel_holds_no_more_than_its_capacity() -> None:
    channel: Channel[int] = Channel(3)
    written: list[int] = []
    full = threading.Event()

    def write() -> None:
        for number in range(10):
            if number == 3:
                full.set()
            channel.put(number)
            written.append(number)

    in_thread(write)
    assert full.wait(10)
    assert written == [0, 1, 2]
    assert [channel.get(10) for _ in range(10)] == list(range(10))


def test_the_writers_fault_comes_after_what_it_wrote() -> None:
    channel: Channel[int] = Channel(5)
    channel.put(1)
    channel.close(ValueError("bad"))
    assert channel.get(1) == 1
    with pytest.raises(ValueError, match="bad"):
        channel.get(1)


def test_a_reader_that_leaves_frees_the_writer() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    freed = threading.Event()

    def write() -> None:
        with pytest.raises(Closed):
            channel.put(2)
        freed.set()

    in_thread(write)
    channel.close()
    assert freed.wait(10)


def test_waiting_has_an_end() -> None:
    with pytest.raises(TimeoutError):
        Channel[int](1).get(0.01)


# ── the lease ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_fault_ends_the_lease_for_everybody() -> None:
    lease = Lease(60)
    lease.check()
    lease.end(error("lost_lease"))
    lease.end(error("internal"))
    with pytest.raises(LostLease):
        lease.check()


def test_a_call_is_repeated_until_the_database_answers() -> None:
    calls = []

    def call() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise error("database_unavailable")
        return "answer"

    assert Lease(60).insist(call) == "answer"
    assert len(calls) == 3


@pytest.mark.parametrize("code", ["lost_lease", "illegal_move", "internal"])
def test_other_faults_are_not_repeated(code: str) -> None:
    calls = []

    def call() -> None:
        calls.append(1)
        raise error(code)

    with pytest.raises(AisubsError) as caught:
        Lease(60).insist(call)
    assert caught.value.code == code
    assert len(calls) == 1


def test_nobody_insists_once_the_lease_is_over() -> None:
    lease = Lease(0.0)

    def call() -> None:
        raise error("database_unavailable")

    with pytest.raises(AisubsError) as caught:
        lease.insist(call)
    assert caught.value.code == "database_unavailable"


# ── the pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pace_is_that_of_this_job() -> None:
    pace = Pace()
    assert pace.remaining_ms(0, 1_000) is None
    pace.note(60_000, 0.6)
    assert pace.remaining_ms(0, 3_600_000) == 36_000 + WRITING_MS + WRITING_MS_PER_HOUR
    assert pace.remaining_ms(3_600_000, 3_000_000) == WRITING_MS + WRITING_MS_PER_HOUR
    assert (pace.audio_ms, pace.wall_s) == (60_000, 0.6)


def test_the_pace_forgets_a_slow_start() -> None:
    pace = Pace()
    pace.note(60_000, 6.0)
    for _ in range(10):
        pace.note(480_000, 4.8)
    assert pace.remaining_ms(0, 1_000_000) == pytest.approx(10_000, rel=0.04)


# ── the log ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_json_with_its_fields() -> None:
    record = logging.makeLogRecord({"name": "aisubs.x", "levelname": "WARNING", "msg": "job.lost", "job_id": "7"})
    line = json.loads(JsonFormatter().format(record))
    assert (line["severity"], line["message"], line["job_id"]) == ("WARNING", "job.lost", "7")
    assert line["time"].endswith("+00:00")


def test_a_stack_trace_stays_within_the_line() -> None:
    stream = io.StringIO()
    before = logging.getLogger().level
    set_up_logging("INFO", stream)
    try:
        try:
            raise KeyError("seven\nnine")
        except KeyError:
            logging.getLogger("aisubs.test").exception("job.failed", extra={"path": time})
    finally:
        for handler in list(logging.getLogger().handlers):
            if isinstance(handler.formatter, JsonFormatter):
                logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(before)
    (text,) = stream.getvalue().splitlines()
    assert "KeyError" in json.loads(text)["stack_trace"]
