"""The rows of the one table of errors (error_table.py) that are about speakers and their voices."""

from __future__ import annotations

from aisubs.model.error_code import row as _row

SPEAKER_ROWS = (
    _row(
        "voices_owner",
        403,
        False,
        "Refused",
        "Voices are remembered for whoever is signed in, or has a library key: single jobs have no place for them.",
    ),
    _row("diarizer_failed", 500, True, "Unavailable", "Telling the speakers apart failed on this recording."),
    _row(
        "no_diarizer",
        503,
        False,
        "Refused",
        "What tells speakers apart is not on this machine: `aisubs models download speakers` fetches it, once.",
    ),
    _row("diarizer_off", 503, False, "Refused", "Speakers are not told apart on this server (DIARIZER=none)."),
    _row("diarizer_unusable", 503, False, "Refused", "DIARIZER={diarizer} cannot be used here: {why}."),
    _row(
        "speakers_not_kept",
        409,
        False,
        "Refused",
        "Nothing that tells speakers apart was kept of this recording. Submit it again and ask for its speakers.",
    ),
    _row(
        "speakers_by_track",
        409,
        False,
        "Refused",
        "Each person of this recording has an audio track or a channel of their own: who speaks is known from that, "
        "and cannot be counted anew.",
    ),
    _row("speakers_not_fetched", 503, True, "Unavailable", "What tells speakers apart could not be fetched: {why}."),
)
