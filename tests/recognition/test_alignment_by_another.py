"""The times that a script gets, beside those of PocketSphinx, which has neither model nor method in common with us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median, quantiles

import av
import numpy as np
import pytest
from pocketsphinx import Decoder

from aisubs.cli.demo_sample import VIDEO, Line, sample_lines
from aisubs.ports.engine import SAMPLES_PER_SECOND
from tests.recognition.conftest import Listener

AROUND_MS = 200
"""Before and after a line."""
FRAME_MS = 10


@pytest.fixture(scope="module")
def pcm() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with av.open(str(VIDEO)) as container:
        resampler = av.AudioResampler("s16", "mono", SAMPLES_PER_SECOND)
        parts = [part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate(parts)


def spelled(line: Line) -> list[str]:
    """As the dictionary of the other aligner has them."""
    return [re.sub(r"[^a-z']", "", word.lower()) for word in line.text.split()]


def aligned(decoder: Decoder, line: Line, pcm: np.ndarray[tuple[int], np.dtype[np.int16]]) -> Iterator[int]:
    """When each word begins (ms), by the other one."""
    begin_ms = max(0, line.start_ms - AROUND_MS)
    decoder.set_align_text(" ".join(spelled(line)))
    decoder.start_utt()
    sound = pcm[begin_ms * 16 : (line.end_ms + AROUND_MS) * 16]
    decoder.process_raw(sound.tobytes(), full_utt=True)
    decoder.end_utt()
    for segment in decoder.seg():
        if not segment.word.startswith(("<", "(", "[")):  # silence and noise
            yield begin_ms + segment.start_frame * FRAME_MS


def test_another_aligner_hears_the_words_begin_where_ours_does(
    base: Listener, pcm: np.ndarray[tuple[int], np.dtype[np.int16]]
) -> None:
    script = "\n\n".join(line.text for line in sample_lines())
    heard = base.hear(VIDEO, script=script, fresh=True)
    ours = [word["start_ms"] for segment in heard.transcript["segments"] for word in segment["words"]]
    decoder = Decoder(samprate=SAMPLES_PER_SECOND, loglevel="FATAL")
    apart: list[int] = []
    at = 0
    for line in sample_lines():
        words = spelled(line)
        if line.language == "en":
            theirs = list(aligned(decoder, line, pcm))
            assert len(theirs) == len(words)
            apart += [abs(one - other) for one, other in zip(ours[at : at + len(words)], theirs, strict=True)]
        at += len(words)
    assert len(apart) > 110
    assert median(apart) <= 60, sorted(apart)
    assert quantiles(apart, n=20)[-1] <= 200, sorted(apart)
