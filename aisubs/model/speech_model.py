"""What people are told about a speech model, by its name alone: nobody who answers them has it loaded."""

from __future__ import annotations

from aisubs.model.engine_name import split_engine, with_engine

_TRANSCRIBES_ONLY = ("turbo", "distil", ".en")

_TOY = "toy"


def shown_model(model: str) -> str:
    """What people are told: `large-v3-turbo` for `/opt/models/large-v3-turbo`, the repository for a hub name; behind
    the prefix of its engine, if it has one."""
    engine, name = split_engine(model)
    return with_engine(engine, name.rstrip("/").rsplit("/", 1)[-1])


def translates(model: str) -> bool:
    """Whether it was trained to translate into English. Those that were not answer in the original language.

    Source: the table of models in Whisper's README (turbo and the `.en` models), the cards of distil-whisper.
    """
    name = shown_model(model)
    return name != _TOY and not any(mark in name for mark in _TRANSCRIBES_ONLY)


def is_toy(model: str) -> bool:
    """Whether text of this model is no transcript: a model that is made for tests bears this name in its mark
    (aisubs/weights/mark.py) and so in all that it wrote. A folder that is called so counts as one."""
    return shown_model(model) == _TOY
