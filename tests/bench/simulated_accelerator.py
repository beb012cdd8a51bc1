"""An accelerator that is not here: it takes audio/speed seconds for a batch and leaves the processor free meanwhile.

Everything around it is real, on both sides of the comparison: reading, decoding, voice activity, features for a model
with 128 mels, and for ours the database. What it leaves out: copies to the device, kernel launches, the search.
"""

from __future__ import annotations

import time
import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor

from aisubs.ports import Piece, Prepared
from tests.scripted_engine import ScriptedEngine
from tests.toy_model import TOY

MELS = 128


class SimulatedEngine(ScriptedEngine):
    """Our engine port with real features."""

    _mel = FeatureExtractor(feature_size=MELS)

    def prepare(self, piece: Piece) -> Prepared:
        features = self._mel(piece.samples)[..., :-1]
        return Prepared(Piece(piece.seq, piece.samples[:0].copy(), piece.spans), features)

    def seed_of(self, prepared: Prepared) -> int:
        return zlib.crc32(np.ascontiguousarray(prepared.features).tobytes())


class SimulatedWhisper:
    """Stands where faster-whisper keeps its CTranslate2 model."""

    is_multilingual = True
    n_mels = MELS
    device = "cpu"
    device_index = (0,)

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self.busy_s = 0.0

    def encode(self, features: Any, to_cpu: bool = False) -> list[float]:
        """Seconds of audio in each window: padding is zero in every mel."""
        return [float((window != 0).any(axis=0).sum()) / 100 for window in np.asarray(features)]

    def detect_language(self, seconds: list[float]) -> list[list[tuple[str, float]]]:
        return [[("<|en|>", 0.95)] for _ in seconds]

    def generate(self, seconds: list[float], prompts: list[list[int]], **_: Any) -> list[Any]:
        self.busy_s += sum(seconds) / self._speed
        time.sleep(sum(seconds) / self._speed)
        return [SimpleNamespace(sequences_ids=[[300, 301]], scores=[-0.1], no_speech_prob=0.0) for _ in seconds]


def simulated_upstream(speed: float) -> tuple[WhisperModel, SimulatedWhisper]:
    """faster-whisper itself, with the accelerator in place of its model."""
    whisper = WhisperModel(str(TOY), device="cpu", compute_type="int8", cpu_threads=1)
    accelerator = SimulatedWhisper(speed)
    whisper.model = accelerator
    whisper.feature_extractor = FeatureExtractor(feature_size=MELS)
    return whisper, accelerator
