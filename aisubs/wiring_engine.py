"""The part of the wiring that chooses what hears: by the prefix of a model's name (aisubs/model/engine_name.py)."""

from __future__ import annotations

from aisubs.model.engine_name import FASTER_WHISPER, split_engine
from aisubs.ports import Engine
from aisubs.settings import Settings


def make_engine(settings: Settings, model: str | None = None) -> Engine:
    """Load the speech model (seconds, for a large one). `model` is a job's own choice. Raises `model_missing`."""
    engine, name = split_engine(model or settings.model)
    assert engine == FASTER_WHISPER, f"one branch for each of PREFIXED, and {engine} has none"
    from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine

    return FasterWhisperEngine.load(settings, name)
