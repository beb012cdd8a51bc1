"""Channels before they are mixed: turned wires, channels that drown others, and two people who must both be heard."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from aisubs.media.blocks import BLOCK_SAMPLES
from aisubs.media.channels import cell_sums, downmix, emphasized, opposite_cells
from aisubs.media.container import Limits, open_media
from aisubs.media.decode import read_blocks
from aisubs.media.mixing import HISTORY_BLOCKS
from aisubs.media.source import RangeFile
from tests.media_files import BytesReader, content, decoded, speech, windows_of
from tests.speech import SAMPLE_RATE_HZ, Samples

RATE = SAMPLE_RATE_HZ
SECONDS = 40
LAYOUTS = {2: "stereo", 6: "5.1"}


def written(*channels: Samples, codec: str = "flac", rate: int = RATE) -> bytes:
    """A file of these channels."""
    layout = LAYOUTS[len(channels)]
    values = np.round(np.stack(channels, axis=1) * 32767).astype(np.int16)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "channels.mkv"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate, layout=layout)
            accepts = stream.codec_context.codec.audio_formats[0].name
            fitting = av.AudioResampler(format=accepts, layout=layout, rate=rate)
            for start in range(0, len(values), 4096):
                part = np.ascontiguousarray(values[start : start + 4096]).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(part, format="s16", layout=layout)
                frame.sample_rate, frame.pts = RATE, start
                for fit in fitting.resample(frame):
                    container.mux(stream.encode(fit))
            for fit in fitting.resample(None):
                container.mux(stream.encode(fit))
            container.mux(stream.encode(None))
        return path.read_bytes()


def voice(seed: int = 1) -> Samples:
    return 0.5 * speech(SECONDS, seed)


def hum() -> Samples:
    time_s = np.arange(SECONDS * RATE) / RATE
    return (0.4 * np.sin(2 * np.pi * 50 * time_s) + 0.1 * np.sin(2 * np.pi * 150 * time_s)).astype(np.float32)


def noise(seed: int = 1, level: float = 0.2) -> Samples:
    return level * np.random.default_rng(seed).standard_normal(SECONDS * RATE).astype(np.float32)


def likeness(heard: Samples, expected: Samples) -> float:
    """Correlation; 1 is the same but for its loudness."""
    length = min(len(heard), len(expected))
    return float(np.corrcoef(heard[:length], expected[:length])[0, 1])


def turned_from_second_20(samples: Samples) -> Samples:
    return np.concatenate([samples[: 20 * RATE], -samples[20 * RATE :]])


@pytest.mark.parametrize("codec", ["flac", "aac"])
@pytest.mark.parametrize("turned", [np.negative, turned_from_second_20], ids=["all of it", "the second half"])
def test_channels_that_cancel_are_turned_back(turned: Callable[[Samples], Samples], codec: str) -> None:
    heard = decoded(written(voice(), turned(voice()), codec=codec, rate=44_100)).samples
    assert likeness(heard, voice()) > 0.99
    assert np.abs(heard).mean() == pytest.approx(np.abs(voice()).mean(), rel=0.05)


@pytest.mark.parametrize("quieter", [0.5, 0.9])
def test_channels_that_nearly_cancel_are_turned_back(quieter: float) -> None:
    heard = decoded(written(voice() + noise(1, 0.003), -quieter * voice() + noise(2, 0.003))).samples
    assert likeness(heard, voice()) > 0.95


@pytest.mark.parametrize("drowns", [hum, noise], ids=["hum", "noise"])
@pytest.mark.parametrize("first", [True, False])
def test_a_channel_that_drowns_the_speech_is_left_out(drowns: Callable[[], Samples], first: bool) -> None:
    pair = (drowns(), voice()) if first else (voice(), drowns())
    assert likeness(decoded(written(*pair)).samples, voice()) > 0.95


def test_the_centre_of_a_film_is_heard_through_noise_from_everywhere_else() -> None:
    others = [noise(seed) for seed in range(5)]
    assert likeness(decoded(written(*others[:2], voice(), *others[2:])).samples, voice()) > 0.95


@pytest.mark.parametrize(
    "pair",
    [
        lambda: (voice(1), voice(2)),
        lambda: (voice(1) + noise(1, 0.002), voice(2) + noise(2, 0.002)),
        lambda: (voice(), np.zeros(SECONDS * RATE, np.float32)),
        lambda: (voice(), np.roll(voice(), 200)),
        lambda: (voice() + noise(1, 0.02), voice() + noise(2, 0.02)),
    ],
    ids=["two people", "two people in noise", "one dead channel", "a delay", "one room"],
)
def test_everything_else_is_ffmpegs_mix_to_the_bit(pair: Callable[[], tuple[Samples, Samples]]) -> None:
    channels = pair()
    mean = np.round(np.stack(channels, axis=1) * 32767).astype(np.int16)
    heard = decoded(written(*channels)).samples
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    frame = av.AudioFrame.from_ndarray(mean.reshape(1, -1), format="s16", layout="stereo")
    frame.sample_rate = RATE
    expected = np.concatenate(
        [part.to_ndarray()[0] for part in (*resampler.resample(frame), *resampler.resample(None))]
    )
    assert np.array_equal(heard, expected.astype(np.float32) / 32768)


def changing() -> bytes:
    """Every way of mixing in one recording: turned wires, hum in the left channel, then in the right one."""
    left, right = voice(), -voice()
    left[12 * RATE : 22 * RATE] = hum()[12 * RATE : 22 * RATE]
    right[22 * RATE : 31 * RATE] = hum()[22 * RATE : 31 * RATE]
    return written(left, right)


@pytest.mark.slow
def test_blocks_after_a_skip_are_those_of_the_whole() -> None:
    data = changing()
    whole = decoded(data).samples
    for first in range(1, SECONDS * RATE // BLOCK_SAMPLES, 2):
        file = RangeFile(BytesReader(data))
        media = open_media(file, Limits())
        with media.container:
            rest = list(read_blocks(media, file, Limits(), first * BLOCK_SAMPLES + 5))
        assert rest[0].start == first * BLOCK_SAMPLES
        assert np.array_equal(np.concatenate([block.samples for block in rest]), whole[rest[0].start :]), first
    assert first > HISTORY_BLOCKS, "some of them begin behind what is remembered"


def test_windows_of_changing_channels_resume() -> None:
    data = changing()
    windows = windows_of(data)
    for index, window in enumerate(windows):
        rest = windows_of(data, resume=window.resume)
        assert [content(one) for one in rest] == [content(one) for one in windows[index + 1 :]]


def test_two_microphones_a_step_apart_are_not_turned_by_a_short_vowel() -> None:
    """A tone whose half wave is the delay between them is opposite in both, but no longer than somebody holds it."""
    tone = np.zeros((RATE, 2), np.float32)
    tone[:4096] = np.array([0.1, -0.1]) * np.sin(np.arange(4096) / 5)[:, None]
    steady = emphasized(np.round((tone + noise(1, 0.05)[:RATE, None]) * 32767).astype(np.int16))
    assert not opposite_cells(cell_sums(steady)).any()


@pytest.mark.parametrize(
    ("layout", "shares"),
    [("stereo", [0.5, 0.5]), ("3 channels", [1 / 3] * 3), ("5.1", [0.207, 0.207, 0.293, 0, 0.146, 0.146])],
)
def test_the_mix_of_a_layout(layout: str, shares: list[float]) -> None:
    assert downmix(layout, len(shares)) == pytest.approx(np.array(shares), abs=0.001)
