"""Writes docs/errors.md from the one table of errors: `make docs`."""

from __future__ import annotations

import sys

from aisubs.model.error_table import ERRORS

HEAD = """# Errors

Generated from `aisubs/model/error_table.py` by `make docs`; a test compares the two. The code is what programs go by:
it stands in `error.code` of an answer, in `error_code` of a job and in `--json` of the terminal. "Again" says whether
the same may work later without anything being changed. What to do about the commonest is in
[troubleshooting.md](troubleshooting.md).

| code | HTTP | again | sentence |
|---|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(
        f"| `{row.code}` | {row.http_status} | {'yes' if row.retryable else 'no'} | {_cell(row.sentence)} |\n"
        for row in ERRORS.values()
    )


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
