"""Half an hour in which nobody says a word, on real weights: what is written of it, with a prompt and without."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from aisubs.cli.demo_sample import VIDEO
from tests.bench.surroundings import database_server, in_process
from tests.recognition.sounds import SOUNDS, sound
from tests.speech import read_audio, write_audio

Row = tuple[str, str, str, bool]
MINUTES = 30
SIDES = ("ours", "batched", "sequential with VAD")
PROMPT = {"initial_prompt": "Interview with Dr. Vávra about OpenTofu.", "hotwords": "OpenTofu, Vávra, Terraform"}


def rows() -> list[Row]:
    made: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        room = Path(folder)
        seconds = 60 * MINUTES / len(SOUNDS)
        paths = [write_audio(sound(name, seconds), room / f"{name}.flac") for name in SOUNDS]
        paths.append(write_audio(np.ascontiguousarray(read_audio(VIDEO)[::-1]), room / "backwards.flac"))
        for model in ("base", "tiny.en"):
            for told, options in (("", {}), (", prompt and hotwords given", PROMPT)):
                given: dict[str, Any] = {"model": model, "paths": [str(path) for path in paths], "url": url, **options}
                heard = {side: in_process("speech_side", side=side, **given)["told"] for side in SIDES}
                made += _rows_of(f"{model}{told}", heard)
    return made


def _rows_of(name: str, heard: dict[str, list[dict[str, Any]]]) -> list[Row]:
    words = {side: [_words(answer) for answer in answers] for side, answers in heard.items()}
    free, marked = (sum(column) for column in zip(*words["ours"][:-1], strict=True))
    beside = ", ".join(f"{side} {sum(sum(one) for one in words[side][:-1])}" for side in SIDES[1:])
    spoken = f"{free} without a mark, {marked} marked; {beside}"
    backwards = ", ".join(f"{side} {sum(words[side][-1])}" for side in SIDES[1:])
    return [
        (f"{name}: words in {MINUTES} minutes without speech", spoken, "0 without a mark", free == 0),
        (
            f"{name}: words of 45 s of speech played backwards",
            "{} without a mark, {} marked; ".format(*words["ours"][-1]) + backwards,
            "told",
            True,
        ),
    ]


def _words(answer: dict[str, Any]) -> tuple[int, int]:
    """Words without a mark, and with one. Upstream marks nothing."""
    counted = [(len(segment[2].split()), segment[4]) for segment in answer["segments"]]
    return sum(count for count, marked in counted if not marked), sum(count for count, marked in counted if marked)
