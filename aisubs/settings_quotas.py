"""Settings of how much one sender may use: a part of Settings (settings.py), which inherits them."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class QuotaSettings(BaseSettings):
    """A sender is a signed-in owner, or an address. Administrators may set others for an owner (docs/operate.md)."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    jobs_per_day: int = Field(default=0, ge=0)
    """Recordings, cached or tried again too, that one sender (see above) may send in a day; 0: 10000, cloud: 500."""
    bytes_per_day: int = Field(default=0, ge=0)
    """Bytes that one sender may announce in a day, once for each upload session; 0: any."""
    minutes_per_month: int = Field(default=0, ge=0)
    """Minutes of audio that one sender may have transcribed in a month (UTC), cached or tried again too; 0: any."""
