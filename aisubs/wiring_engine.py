"""The part of the wiring that chooses what hears: by the prefix of a model's name (aisubs/model/engine_name.py)."""

from __future__ import annotations

from aisubs.model.engine_name import FASTER_WHISPER, OPENAI, WHISPER_CPP, split_engine
from aisubs.model.errors import error
from aisubs.ports import Engine
from aisubs.settings import Settings


def make_engine(settings: Settings, model: str | None = None) -> Engine:
    """Load the speech model (seconds, for a large one). `model` is a job's own choice. Raises `model_missing`,
    `engine_unusable`; of what is elsewhere `engine_key`, `engine_unavailable`."""
    engine, name = split_engine(model or settings.model)
    if engine == OPENAI:
        return _openai(settings, name)
    if engine == WHISPER_CPP:
        from aisubs.adapters.engine.whisper_cpp import WhisperCppEngine

        return WhisperCppEngine.load(settings, name)
    assert engine == FASTER_WHISPER, f"one branch for each of PREFIXED, and {engine} has none"
    from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine

    return FasterWhisperEngine.load(settings, name)


def _openai(settings: Settings, name: str) -> Engine:
    """Raises `engine_unusable`, and as OpenAiEngine.load."""
    try:
        from aisubs.adapters.engine.openai_endpoint import OpenAiEngine
    except ModuleNotFoundError as fault:
        why = f"{fault.name} is not installed (pip install 'aisubs[openai]')"
        raise error("engine_unusable", model=f"{OPENAI}:{name}", why=why) from fault
    return OpenAiEngine.load(settings, name)
