"""The rows of the one table of errors (error_table.py) that are about videos with subtitles."""

from __future__ import annotations

from aisubs.model.error_code import row as _row

COPY_ROWS = (
    _row("cannot_mux", 422, False, "BadInput", "Subtitles cannot be put into a {kind} file with what is in this one."),
    _row(
        "no_ffmpeg",
        503,
        False,
        "Refused",
        "Drawing subtitles into the picture takes an FFmpeg program with libass: install one (apt install ffmpeg), or "
        "pip install 'aisubs[burn]'.",
    ),
    _row(
        "no_picture",
        422,
        False,
        "BadInput",
        "Only the sound of this recording was kept here, so there is no picture to put subtitles into.",
    ),
    _row("no_copies", 503, False, "Refused", "This server makes no videos with subtitles."),
    _row("too_many_copies", 409, False, "Refused", "{limit} videos of this recording are kept. Delete one first."),
    _row(
        "copies_waiting",
        429,
        True,
        "Refused",
        "{active} videos with subtitles are being made for you, and no more than {limit} may be. Ask again when one of "
        "them is done.",
    ),
    _row(
        "copy_memory",
        422,
        False,
        "BadInput",
        "A copy of this video takes more memory than it may here, so it was not made.",
    ),
    _row("copy_disk", 503, True, "Unavailable", "There is not enough room on the server's disk for a copy of it."),
    _row(
        "copy_died",
        500,
        True,
        "Unavailable",
        "Making this video was cut short again and again, most likely for lack of memory.",
    ),
)
