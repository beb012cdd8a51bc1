"""The election of the language."""

from __future__ import annotations

from itertools import permutations

import pytest

from aisubs.model.job import Options
from aisubs.model.language import LANGUAGES
from aisubs.pipeline.language import Vote, elect, needs_election
from aisubs.ports import Guess


def votes(*given: tuple[str, float, int]) -> list[Vote]:
    return [Vote(Guess(language, probability), speech_ms) for language, probability, speech_ms in given]


def test_the_first_window_does_not_decide_alone() -> None:
    assert elect(votes(("es", 0.99, 28_000), ("en", 0.9, 29_000), ("en", 0.9, 29_000)), Options()) == "en"


def test_a_sure_long_window_outweighs_unsure_short_ones() -> None:
    assert elect(votes(("de", 0.99, 29_000), ("nl", 0.4, 3_000), ("nl", 0.4, 2_000)), Options()) == "de"


def test_the_order_of_equal_votes_does_not_matter() -> None:
    given = votes(("pl", 0.5, 10_000), ("cs", 0.5, 10_000), ("sk", 0.5, 10_000))
    assert {elect(order, Options()) for order in permutations(given)} == {"cs"}


def test_without_votes_the_choice_stands() -> None:
    assert elect([], Options()) is None
    assert elect([], Options(language="fr")) == "fr"


def test_a_chosen_language_yields_to_several_sure_windows_only() -> None:
    chosen = Options(language="de")
    assert elect(votes(*[("en", 0.98, 28_000)] * 2), chosen) == "de"
    assert elect(votes(*[("en", 0.98, 28_000)] * 3), chosen) == "en"
    assert elect(votes(*[("en", 0.7, 28_000)] * 6), chosen) == "de"
    assert elect(votes(*[("en", 0.98, 28_000)] * 4, ("de", 0.9, 28_000)), chosen) == "de"


@pytest.mark.parametrize("options", [Options(language="de", force_language=True)])
def test_a_forced_language_is_never_doubted(options: Options) -> None:
    assert not needs_election(options)
    assert elect(votes(*[("en", 0.99, 29_000)] * 6), options) == "de"


def test_the_table_of_languages_is_whispers() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert set(LANGUAGES) == set(_LANGUAGE_CODES)
