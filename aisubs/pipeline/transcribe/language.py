"""Which language a recording is in: an election over its first windows of speech, held once and then kept.

Thirty seconds of jingle, or one guest who begins in another language, do not decide alone (upstream looks at the first
30 s only). The election looks at a fixed number of windows, so that a resumed run comes to the same result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aisubs.model.job import Options
from aisubs.ports import Guess

VOTERS = 6
"""Windows of speech that vote: the first two batches, about three minutes."""

_OVERRULE_WINDOWS, _OVERRULE_SHARE, _OVERRULE_PROBABILITY = 3, 0.9, 0.9
"""What it takes to doubt the language that a person has chosen."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one window of speech sounds like."""

    guess: Guess
    speech_ms: int

    @property
    def weight(self) -> float:
        return self.guess.probability * self.speech_ms


def needs_election(options: Options) -> bool:
    return options.only_language is None


def elect(votes: Sequence[Vote], options: Options) -> str | None:
    """The language to transcribe in, or None when there is neither a vote nor a choice.

    A chosen language yields only to several windows that agree on another one, and never when it is forced.
    """
    if not needs_election(options) or not votes:
        return options.only_language or options.language
    weights: dict[str, float] = defaultdict(float)
    for vote in votes:
        weights[vote.guess.language] += vote.weight
    # The name decides a tie: the order of votes must not.
    winner = max(sorted(weights), key=lambda language: weights[language])
    if options.language is None or winner == options.language:
        return winner
    agreeing = [vote for vote in votes if vote.guess.language == winner]
    sure = sum(vote.guess.probability for vote in agreeing) / len(agreeing) >= _OVERRULE_PROBABILITY
    dominant = weights[winner] >= _OVERRULE_SHARE * sum(weights.values())
    overruled = sure and dominant and len(agreeing) >= _OVERRULE_WINDOWS
    return winner if overruled else options.language
