"""Languages of the stretches of a window: found where they change, never by one misjudged span."""

from __future__ import annotations

import pytest

from aisubs.pipeline.transcribe.stretches import LEAST_SPEECH_S, LONG_PAUSE_S, find_stretches, stretches_of, votes_of
from aisubs.ports import Guess, Odds, Piece, Prepared
from tests.scripted_engine import ScriptedEngine

RATE = 16_000
EN, ES, FR = {"en": 0.95, "cy": 0.03}, {"es": 0.96, "it": 0.02}, {"fr": 0.92, "it": 0.03}
NOISE = {"th": 0.2, "hr": 0.11, "pl": 0.1, "en": 0.09}
"""What a short span is often said to be."""


def found(*odds: Odds, seconds: float = 2.0, main: str = "en") -> list[tuple[str, int]]:
    """(language, spans) of each stretch, with spans of `seconds`."""
    spans = tuple((round(n * seconds * RATE), round((n + 1) * seconds * RATE)) for n in range(len(odds)))
    stretches = find_stretches(spans, odds, main)
    assert tuple(span for stretch in stretches for span in stretch.spans) == spans
    return [(stretch.language, len(stretch.spans)) for stretch in stretches]


def test_one_language_is_one_stretch() -> None:
    assert found(EN, EN, NOISE, EN) == [("en", 4)]


def test_languages_that_follow_one_another_are_told_apart() -> None:
    assert found(EN, EN, EN, ES, ES, FR, FR) == [("en", 3), ("es", 2), ("fr", 2)]


def test_a_whole_window_may_be_in_another_language_than_the_recording() -> None:
    assert found(ES, ES, ES) == [("es", 3)]


@pytest.mark.parametrize("odd", [NOISE, {"cy": 0.48, "en": 0.47}, {"pl": 0.8, "en": 0.07}])
def test_one_misjudged_span_changes_nothing(odd: Odds) -> None:
    assert found(EN, odd, EN) == [("en", 3)]


def test_short_spans_weigh_less() -> None:
    assert found(EN, ES, ES, EN, seconds=0.5) == [("en", 4)]


def test_what_is_in_no_likely_language_is_looked_at_again() -> None:
    foreign = ({"lv": 0.46, "hu": 0.11}, {"ru": 0.17, "lt": 0.17}, {"pt": 0.7, "la": 0.05})
    (first, count), *rest = found(*foreign, EN, EN, EN, seconds=3.0)
    assert first != "en"
    assert (count, rest) == (3, [("en", 3)])


def window(*lengths_s: float) -> Prepared:
    ends = [round(sum(lengths_s[: n + 1]) * RATE) for n in range(len(lengths_s))]
    spans = tuple(zip([0, *ends], ends, strict=False))
    return Prepared(Piece(3, None, spans))  # type: ignore[arg-type]


class Listening(ScriptedEngine):
    """Says of spans what it is told to, and of a part alone what `alone` says."""

    odds: tuple[Odds, ...] = ()
    alone: Guess = Guess("es", 0.9)

    def guess_spans(self, batch, among=()):  # type: ignore[no-untyped-def]
        return [list(self.odds) for _ in batch]

    def guess_languages(self, batch, among=()):  # type: ignore[no-untyped-def]
        return [self.alone for _ in batch]


@pytest.mark.parametrize(
    ("alone", "languages"),
    [(Guess("es", 0.9), ["en", "es"]), (Guess("es", 0.55), ["en"]), (Guess("pt", 0.8), ["en", "pt"])],
)
def test_the_second_look_decides(alone: Guess, languages: list[str]) -> None:
    engine = Listening()
    engine.odds, engine.alone = (EN, EN, ES, ES), alone
    # Only the part in doubt is asked for alone: of the English one the same answer would be wrong.
    engine.guess_languages = lambda batch, among=(): [  # type: ignore[method-assign]
        alone if one.piece.spans[0][0] else Guess("en", 0.9) for one in batch
    ]
    (stretches,) = stretches_of(engine, [window(2, 2, 2, 2)], "en")
    assert [stretch.language for stretch in stretches] == languages


def divided(pause_s: float, before: Odds, *behind: Odds, alone: Guess) -> tuple[Listening, Prepared]:
    """Three seconds, a pause, three seconds for each that follows; `alone` is what the first ones sound like alone."""
    starts = [0.0, *(3 + pause_s + 3 * n for n in range(len(behind)))]
    spans = tuple((round(at * RATE), round((at + 3) * RATE)) for at in starts)
    engine = Listening()
    engine.odds = (before, *behind)
    engine.guess_languages = lambda batch, among=(): [  # type: ignore[method-assign]
        Guess("en", 0.9) if one.piece.spans[0][0] else alone for one in batch
    ]
    return engine, Prepared(Piece(3, None, spans))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pause_s", "before", "parts"),
    [
        (LONG_PAUSE_S, {"pl": 0.5, "en": 0.3}, [("en", 1), ("en", 2)]),
        (LONG_PAUSE_S - 0.1, {"pl": 0.5, "en": 0.3}, [("en", 3)]),
        (LONG_PAUSE_S, EN, [("en", 3)]),
    ],
    ids=["doubt and a long pause", "a short pause", "no doubt"],
)
def test_a_long_pause_divides_what_is_in_doubt(pause_s: float, before: Odds, parts: list[tuple[str, int]]) -> None:
    engine, prepared = divided(pause_s, before, EN, EN, alone=Guess("pl", 0.5))
    (stretches,) = stretches_of(engine, [prepared], "en")
    assert [(stretch.language, len(stretch.spans)) for stretch in stretches] == parts


def test_each_side_of_a_long_pause_votes_for_itself() -> None:
    engine, prepared = divided(30.0, {"es": 0.6, "en": 0.2}, EN, EN, alone=Guess("es", 0.7))
    (votes,) = votes_of(engine, [prepared])
    assert [(guess.language, guess.probability, length_ms) for guess, length_ms in votes] == [
        ("es", pytest.approx(0.6), 3_000),
        ("en", pytest.approx(0.95), 6_000),
    ]


def test_a_window_in_one_language_votes_by_what_all_of_it_sounds_like() -> None:
    engine = Listening()
    engine.odds, engine.alone = (EN, EN, EN), Guess("en", 0.99)
    assert votes_of(engine, [window(2, 2, 2)]) == [[(Guess("en", 0.99), 6_000)]]


def test_a_second_of_another_language_is_not_decoded_alone() -> None:
    engine = Listening()
    engine.odds = (ES,)
    (stretches,) = stretches_of(engine, [window(LEAST_SPEECH_S - 0.1)], "en")
    assert [stretch.language for stretch in stretches] == ["en"]
