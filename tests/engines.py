"""Plugs of the engine port, each loaded as the product loads it, and pieces of real sound for them to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from aisubs.model.transcript import Segment
from aisubs.ports import Engine, Piece, Prepared, Samples
from aisubs.settings import Settings
from aisubs.wiring_engine import make_engine
from tests.doubles.audio_endpoint import KEY, MODEL, AudioEndpoint
from tests.speech import MEETING, read_audio
from tests.toy_model import TOY

RATE = 16_000
ANOTHER = "another"
"""An address by which the same endpoint is reached."""


@dataclass(frozen=True)
class Plug:
    """How one is loaded, and what may be asked of it. `others`: settings each of which gives other answers."""

    model: str
    settings: dict[str, object] = field(default_factory=dict)
    others: tuple[dict[str, object], ...] = ()
    knows: str = "es"
    """A language of its own beside English."""
    lacks: tuple[str, ...] = ("de", "fr")
    """Languages that it does not know."""
    weights: str = ""
    """Real weights that it wants (tests/real_models.py)."""

    def load(self, **more: object) -> Engine:
        return make_engine(Settings(**{"cpu_threads": 1, "model": self.model} | self.settings | more))  # type: ignore[arg-type]


@cache
def audio_endpoint() -> AudioEndpoint:
    """One for the whole run; its threads end with it."""
    return AudioEndpoint().__enter__()


@dataclass(frozen=True)
class AtEndpoint(Plug):
    """One that is asked elsewhere: on the loopback, which is there once it is needed."""

    def load(self, **more: object) -> Engine:
        url = audio_endpoint().url
        if more.get("hearing_url") == ANOTHER:
            more["hearing_url"] = url.replace("127.0.0.1", "localhost")
        return super().load(**{"hearing_url": url, "hearing_key": KEY} | more)


PLUGS: dict[str, Plug] = {
    "faster-whisper": Plug(str(TOY), others=({"beam_size": 1}, {"compute_type": "float32"})),
    "openai": AtEndpoint(f"openai:{MODEL}", others=({"hearing_url": ANOTHER},)),
    "whisper-cpp": Plug(
        "whisper-cpp:base", others=({"model": "whisper-cpp:tiny.en"},), lacks=("xx", "tlh"), weights="base"
    ),
}


@cache
def loaded(name: str) -> Engine:
    return PLUGS[name].load()


@cache
def meeting() -> Samples:
    """The first minutes: three windows of speech."""
    return read_audio(MEETING)[: 120 * RATE]


def windows_of(samples: Samples, longest_s: int = 30) -> list[Piece]:
    """The windows of upstream: speech spans merged from left to right, up to 30 s of them."""
    spans = get_speech_timestamps(samples, VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160))
    groups: list[list[tuple[int, int]]] = [[]]
    for span in ((span["start"], span["end"]) for span in spans):
        if sum(end - start for start, end in groups[-1]) + span[1] - span[0] > longest_s * RATE:
            groups.append([])
        groups[-1].append(span)
    return [
        Piece(seq, np.concatenate([samples[start:end] for start, end in group]), tuple(group))
        for seq, group in enumerate(groups)
    ]


def prepare(engine: Engine, samples: Samples) -> list[Prepared]:
    return [engine.prepare(piece) for piece in windows_of(samples)]


def text_of(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def copy_of_toy(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in TOY.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder
