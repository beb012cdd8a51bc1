"""The rows of the one table of errors (error_table.py) that are about translations."""

from __future__ import annotations

from aisubs.model.error_code import row as _row

TRANSLATION_ROWS = (
    _row("no_translator", 503, False, "Refused", "Texts are not translated on this server (TRANSLATOR=none)."),
    _row("translator_unusable", 503, False, "Refused", "TRANSLATOR={translator} cannot be used here: {why}."),
    _row(
        "translator_key",
        503,
        False,
        "Refused",
        "The translator at {host} does not take the key of this server. Whoever runs it looks at TRANSLATION_KEY.",
    ),
    _row("translator_refused", 503, False, "Refused", "The translator at {host} refuses what it is asked: {why}."),
    _row("translator_busy", 503, True, "Unavailable", "The translator takes no more at the moment. It is asked again."),
    _row("translator_unavailable", 503, True, "Unavailable", "The translator does not answer. It is asked again."),
    _row(
        "translator_garbled",
        503,
        True,
        "Unavailable",
        "The answers of the translator hold none of the sentences that it was asked for. Another model may do better.",
    ),
    _row(
        "translation_budget",
        429,
        False,
        "Refused",
        "Translating this recording has used up what it may take here: {spent} of {limit} {unit}. What is translated "
        "stays, and goes on from there when {setting} is raised.",
    ),
    _row("no_such_pair", 422, False, "BadInput", "Nothing here translates from {source} to {target}."),
    _row("translation_not_found", 404, False, "Refused", "There is no translation of this text into {language}."),
    _row(
        "translation_edited",
        409,
        False,
        "Refused",
        "People have changed more of this translation than the wording of its sentences, such as its paragraphs or "
        "speakers, and it is not made anew over their heads. Correct it as a text, or delete it.",
    ),
    _row(
        "too_many_translations", 409, False, "Refused", "This text has {limit} translations already. Delete one first."
    ),
)
