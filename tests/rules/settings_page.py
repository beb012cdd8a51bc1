"""Writes docs/settings.md from the fields of Settings: `make docs`."""

from __future__ import annotations

import sys

from aisubs.settings import Settings

HEAD = """# Settings

Generated from `aisubs/settings.py` by `make docs`; a test compares the two. Every setting is an environment variable,
or a line `NAME=value` in a file `.env` in the working directory. None is needed for the local edition.

| setting | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        meaning = (field.description or "").replace("\n", " ").replace("|", "\\|")
        rows.append(f"| `{name.upper()}` | {default} | {meaning} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(page())
