"""The speech models that go by a short name: OpenAI's, and what others distilled of them, converted for CTranslate2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

AUTO = "auto"
"""Not a model: the best that this machine can carry (aisubs/weights/auto.py)."""

_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """`repository` on the hub (https://huggingface.co); `size_mb` (10^6 bytes) of the weights in float16."""

    name: str
    repository: str
    size_mb: int

    @property
    def english_only(self) -> bool:
        return self.name.endswith(".en") or self.name.startswith("distil-")

    @property
    def languages(self) -> str:
        return "English" if self.english_only else "about 100"


_SYSTRAN = "Systran/faster-whisper-"

KNOWN: dict[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel("tiny.en", f"{_SYSTRAN}tiny.en", 76),
        KnownModel("tiny", f"{_SYSTRAN}tiny", 76),
        KnownModel("base.en", f"{_SYSTRAN}base.en", 145),
        KnownModel("base", f"{_SYSTRAN}base", 145),
        KnownModel("small.en", f"{_SYSTRAN}small.en", 484),
        KnownModel("small", f"{_SYSTRAN}small", 484),
        KnownModel("medium.en", f"{_SYSTRAN}medium.en", 1528),
        KnownModel("medium", f"{_SYSTRAN}medium", 1528),
        KnownModel("large-v2", f"{_SYSTRAN}large-v2", 3087),
        KnownModel("large-v3", f"{_SYSTRAN}large-v3", 3087),
        KnownModel("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1618),
        KnownModel("distil-small.en", "Systran/faster-distil-whisper-small.en", 332),
        KnownModel("distil-medium.en", "Systran/faster-distil-whisper-medium.en", 789),
        KnownModel("distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1513),
        KnownModel("distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 1513),
    )
}

_OTHER_NAMES = {"turbo": "large-v3-turbo", "large": "large-v3"}


def usual_name(name: str) -> str:
    """`large-v3-turbo` for `turbo`: results of one model must not be known under two names."""
    return _OTHER_NAMES.get(name, name)


def repository_of(name: str) -> str | None:
    """Where the hub has the model of this short or full name; None for what can be neither."""
    if known := KNOWN.get(usual_name(name)):
        return known.repository
    return name if _HUB_NAME.fullmatch(name) else None


def near_names(name: str, others: list[str]) -> list[str]:
    """Names that somebody may have meant, nearest first."""
    return get_close_matches(name.lower(), sorted({AUTO, *KNOWN, *_OTHER_NAMES, *others}), 3, 0.5)
