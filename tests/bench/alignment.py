"""Scripts on the sound: how far the first words of lines are from where they begin, and that wrong scripts are told.

Where a line begins is known exactly in the sample of the demo, and to a few hundredths of a second in real recordings
that are put together with pauses between them: where their sound rises first (`../shared/real-speech`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, takewhile
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import pytest

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.cli.demo_sample import VIDEO, sample_lines
from aisubs.model.transcript import Window
from aisubs.ports import Samples
from aisubs.settings import Settings
from tests.bench.surroundings import database_server, workshop
from tests.real_models import real_model
from tests.real_recordings import recording
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio
from tests.workshop import Workshop

Row = tuple[str, str, str, bool]
MODELS = ("tiny.en", "base")
MEDIAN_MS, WORST_TENTH_MS = 150, 350
PAUSES_S = (0.6, 3.0)
RISE = 0.1
"""Of the loudest 10 ms of a clip: what is louder is speech."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A recording, and (start_ms, text) of what is said in it."""

    path: Path
    said: Sequence[tuple[int, str]]


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        for model in MODELS:
            engine = FasterWhisperEngine.load(Settings(model=str(real_model(model))))
            with workshop(url) as shop:
                align = partial(_aligned, shop, engine)
                sample = _sample(Path(folder), everything=not model.endswith(".en"))
                yield from _starts(f"{model}, sample of the demo", sample, align(sample.path, _script(sample)))
                yield from _real(model, Path(folder), align)


def _sample(folder: Path, *, everything: bool) -> Lines:
    """The sample of the demo, up to where somebody speaks Spanish for a model that knows English alone."""
    lines = list(sample_lines() if everything else takewhile(lambda one: one.language == "en", sample_lines()))
    heard = read_audio(VIDEO)[: (lines[-1].end_ms + 500) * SAMPLE_RATE_HZ // 1000]
    return Lines(write_audio(heard, folder / "sample.flac"), [(one.start_ms, one.text) for one in lines])


def _real(model: str, folder: Path, align: partial[list[Window]]) -> Iterator[Row]:
    try:
        read = _read_aloud(folder / "read.flac")
    except pytest.skip.Exception as reason:
        yield f"{model}, read aloud", f"not measured: {reason}", "as above", True
        return
    yield from _starts(f"{model}, read aloud", read, align(read.path, _script(read)))


def _script(lines: Lines) -> str:
    return "\n\n".join(text for _, text in lines.said)


def _aligned(shop: Workshop, engine: FasterWhisperEngine, path: Path, script: str) -> list[Window]:
    job_id = shop.drop(path, script=script, fresh=True)
    shop.work(engine)
    row = shop.row(job_id)
    assert row["status"] == "completed", row["error_message"]
    return shop.windows(job_id)


def _starts(name: str, lines: Lines, windows: Sequence[Window]) -> Iterator[Row]:
    words = [
        (word.text.strip(" .").lower(), word.start_ms) for one in windows for s in one.segments for word in s.words
    ]
    errors: list[int] = []
    for start_ms, text in lines.said:
        first, second = (word.strip(".").lower() for word in text.split()[:2])
        near = [at for (word, at), (after, _) in pairwise(words) if (word, after) == (first, second)]
        if near:
            errors.append(min(abs(at - start_ms) for at in near))
    found = f"{len(errors)} of {len(lines.said)}"
    yield f"{name}: lines found", found, "all", len(errors) == len(lines.said)
    worst = quantiles(errors, n=10)[-1]
    yield f"{name}: start of a line, median", f"{median(errors):.0f} ms", f"{MEDIAN_MS} ms", median(errors) <= MEDIAN_MS
    yield f"{name}: start of a line, 90 %", f"{worst:.0f} ms", f"{WORST_TENTH_MS} ms", worst <= WORST_TENTH_MS


def _read_aloud(path: Path) -> Lines:
    """All recordings whose words are known, one after the other, with pauses of many lengths."""
    rng = np.random.default_rng(1)
    parts: list[Samples] = [np.zeros(SAMPLE_RATE_HZ, np.float32)]
    said: list[tuple[int, str]] = []
    at = SAMPLE_RATE_HZ
    for row in recording("read/refs.tsv").read_text().splitlines():
        name, _, text = row.partition("\t")
        samples = read_audio(recording(f"read/{name}"))
        said.append(((at + _rise(samples)) * 1000 // SAMPLE_RATE_HZ, text))
        pause = np.zeros(round(rng.uniform(*PAUSES_S) * SAMPLE_RATE_HZ), np.float32)
        parts += [samples, pause]
        at += len(samples) + len(pause)
    return Lines(write_audio(np.concatenate(parts), path), said)


def _rise(samples: Samples) -> int:
    """Where speech begins, in samples."""
    frame = SAMPLE_RATE_HZ // 100
    loudness = np.abs(samples[: len(samples) // frame * frame]).reshape(-1, frame).max(axis=1)
    return int(np.argmax(loudness >= RISE * loudness.max())) * frame
