"""Which engine a model is for: a prefix of its name says so, and without one it is faster-whisper.

The name of a model is what jobs choose by (`model`, `MODELS`, `SECOND_OPINION`) and what results are known under, so
the engine is a part of it: what the operator allows, what a result was made with and how fast that was are told apart
by one name everywhere.
"""

from __future__ import annotations

FASTER_WHISPER = "faster-whisper"
WHISPER_CPP = "whisper-cpp"

OPENAI = "openai"
"""An endpoint elsewhere (`HEARING_URL`)."""

PREFIXED: tuple[str, ...] = (OPENAI, WHISPER_CPP)
"""Engines that are chosen by a prefix: `whisper-cpp:base` is base by whisper.cpp."""


def split_engine(model: str) -> tuple[str, str]:
    """(engine, its name of the model)."""
    engine, mark, name = model.partition(":")
    return (engine, name) if mark and engine in PREFIXED else (FASTER_WHISPER, model)


def with_engine(engine: str, name: str) -> str:
    return name if engine == FASTER_WHISPER else f"{engine}:{name}"
