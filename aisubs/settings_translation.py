"""Settings of what translates texts: a part of Settings (settings.py), which inherits them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class TranslationSettings(BaseSettings):
    """Off unless the operator chooses: with `openai` texts leave this machine (docs/translation.md)."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    translator: Literal["none", "openai", "opus-mt"] = "none"
    """What translates texts: `none`; `openai`, a chat model at `TRANSLATION_URL`, to which the texts are sent;
    `opus-mt`, models of this machine in `TRANSLATION_MODEL_DIR` (docs/translation.md)."""
    translation_url: str = ""
    """An OpenAI-compatible endpoint with its version, such as `http://127.0.0.1:11434/v1`. Texts are sent there."""
    translation_model: str = ""
    """The model to ask for there."""
    translation_key: SecretStr | None = None
    """The key for it, where it wants one. Sent over https only, or to this machine."""
    translation_temperature: float | None = Field(default=None, ge=0, le=2)
    """How freely it may choose words, where it can be told; 0 is usual for translations. Empty: as it likes."""
    translation_timeout_s: float = Field(default=120.0, gt=0, le=600)
    """How long it may be silent before it is asked again."""
    translation_tokens: int = Field(default=2_000_000, ge=0)
    """Tokens that translating one recording may take there, all its languages together; 0: any. Ten hours take
    about 500,000."""
    translation_requests: int = Field(default=0, ge=0)
    """Requests that it may take; 0: any."""
    translation_model_dir: Path | None = None
    """Where opus-mt models lie that were converted for CTranslate2, a folder each, such as `opus-mt-en-de`."""
