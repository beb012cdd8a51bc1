"""Settings of a speech service elsewhere: a part of Settings (settings.py), which inherits them."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HearingSettings(BaseSettings):
    """Off unless the operator names a model `openai:…`: the sound of recordings then leaves this machine
    (docs/elsewhere.md)."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    hearing_url: str = ""
    """Where models `openai:…` are asked: an OpenAI-compatible endpoint with its version, such as
    `https://api.openai.com/v1`. What is said in recordings is sent there (docs/elsewhere.md)."""
    hearing_key: SecretStr | None = None
    """The key for it, where it wants one. Sent over https only, or to this machine."""
    hearing_minutes: int = Field(default=1_200, ge=0)
    """Minutes of speech of one recording that may be sent there, what is asked twice counted twice; 0: any. Times the
    price of a minute, what a recording can cost."""
    hearing_requests: int = Field(default=0, ge=0)
    """Requests that one recording may take; 0: any."""
    hearing_timeout_s: float = Field(default=300.0, gt=0, le=3600)
    """How long it may be silent before it is asked again."""
    hearing_patience_s: float = Field(default=60.0, ge=0, le=600)
    """How long a window is asked for again while it is busy or silent, before the job waits in line for its retry."""
    hearing_at_once: int = Field(default=4, ge=1, le=16)
    """Windows that are asked for at a time."""
