"""`make demo-sample`: writes aisubs/demo/sample.mp4, the words beside it, and who says them when."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.demo_sample.dialogue import END_S, LINES
from tests.demo_sample.picture import HEIGHT, PICTURES_PER_S, WIDTH, Picture
from tests.demo_sample.voices import RATE_HZ, Samples, Voices

FOLDER = Path(__file__).parents[2] / "aisubs" / "demo"

_BIT_RATE = 40_000
"""AAC at 24 kHz, mono: no word is harder to hear than in the raw sound."""


def main() -> None:
    samples, said = _record()
    FOLDER.mkdir(exist_ok=True)
    _write_video(samples, said, FOLDER / "sample.mp4")
    (FOLDER / "sample.txt").write_text("".join(f"{line['text']}\n" for line in said))
    (FOLDER / "sample.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def _record() -> tuple[Samples, list[dict[str, object]]]:
    """All lines one after another, and where each lies."""
    voices = Voices()
    parts: list[Samples] = []
    said: list[dict[str, object]] = []
    position = 0
    for line in LINES:
        quiet = np.zeros(round(line.pause_s * RATE_HZ), np.float32)
        spoken = voices.say(line)
        start = position + len(quiet)
        position = start + len(spoken)
        parts += [quiet, spoken]
        times = {"start_ms": round(1000 * start / RATE_HZ), "end_ms": round(1000 * position / RATE_HZ)}
        said.append({"speaker": line.speaker, "language": line.language, **times, "text": line.text})
    return np.concatenate([*parts, np.zeros(round(END_S * RATE_HZ), np.float32)]), said


def _write_video(samples: Samples, said: list[dict[str, object]], path: Path) -> None:
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["title"] = "aisubs demo"
        sound = container.add_stream("aac", rate=RATE_HZ, layout="mono")
        sound.bit_rate = _BIT_RATE
        options = {"crf": "30", "preset": "veryslow", "threads": "1", "tune": "animation"}
        video = container.add_stream("libx264", rate=PICTURES_PER_S, options=options)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = 10 * PICTURES_PER_S
        picture = Picture(samples, RATE_HZ)
        per_picture = RATE_HZ // PICTURES_PER_S
        for number in range(-(-len(samples) // per_picture)):
            frame = av.VideoFrame.from_ndarray(picture.at(number, _speaker(said, number)), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, PICTURES_PER_S)
            container.mux(video.encode(frame))
            block = samples[number * per_picture : (number + 1) * per_picture]
            audio = av.AudioFrame.from_ndarray(np.ascontiguousarray(block[None]), format="fltp", layout="mono")
            audio.sample_rate, audio.pts, audio.time_base = RATE_HZ, number * per_picture, Fraction(1, RATE_HZ)
            container.mux(sound.encode(audio))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))


def _speaker(said: list[dict[str, object]], number: int) -> str | None:
    now_ms = 1000 * number / PICTURES_PER_S
    for line in said:
        if now_ms <= float(str(line["end_ms"])):
            return str(line["speaker"]) if now_ms >= float(str(line["start_ms"])) - 150 else None
    return None


if __name__ == "__main__":
    main()
