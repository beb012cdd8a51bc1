"""Recordings with what is said in them, in sets: read, in many languages, mixed, repeated, with pauses, in meetings.

Real ones where `../shared/real-speech` is (tests/real_recordings.py). The sample of the demo, whose words and times are
known exactly (tests/demo_sample), is always there: what is cut and joined from its lines can be measured anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO, sample_lines
from aisubs.ports import Samples
from tests.real_recordings import recording
from tests.recognition.scores import Errors, letter_errors, word_errors
from tests.recognition.test_languages import CLIPS, joined, paths, spelled_out
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio

MARGIN_MS = 150
FRAME = SAMPLE_RATE_HZ // 100
TWO_CITIES_S = 21
TWO_CITIES = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season
of darkness, it was the spring of hope, it was the winter of despair"""
"""As far as the first 21 s of the recording go; the recording is of Dickens' words."""
PAUSES_S = (0.3, 1.0, 3.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A recording and what is said in it. `parts` are (start_s, end_s, language) and tell who must be written how;
    `starts` are the moments at which a line begins; `speech` is where anybody speaks, where no words are known."""

    path: Path
    said: str
    parts: tuple[tuple[float, float, str], ...] = ()
    starts: tuple[float, ...] = ()
    speech: tuple[tuple[float, float], ...] = ()
    spelled: str = ""


@dataclass(frozen=True, slots=True)
class Set:
    """Recordings that are scored together. Only a model of many languages is asked for one that is not `english`."""

    name: str
    recordings: tuple[Spoken, ...]
    english: bool = True
    score: Callable[[Sequence[str], Sequence[str]], Errors] = word_errors
    below_both: bool = False
    """Better than each of upstream's ways is wanted here, not only as good."""


def sets(room: Path) -> list[Set]:
    """All that can be made here, written into `room`."""
    makers = (_read, _quiet, _pauses, _repeats, _crosstalk, _meetings, _mixed, _languages)
    return [one for one in (maker(room) for maker in makers) if one.recordings]


class Clip(NamedTuple):
    """A few words as one voice says them."""

    language: str
    text: str
    samples: Samples


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)


