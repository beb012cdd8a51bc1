"""The election of the language."""

from __future__ import annotations

from itertools import permutations

import pytest

from aisubs.model.job import Options
from aisubs.model.language import LANGUAGES
from aisubs.pipeline.transcribe.language import Vote, elect, needs_election
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


@pytest.mark.parametrize("given", ["en,DE", " de , en,de", ["en", "de"], ("de", "en")])
def test_languages_that_may_be_spoken_are_a_set(given: object) -> None:
    options = Options(languages=given)  # type: ignore[arg-type]
    assert options.as_json() == {"languages": ["de", "en"]}
    assert options.only_language is None
    assert needs_election(options)


def test_one_language_alone_is_forced() -> None:
    options = Options(languages=("de",))
    assert options.only_language == "de"
    assert not needs_election(options)
    assert elect(votes(("en", 0.99, 29_000)), options) == "de"


@pytest.mark.parametrize("given", ["de,klingon", ["xx"], 7, [7]])
def test_what_is_no_language_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="languages"):
        Options(languages=given)  # type: ignore[arg-type]


def test_the_language_is_among_those_that_may_be_spoken() -> None:
    assert Options(language="de", languages=("de", "en")).language == "de"
    with pytest.raises(ValueError, match=r"language: fr is not among languages \(de, en\)"):
        Options(language="fr", languages=("de", "en"))


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        (Options(), ("de", "en")),
        (Options(language="en"), ("de", "en")),
        (Options(language="fr"), ()),
        (Options(languages=("fr", "it")), ("fr", "it")),
    ],
)
def test_what_is_usually_spoken_holds_where_nobody_says_anything_else(options: Options, heard: tuple[str, ...]) -> None:
    assert options.with_usual("de,en").languages == heard
    assert options.with_usual("") == options


def test_the_table_of_languages_is_whispers() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert set(LANGUAGES) == set(_LANGUAGE_CODES)
