"""What people are told about a speech model, by its name alone: nobody who answers them has it loaded."""

from __future__ import annotations

_TRANSCRIBES_ONLY = ("turbo", "distil", ".en")


def shown_model(model: str) -> str:
    """What people are told: `large-v3-turbo` for `/opt/models/large-v3-turbo`, the repository for a hub name."""
    return model.rstrip("/").rsplit("/", 1)[-1]


def translates(model: str) -> bool:
    """Whether it was trained to translate into English. Those that were not answer in the original language.

    Source: the table of models in Whisper's README (turbo and the `.en` models), the cards of distil-whisper.
    """
    name = shown_model(model)
    return name != "demo" and not any(mark in name for mark in _TRANSCRIBES_ONLY)
