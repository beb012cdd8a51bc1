"""Who spoke when: errors, speed and memory of the diarizer, on recordings that are no part of the repository.

`python -m tests.bench speakers`. Seven dialogues of real voices (../shared/speakers/dialogues), pieces of AMI meetings
(../shared/real-speech/meetings); what is not there is left out, and said.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.media.sides import SideLevels
from aisubs.model.channels import Channels
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.pipeline.transcribe.batches import join_spans
from aisubs.ports.diarizer import Diarizer, SpeakerChunk
from aisubs.settings import Settings
from aisubs.wiring_workers import diarizer_of
from tests.bench.__main__ import Row
from tests.bench.diarization_error import DiarizationError, Spoken, diarization_error
from tests.bench.speakers_kills import kill_row
from tests.bench.speakers_text import text_rows
from tests.bench.speakers_voices import voice_rows
from tests.real_recordings import dialogue, recording
from tests.speech import read_audio
from tests.two_sides import RATE, heard, leaking, noise, two_sides

DIALOGUES = ("1spk", "2spk", "2spk-phone", "2spk-stereo", "3spk", "4spk-room", "5spk")
MEETINGS = {"ami_development": ("dev00", "dev01"), "ami_train": ("trn01", "trn02", "trn03")}
MOST_MIB = {1: 320, 10: 350, 24: 400}
BLOCK = 30 * RATE
_PADDING_S = 0.25
"""Of the 0.4 s that the detector adds to what it hears. Windows need them all; a turn ends 0.15 s behind its speech."""


@dataclass(frozen=True)
class Heard:
    """`cpu_s` is what listening took, on one thread."""

    rows: list[SpeakerChunk]
    duration_s: float
    cpu_s: float
    spoken: list[Spoken]


def rows() -> Iterator[Row]:
    diarizer = diarizer_of(Settings())
    try:
        heard = [_heard(diarizer, dialogue(f"tune-{name}.opus"), _dialogue(name)) for name in DIALOGUES]
    except pytest.skip.Exception as absent:
        print(f"  left out: {absent}")
    else:
        yield from _dialogues(diarizer, heard)
        yield from _text()
        told = {name: (one.rows, one.duration_s, one.spoken) for name, one in zip(DIALOGUES, heard, strict=True)}
        yield from voice_rows(diarizer, told)
    yield from _sides()
    yield from _meetings(diarizer)
    yield from _robust(diarizer)
    yield from _memory()
    yield kill_row()


def _text() -> Iterator[Row]:
    known = [(dialogue(f"tune-{name}.opus"), _dialogue(name)) for name in DIALOGUES]
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder:
        yield from text_rows(known, DIALOGUES.index("2spk-phone"), DIALOGUES.index("2spk-stereo"), Path(folder))


def _dialogues(diarizer: Diarizer, heard: list[Heard]) -> Iterator[Row]:
    free, given, right = [], [], 0
    for name, one in zip(DIALOGUES, heard, strict=True):
        people = len({who for *_, who in one.spoken})
        errors, found = _errors(diarizer, one, SpeakerCount())
        free.append(errors)
        given.append(_errors(diarizer, one, SpeakerCount(number=people))[0])
        right += found == people
        print(f"       {name:<12} {100 * errors.rate:5.2f} %  {found} of {people} speakers", flush=True)
    yield _rate("error rate, seven dialogues", reduce(add, free), 0.04)
    yield ("number of speakers right", f"{right} of {len(heard)}", "all", right == len(heard))
    yield _rate("error rate with the number given", reduce(add, given), 0.03)
    speed = sum(one.duration_s for one in heard) / sum(one.cpu_s for one in heard)
    yield ("times faster than the recording, one core", f"{speed:.1f}", ">= 15", speed >= 15)
    per_hour = sum(len(row.data) for one in heard for row in one.rows) / sum(one.duration_s for one in heard) * 3600
    yield ("what is kept of an hour", f"{per_hour / 1e6:.1f} MB", "<= 2 MB", per_hour <= 2e6)


def _sides() -> Iterator[Row]:
    """What the front end hears on each side; recognised is what the levels alone tell."""
    try:
        samples, spoken = _stereo(dialogue("tune-2spk-stereo.opus")), _dialogue("2spk-stereo")
    except pytest.skip.Exception:
        samples, spoken = two_sides().samples, two_sides().spoken
    rates: dict[int, float] = {}
    recognised = []
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder:
        for leak_db in (-40, -30, -20, -15, -10):
            leaked = leaking(samples, leak_db)
            levels = SideLevels()
            levels.add(leaked)
            recognised += [leak_db] if levels.verdict() == "apart" else []
            sides = heard(leaked, Path(folder), Channels.DIALOGUE)
            told = [(*turn, side) for side, spans in enumerate(sides) for turn in _turns(spans)]
            rates[leak_db] = diarization_error(spoken, told).rate
    told_rates = ", ".join(f"{100 * rate:.1f} %" for rate in rates.values())
    worst = max(rates.values())
    yield ("one person per channel, leakage -40, -30, -20, -15, -10 dB", told_rates, "<= 3 %", worst <= 0.03)
    yield ("the same: recognised by levels down to", f"{max(recognised)} dB", "-15 dB", max(recognised) >= -15)


def _turns(spans: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Spans (s) that touch are one turn, without the padding that windows need."""
    for start_ms, end_ms in join_spans((round(1000 * start), round(1000 * end)) for start, end in spans):
        yield start_ms / 1000 + _PADDING_S, end_ms / 1000 - _PADDING_S


