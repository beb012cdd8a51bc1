"""The rows of the one table of errors (error_table.py) that are about scripts, and about subtitles inside videos."""

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
    _row("cannot_mux", 422, False, "BadInput", "Subtitles cannot be put into a {kind} file with what is in this one."),
    _row(
        "no_ffmpeg",
        503,
        False,
        "Refused",
        "Drawing subtitles into the picture takes an FFmpeg program with libass: install one (apt install ffmpeg), or "
        "pip install 'aisubs[burn]'.",
    ),
    _row("script_gone", 410, False, "BadInput", "The script of this recording was deleted. Submit both again."),
)
