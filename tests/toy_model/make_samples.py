"""Makes the committed samples: a short video and a recording of a meeting, spoken by espeak-ng from `scripts.py`.

Run in the environment that make.sh sets up: build/toy-model/venv/bin/python -m tests.toy_model.make_samples
"""

import argparse
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.toy_model.espeak import Espeak
from tests.toy_model.scripts import MEETING, SAMPLE, VOICES, Line
from tests.toy_model.utterances import SAMPLE_RATE_HZ, Delivery, speak_sentence

SAMPLES = Path(__file__).parent / "samples"
_WIDTH, _HEIGHT, _FRAMES_PER_S = 480, 270, 15
_DELIVERY = Delivery(rate_wpm=160)
_PEAK = 0.5
_TAIL_S = 0.8


@dataclass(frozen=True)
class Spoken:
    """A script's sound and who says what when."""

    samples: NDArray[np.float32]
    lines: list[dict[str, str | int]]
    """`speaker`, `text`, `start_ms`, `end_ms`."""


def speak_script(espeak: Espeak, script: tuple[Line, ...]) -> Spoken:
    """16 kHz mono samples of all lines with their pauses."""
    pieces: list[NDArray[np.float32]] = []
    lines: list[dict[str, str | int]] = []
    length = 0
    for line in script:
        utterance = speak_sentence(espeak, "en", line.text.split(), VOICES[line.speaker], _DELIVERY)
        if utterance is None:
            raise RuntimeError(f"espeak-ng stayed silent on {line.text!r}")
        pieces.append(np.zeros(round(line.pause_s * SAMPLE_RATE_HZ), np.float32))
        pieces.append(utterance.samples * np.float32(_PEAK))
        start = length + len(pieces[-2])
        length = start + len(pieces[-1])
        times = {"start_ms": start * 1000 // SAMPLE_RATE_HZ, "end_ms": length * 1000 // SAMPLE_RATE_HZ}
        lines.append({"speaker": line.speaker, "text": line.text, **times})
    pieces.append(np.zeros(round(_TAIL_S * SAMPLE_RATE_HZ), np.float32))
    return Spoken(np.concatenate(pieces), lines)


def _picture(samples: NDArray[np.float32], time_s: float) -> NDArray[np.uint8]:
    """[height, width, 3]: the sound of the last two seconds as a running wave over a slowly turning background."""
    across, down = np.meshgrid(np.linspace(0, 1, _WIDTH), np.linspace(-1, 1, _HEIGHT))
    picture = np.empty((_HEIGHT, _WIDTH, 3), np.float32)
    for channel in range(3):
        picture[..., channel] = 40 + 25 * np.sin(2 * np.pi * (0.5 * across + 0.3 * down + time_s / 20 + channel / 3))
    now = int(time_s * SAMPLE_RATE_HZ)
    past = np.concatenate([np.zeros(2 * SAMPLE_RATE_HZ, np.float32), samples])[now : now + 2 * SAMPLE_RATE_HZ]
    columns = np.array_split(np.pad(past, (0, 2 * SAMPLE_RATE_HZ - len(past))), _WIDTH // 4)
    height = np.repeat([float(np.sqrt(np.mean(column**2))) for column in columns], 4)
    picture[np.abs(down) < 0.01 + 3 * height[None, :]] = (120, 220, 200)
    picture[-6:, : int(_WIDTH * min(1.0, now / len(samples)))] = (240, 200, 90)  # how much of it has been played
    return picture.astype(np.uint8)


def _audio_frame(samples: NDArray[np.float32]) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate = SAMPLE_RATE_HZ
    return frame


def write_video(spoken: Spoken, path: Path) -> None:
    """H.264 and AAC in MP4, written picture by picture with the sound that belongs to it."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=_FRAMES_PER_S, options={"crf": "30", "preset": "slow"})
        video.width, video.height, video.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        video.time_base = Fraction(1, _FRAMES_PER_S)
        audio = container.add_stream("aac", rate=48_000, layout="mono", bit_rate=64_000)
        to_48_khz = av.AudioResampler(format="fltp", layout="mono", rate=48_000)
        pictures = -(-len(spoken.samples) * _FRAMES_PER_S // SAMPLE_RATE_HZ)
        for number in range(pictures):
            picture = av.VideoFrame.from_ndarray(_picture(spoken.samples, number / _FRAMES_PER_S), format="rgb24")
            picture.pts, picture.time_base = number, video.time_base
            container.mux(video.encode(picture))
            first, last = (SAMPLE_RATE_HZ * n // _FRAMES_PER_S for n in (number, number + 1))
            block = spoken.samples[first:last]
            for frame in to_48_khz.resample(_audio_frame(block)) if len(block) else []:
                container.mux(audio.encode(frame))
        for frame in to_48_khz.resample(None):
            container.mux(audio.encode(frame))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def write_opus(spoken: Spoken, path: Path) -> None:
    """Opus at 24 kbit/s in Ogg."""
    with av.open(str(path), "w", format="ogg") as container:
        audio = container.add_stream("libopus", rate=48_000, layout="mono", bit_rate=24_000)
        to_48_khz = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        for frame in (*to_48_khz.resample(_audio_frame(spoken.samples)), *to_48_khz.resample(None)):
            container.mux(audio.encode(frame))
        container.mux(audio.encode(None))


def _write_words(spoken: Spoken, path: Path) -> None:
    path.with_suffix(".txt").write_text("".join(f"{line['text']}\n" for line in spoken.lines))
    path.with_suffix(".json").write_text(json.dumps(spoken.lines, indent=1) + "\n")


def main() -> None:
    """Make sample.mp4 and meeting.opus, each with its words (.txt) and their times (.json)."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, default=SAMPLES)
    folder: Path = parser.parse_args().folder
    folder.mkdir(exist_ok=True)
    espeak = Espeak()
    for script, name, write in ((SAMPLE, "sample.mp4", write_video), (MEETING, "meeting.opus", write_opus)):
        spoken = speak_script(espeak, script)
        write(spoken, folder / name)
        _write_words(spoken, folder / name)
        seconds = len(spoken.samples) / SAMPLE_RATE_HZ
        print(f"{folder / name}: {seconds:.1f} s, {(folder / name).stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
