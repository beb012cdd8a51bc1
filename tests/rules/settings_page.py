"""Writes docs/settings.md from the fields of Settings: `make docs`."""

from __future__ import annotations

import sys

from aisubs.settings import Settings
from aisubs.settings_accounts import AccountSettings

HEAD = """# Settings

Generated from `aisubs/settings.py` and `aisubs/settings_accounts.py` by `make docs`; a test compares. Every setting is
an environment variable, or a line `NAME=value` in a file `.env` in the working directory. None is needed for the local
edition.

| setting | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    rows = []
    inherited = AccountSettings.model_fields  # at the end, for nobody needs them to begin
    own = [name for name in Settings.model_fields if name not in inherited]
    for name in [*own, *inherited]:
        field = Settings.model_fields[name]
        default = "" if field.default in (None, "") else f"`{field.default}`"
        meaning = (field.description or "").replace("\n", " ").replace("|", "\\|")
        rows.append(f"| `{name.upper()}` | {default} | {meaning} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(page())
