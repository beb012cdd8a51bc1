"""The settings of this process as the environment of another one."""

from __future__ import annotations

from pydantic import SecretStr

from aisubs.settings import Settings


def environment_of(settings: Settings) -> dict[str, str]:
    """Every setting that differs from its default, by the name under which aisubs/settings.py reads it.

    Holds secrets. What a worker is told about its own execution (JOB_ID, DISPATCH_ID) is left to the runner.
    """
    environment: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value is None or value == field.default or name in ("job_id", "dispatch_id"):
            continue
        environment[name.upper()] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return environment
