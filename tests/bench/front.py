"""The front end (aisubs/media): memory over length, equality with faster-whisper, going back in after an interruption.

`python -m tests.bench.front` prints the table; each measurement of memory is a process of its own.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import av

from aisubs.media.apart import HELPER
from aisubs.media.decode_apart import decode_apart
from aisubs.media.front import FrontState, Limits, Wish, read_windows
from aisubs.media.one_track import decode_track
from aisubs.media.source import RangeFile
from aisubs.media.vad import SileroVad, find_vad_model
from tests.bench.__main__ import Row
from tests.media_files import PathReader, sha256, speech_file, upstream_windows, windows_of
from tests.speech import long_recording, write_audio

FORMS = (
    (".mp3", 44_100, "stereo"),
    (".m4a", 48_000, "5.1"),
    (".flac", 44_100, "stereo"),
    (".opus", 48_000, "mono"),
    (".webm", 48_000, "mono"),
    (".mp4", 44_100, "stereo"),
    (".mkv", 48_000, "mono"),
    (".wav", 8_000, "mono"),
)
_PARITY_S = 300
_LIMITS = Limits(max_duration_ms=30 * 3_600_000)


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        ten_minutes = _ten_minutes(Path(folder))
        return [*_parity(), *_memory(ten_minutes), *_reposition(ten_minutes)]


def _parity() -> list[Row]:
    from faster_whisper.audio import decode_audio

    found = []
    for suffix, rate_hz, layout in FORMS:
        data = speech_file(suffix, _PARITY_S, rate_hz, layout)
        pieces = [window.piece for window in windows_of(data) if window.piece is not None]
        spans, chunks = upstream_windows(decode_audio(io.BytesIO(data)))
        equal = [span for piece in pieces for span in piece.spans] == spans
        same = equal and [sha256(piece.samples) for piece in pieces] == [sha256(chunk) for chunk in chunks]
        measured = f"{len(pieces)} of {len(chunks)} windows" if same else "different"
        found.append((f"windows as upstream's, {suffix} {rate_hz} Hz {layout}", measured, "equal to the bit", same))
    return found


def _memory(ten_minutes: dict[str, Path]) -> list[Row]:
    one, ten = (_in_child(ten_minutes[".mp3"], hours) for hours in (1, 10))
    ratio = ten["peak_mib"] / one["peak_mib"]
    measured = f"{ratio:.2f} ({one['peak_mib']:.0f} and {ten['peak_mib']:.0f} MiB)"
    found: list[Row] = [("peak memory 10 h / 1 h, mp3", measured, "<= 1.10", ratio <= 1.10)]
    found.append(("peak memory, 10 h mp3", f"{ten['peak_mib']:.0f} MiB", "<= 160 MiB", ten["peak_mib"] <= 160))
    found.append(("times faster than the recording, 10 h mp3", f"{ten['speed']:.0f}", ">= 100", ten["speed"] >= 100))
    beside_mib = ten["beside_mib"]
    name = "and of the processes that decode beside it (its own share of what they share)"
    found.append((name, f"{beside_mib:.0f} MiB", "<= 160 MiB", beside_mib <= 160))
    found.append(_apart(ten_minutes[".mp3"]))
    found.append(("first window of 10 h, mp3", f"{ten['first_s']:.2f} s", "<= 1.5 s", ten["first_s"] <= 1.5))
    # An mp4 has an index of all its packets, which FFmpeg holds in memory, for a moment twice.
    one, four = (_in_child(ten_minutes[".m4a"], hours) for hours in (1, 4))
    slope = (four["peak_mib"] - one["peak_mib"]) / 3
    found.append(("memory that FFmpeg takes for the index of an m4a", f"{slope:.1f} MiB/h", "<= 12 MiB/h", slope <= 12))
    return found


def _apart(ten_minutes: Path) -> Row:
    """What it costs that FFmpeg decodes in a process of its own: an hour of mp3, from first byte to last block."""
    _repeated(ten_minutes, 6).close()
    path = ten_minutes.with_stem(f"{ten_minutes.stem}-6")
    apart_s, here_s = (min(_decoding_s(path, apart) for _ in range(3)) for apart in (True, False))
    share = apart_s / here_s
    told = f"{share:.2f} ({apart_s:.2f} / {here_s:.2f} s)"
    return "decoding 1 h of mp3 in a process of its own / in this one", told, "<= 1.15", share <= 1.15


def _decoding_s(path: Path, apart: bool) -> float:
    HELPER.get_ready()
    began_s = time.monotonic()
    reader, network = PathReader(path), find_vad_model()
    if apart:
        items = decode_apart(reader, _LIMITS, Wish(), network, 0, threading.Event())
    else:
        file = RangeFile(reader, read_ahead=True)
        items = decode_track(file, _LIMITS, Wish(), 0, lambda: SileroVad(network))
    deque(items, maxlen=0)
    return time.monotonic() - began_s


def _reposition(ten_minutes: dict[str, Path]) -> list[Row]:
    found = []
    for suffix, path in ten_minutes.items():
        reader = _repeated(path, 7)
        late = next(window for window in read_windows(reader, limits=_LIMITS) if window.end_ms > 3_600_000)
        took_s = min(_time_to_next(_repeated(path, 7), late.resume) for _ in range(3))
        found.append((f"going back in at 1 h, {suffix}", f"{took_s:.2f} s", "<= 3 s", took_s <= 3))
    return found


def _time_to_next(reader: PathReader, resume: FrontState) -> float:
    started_s = time.monotonic()
    windows = read_windows(reader, limits=_LIMITS, resume=resume)
    next(windows)
    took_s = time.monotonic() - started_s
    windows.close()
    return took_s


def _ten_minutes(folder: Path) -> dict[str, Path]:
    recording = long_recording(600, seed=11, noise=0.001)
    return {suffix: write_audio(recording.blocks(), folder / f"ten{suffix}") for suffix in (".mp3", ".m4a")}


def _repeated(path: Path, times: int) -> PathReader:
    """The recording over and over as one file beside it, its packets copied with timestamps that go on."""
    target = path.with_stem(f"{path.stem}-{times}")
    if not target.exists():
        with av.open(str(path)) as source, av.open(str(target), "w") as container:
            track = source.streams.audio[0]
            copy = container.add_stream_from_template(track)
            packets = [packet for packet in source.demux(track) if packet.dts is not None]
            length = sum(packet.duration or 0 for packet in packets)
            shift = 0
            for _ in range(times):
                source.seek(0)
                for packet in source.demux(track):
                    if packet.dts is None:
                        continue
                    packet.stream = copy
                    packet.pts = packet.dts = (packet.dts or 0) + shift
                    container.mux(packet)
                shift += length
    return PathReader(target)


def _in_child(path: Path, hours: int) -> dict[str, Any]:
    times = hours * 6
    _repeated(path, times).close()
    target = path.with_stem(f"{path.stem}-{times}")
    command = [sys.executable, "-m", "tests.bench.front", "--child", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _child(path: Path) -> None:
    started_s = time.monotonic()
    first_s = 0.0
    beside_mib = 0.0
    for window in read_windows(PathReader(path), limits=_LIMITS):
        beside_mib = max(beside_mib, _beside_mib() if window.seq % 16 == 0 else 0.0)
        first_s = first_s or time.monotonic() - started_s
        FrontState.from_json(json.loads(json.dumps(window.resume.to_json())))
    took_s = time.monotonic() - started_s
    # Not getrusage: its maximum outlives exec, so a child would report its parent's.
    status = Path("/proc/self/status").read_text()
    peak_mib = int(status.split("VmHWM:")[1].split()[0]) / 1024
    speed = window.end_ms / 1000 / took_s
    print(json.dumps({"peak_mib": peak_mib, "beside_mib": beside_mib, "first_s": first_s, "speed": speed}))


def _beside_mib() -> float:
    """Of the helper and its children, as shares of what they have in common. (Elsewhere than as root a process in a
    namespace of its own may not be looked into; then its whole size counts.)"""
    helper = HELPER.pid
    pids = [str(helper), *Path(f"/proc/{helper}/task/{helper}/children").read_text().split()]
    kib = 0
    for pid in pids:
        try:
            kib += int(Path(f"/proc/{pid}/smaps_rollup").read_text().split("\nPss:")[1].split()[0])
        except PermissionError:
            kib += int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])
    return kib / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(Path(sys.argv[2]))
    else:
        for name, measured, goal, holds in rows():
            print(f"{'ok  ' if holds else 'MISS'} {name:<60} {measured:>24}   goal {goal}")
