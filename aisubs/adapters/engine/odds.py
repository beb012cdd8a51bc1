"""What engines that tell languages apart answer, within what may be spoken."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.model.errors import error


def odds_of(answer: Sequence[tuple[str, float]], among: Sequence[str]) -> dict[str, float]:
    """What the decoder answered, likeliest first; only of `among`, if any are named, and summing up to 1 over those.

    Raises `bad_language` where it knows none of them.
    """
    odds = {token.strip("<|>"): float(probability) for token, probability in answer}
    if not among:
        return odds
    known = {language: odds[language] for language in odds if language in among}
    whole = sum(known.values())
    if not whole:
        raise error("bad_language", "not one that this model knows", language=", ".join(among))
    return {language: probability / whole for language, probability in known.items()}