@cache
def sample_clips() -> tuple[Clip, ...]:
    """Each line of the demo's sample, with a moment before and behind it."""
    whole = read_audio(VIDEO)
    cut = []
    for line in sample_lines():
        start, end = ((at * SAMPLE_RATE_HZ) // 1000 for at in (line.start_ms - MARGIN_MS, line.end_ms + MARGIN_MS))
        cut.append(Clip(line.language, line.text, whole[max(0, start) : end]))
    return tuple(cut)


def laid_out(clips: Sequence[Clip], pauses_s: Sequence[float], path: Path) -> Spoken:
    """Clips one after the other, each after its pause."""
    sound: list[Samples] = []
    parts: list[tuple[float, float, str]] = []
    at = 0.0
    for clip, pause_s in zip(clips, pauses_s, strict=True):
        sound += [silence(pause_s), clip.samples]
        start, at = at + pause_s, at + pause_s + len(clip.samples) / SAMPLE_RATE_HZ
        parts.append((start, at, clip.language))
    write_audio(np.concatenate(sound), path)
    starts = tuple(start + onset_s(clip.samples) for clip, (start, _, _) in zip(clips, parts, strict=True))
    return Spoken(path, " ".join(clip.text for clip in clips), tuple(parts), starts)


def onset_s(samples: Samples) -> float:
    """Where a clip begins to sound: its first 10 ms that are not 30 dB below its loudest."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    return int(np.argmax(power >= power.max() / 1_000)) * FRAME / SAMPLE_RATE_HZ


def _english() -> list[Clip]:
    return [clip for clip in sample_clips() if clip.language == "en"]


def _two_cities() -> Clip:
    samples = read_audio(recording("read/two_cities.flac"))[: TWO_CITIES_S * SAMPLE_RATE_HZ]
    return Clip("en", TWO_CITIES, samples)


def _clip(language: str, name: str) -> Clip:
    path = recording(f"languages/{language}_{name}.flac")
    return Clip(language, path.with_suffix(".txt").read_text(encoding="utf-8").strip(), read_audio(path))


def _where_there(make: Callable[[], list[Spoken]]) -> list[Spoken]:
    """What needs real recordings, or nothing."""
    try:
        return make()
    except pytest.skip.Exception as reason:
        print(f"  left out: {reason}")
        return []


def _read(room: Path) -> Set:
    def real() -> list[Spoken]:
        lines = [line.split("\t") for line in recording("read/refs.tsv").read_text(encoding="utf-8").splitlines()]
        cities = _two_cities()
        return [
            *(Spoken(recording(f"read/{name}"), text) for name, text in lines),
            Spoken(write_audio(cities.samples, room / "cities.flac"), cities.text),
        ]

    return Set("read aloud", (*_where_there(real), laid_out(_english(), [0.5] * len(_english()), room / "read.flac")))


def _quiet(room: Path) -> Set:
    """Voices at a hundredth of their loudness, and the sample in noise of a tenth of its own."""
    dice = np.random.default_rng(4)
    made = []
    for number, clip in enumerate(_english()):
        noise = dice.standard_normal(len(clip.samples)).astype(np.float32) * 0.1 * float(clip.samples.std())
        made.append(Spoken(write_audio(clip.samples + noise, room / f"noise {number}.flac"), clip.text))
        made.append(Spoken(write_audio(0.01 * clip.samples, room / f"quiet {number}.flac"), clip.text))

    def real() -> list[Spoken]:
        return [Spoken(write_audio(0.01 * _two_cities().samples, room / "quiet cities.flac"), TWO_CITIES)]

    return Set("quiet, and in noise", (*_where_there(real), *made))


def _pauses(room: Path) -> Set:
    clips, count = _english()[: len(PAUSES_S)], len(PAUSES_S)
    turns = [[PAUSES_S[(at + turn) % count] for at in range(count)] for turn in (0, 2)]
    made = [laid_out(clips, pauses, room / f"pauses from {pauses[0]:g} s.flac") for pauses in turns]
    return Set("pauses of 0.3 to 60 s", tuple(made))


def _repeats(room: Path) -> Set:
    def repeated(clip: Clip, times: int) -> Spoken:
        return laid_out([clip] * times, [0.2] * times, room / f"{times} times.flac")

    def real() -> list[Spoken]:
        fox, hello = _clip("en", "quick_brown_fox"), _clip("en", "hello_world")
        return [repeated(fox, 5), repeated(_two_cities(), 2), repeated(hello, 12)]

    made = [repeated(_english()[0], 3), repeated(_english()[6], 9), *_where_there(real)]
    return Set("repeats", tuple(made), below_both=True)


def _crosstalk(room: Path) -> Set:
    """Two people, of whom each begins while the other still speaks, in a room with noise."""
    clips, starts, at = _english(), [], 0
    for clip in clips:
        starts.append(at)
        at += len(clip.samples) - SAMPLE_RATE_HZ // 2
    sound = np.random.default_rng(5).standard_normal(at + SAMPLE_RATE_HZ).astype(np.float32) * 0.003
    for start, clip in zip(starts, clips, strict=True):
        sound[start : start + len(clip.samples)] += clip.samples
    path = write_audio(sound, room / "crosstalk.flac")
    return Set("two people at once", (Spoken(path, " ".join(clip.text for clip in clips)),))


def _meetings(_: Path) -> Set:
    """Pieces of real meetings. Their words are not known, only when somebody speaks."""

    def real() -> list[Spoken]:
        made = []
        for name, file in (("dev00", "development"), ("dev01", "development"), ("trn03", "train")):
            lines = recording(f"meetings/ami_{file}.rttm").read_text(encoding="utf-8").splitlines()
            fields = [line.split() for line in lines]
            spoken = sorted((float(one[3]), float(one[3]) + float(one[4])) for one in fields if one[1] == name)
            made.append(Spoken(recording(f"meetings/ami_{name}.flac"), "", speech=tuple(spoken)))
        return made

    return Set("meetings", tuple(_where_there(real)), below_both=True)


def sample_recording() -> Spoken:
    """The demo's sample: English with a sentence in Spanish."""
    lines = sample_lines()
    parts = tuple((line.start_ms / 1000, line.end_ms / 1000, line.language) for line in lines)
    return Spoken(VIDEO, " ".join(line.text for line in lines), parts, tuple(start for start, _, _ in parts))


def _mixed(room: Path) -> Set:
    def real() -> list[Spoken]:
        english, spanish, french = _two_cities(), _clip("es", "hola_mundo"), _clip("fr", "pangrama")
        return [
            laid_out([english, spanish, french, english], [0.2] * 4, room / "en es fr en.flac"),
            laid_out([english, _clip("it", "pangrama"), _english()[1]], [0.2, 5, 5], room / "en it en.flac"),
        ]

    return Set("mixed languages", (sample_recording(), *_where_there(real)), english=False, below_both=True)


def _languages(room: Path) -> Set:
    return Set(
        "seven languages (letters)",
        tuple(_where_there(lambda: _each_language(room))),
        english=False,
        score=letter_errors,
    )


def _each_language(room: Path) -> list[Spoken]:
    made = []
    for language in (name for name in CLIPS if name != "hi"):
        texts = [path.with_suffix(".txt").read_text(encoding="utf-8").strip() for path in paths(language)]
        path = joined(language, room)
        seconds = len(read_audio(path)) / SAMPLE_RATE_HZ
        made.append(Spoken(path, " ".join(texts), ((0.0, seconds, language),), spelled=texts[-1]))
    return made


def heard_text(spoken: Spoken, text: str) -> str:
    """What is scored: digits as words where somebody counts."""
    return spelled_out(text, spoken.spelled) if spoken.spelled else text