def _meetings(diarizer: Diarizer) -> Iterator[Row]:
    errors = []
    try:
        for file, names in MEETINGS.items():
            spoken: dict[str, list[Spoken]] = defaultdict(list)
            for line in recording(f"meetings/{file}.rttm").read_text().splitlines():
                _, piece, _, start, length, _, _, who, *_ = line.split()
                spoken[piece].append((float(start), float(start) + float(length), who))
            for name in names:
                heard = _heard(diarizer, recording(f"meetings/ami_{name}.flac"), spoken[name])
                errors.append(_errors(diarizer, heard, SpeakerCount())[0])
    except pytest.skip.Exception as absent:
        print(f"  left out: {absent}")
        return
    yield _rate("error rate, pieces of AMI meetings, far microphone", reduce(add, errors), 0.37)


def _robust(diarizer: Diarizer) -> Iterator[Row]:
    seconds = 20
    times = np.arange(seconds * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * times + np.sin(2 * np.pi * 5 * times)) for hz in (220, 277, 330, 440)) / 8
    beat = (np.sin(2 * np.pi * 2 * times) > 0.9) * noise(len(times), -15)[:, 0]
    voice = two_sides().samples[:, 0]
    for name, samples, expected in (
        ("silence", np.zeros(seconds * RATE), 0),
        ("white noise at -20 dB", noise(seconds * RATE, -20)[:, 0], 0),
        ("hum at -20 dB", 0.1 * np.sin(2 * np.pi * 50 * times), 0),
        ("chords and a beat", chord * (1 + np.sin(2 * np.pi * 0.5 * times)) / 2 + beat, 0),
        ("a second of speech", read_audio(VIDEO)[round(0.6 * RATE) : round(1.6 * RATE)], 1),
        ("one voice, loud and quiet", np.concatenate([voice, 0.1 * voice]), 1),
    ):
        told = [samples.astype(np.float32)]
        turns = diarizer.decide(list(diarizer.listen(told)), len(samples) * 1000 // RATE, SpeakerCount())
        found = len({turn.speaker for turn in turns})
        yield (f"speakers found in: {name}", str(found), str(expected), found == expected)


def _memory() -> Iterator[Row]:
    """Each in a process of its own: it listens to ten minutes, and decides on as many rows as the hours have."""
    for hours, most_mib in MOST_MIB.items():
        command = [sys.executable, "-m", "tests.bench.speakers_memory", str(hours)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        told: dict[str, Any] = json.loads(done.stdout)
        mib = told["peak_bytes"] / 2**20
        yield (
            f"peak memory, {hours} h (listening and deciding)",
            f"{mib:.0f} MiB",
            f"<= {most_mib} MiB",
            mib <= most_mib,
        )
        yield (f"deciding, {hours} h", f"{told['decide_s']:.1f} s", f"<= {2 * hours} s", told["decide_s"] <= 2 * hours)


def _heard(diarizer: Diarizer, path: Path, spoken: list[Spoken]) -> Heard:
    samples = read_audio(path)
    began_s = time.process_time()
    heard = list(diarizer.listen(samples[start : start + BLOCK] for start in range(0, len(samples), BLOCK)))
    return Heard(heard, len(samples) / RATE, time.process_time() - began_s, spoken)


def _errors(diarizer: Diarizer, heard: Heard, count: SpeakerCount) -> tuple[DiarizationError, int]:
    turns = diarizer.decide(heard.rows, round(heard.duration_s * 1000), count)
    return diarization_error(heard.spoken, _spoken(turns)), len({turn.speaker for turn in turns})


def _dialogue(name: str) -> list[Spoken]:
    return [tuple(span) for span in json.loads(dialogue(f"tune-{name}.json").read_text())]


def _spoken(turns: list[Turn]) -> list[Spoken]:
    return [(turn.start_ms / 1000, turn.end_ms / 1000, turn.speaker) for turn in turns]


def _stereo(path: Path) -> np.ndarray:
    import av

    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with av.open(str(path)) as container:
        frames = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    return np.concatenate([piece.to_ndarray().T for piece in (*frames, *resampler.resample(None))])


def _rate(name: str, errors: DiarizationError, goal: float) -> Row:
    parts = (errors.missed, errors.invented, errors.confused)
    missed, invented, confused = (f"{100 * part / errors.speech:.1f}" for part in parts)
    told = f"{100 * errors.rate:.2f} % ({missed} missed, {invented} invented, {confused} confused)"
    return (name, told, f"<= {100 * goal:.0f} %", errors.rate <= goal)
