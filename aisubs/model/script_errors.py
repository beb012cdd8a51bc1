"""The rows of the one table of errors (error_table.py) that are about scripts."""

from __future__ import annotations

from aisubs.model.error_code import row as _row

SCRIPT_ROWS = (
    _row("bad_script", 422, False, "BadInput", "The script cannot be used: {why}."),
    _row(
        "script_elsewhere",
        422,
        False,
        "BadInput",
        "Next to nothing of the script is said in this recording. It may be that of another, or in another language.",
    ),
    _row(
        "no_alignment",
        422,
        False,
        "BadInput",
        "The model {model} cannot put a script on the sound. Choose another one.",
    ),
    _row("script_gone", 410, False, "BadInput", "The script of this recording was deleted. Submit both again."),
)
