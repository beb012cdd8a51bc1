"""Which words of a script were heard: right scripts with mistakes, and every kind of wrong one."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisubs.formats.scripts import read_script
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Segment, Window, Word
from aisubs.pipeline.alignment.matching import Part, key_of, match
from aisubs.pipeline.alignment.plan import Plan, make_plan

VOCABULARY = [f"w{number}" for number in range(3_000)]
WEIGHTS = [1 / (number + 1) for number in range(3_000)]
"""As in a language: every seventh word is the same one."""


def prose(seed: int, count: int) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, WEIGHTS, k=count)


def misheard(words: list[str], seed: int, share: float = 0.2) -> list[str]:
    rng = random.Random(seed)
    heard: list[str] = []
    for word in words:
        luck = rng.random()
        if luck < share / 3:
            continue
        heard.append(rng.choice(VOCABULARY) if luck < 2 * share / 3 else word)
        if luck > 1 - share / 3:
            heard.append(rng.choices(VOCABULARY, WEIGHTS)[0])
    return heard


def share_of(parts: list[Part], first: int, behind: int) -> float:
    """How much of the words [first, behind) of the script lies in parts."""
    taken = {index for part in parts for index in range(part.script_from, part.script_to)}
    return len(taken & set(range(first, behind))) / (behind - first)


def test_a_model_that_mishears_every_third_word_is_followed() -> None:
    script = prose(1, 5_000)
    assert share_of(match(script, misheard(script, 2, 0.35)), 0, 5_000) > 0.99


def test_what_is_missing_on_either_side_is_left_out() -> None:
    script = prose(1, 2_000)
    heard = misheard(script[:500] + script[700:1_500] + prose(9, 200) + script[1_500:], 3)
    parts = match(script, heard)
    assert share_of(parts, 500, 700) < 0.1, "nobody said this"
    assert share_of(parts, 0, 490) > 0.98
    assert share_of(parts, 710, 2_000) > 0.98
    left = len(heard) - sum(part.heard_to - part.heard_from for part in parts)
    assert 150 < left < 230, "and this is not in the script"


def test_paragraphs_in_another_order_are_found_and_told() -> None:
    script = prose(1, 2_000)
    parts = match(script[:300] + script[800:1_200] + script[300:800] + script[1_200:], misheard(script, 4))
    assert share_of(parts, 0, 2_000) > 0.98
    moved = sum(part.script_to - part.script_from for part in parts if part.moved)
    assert 390 < moved < 410


def test_two_texts_that_have_nothing_to_do_with_each_other_share_nothing() -> None:
    assert share_of(match(prose(1, 3_000), prose(2, 3_000)), 0, 3_000) < 0.02


def test_ten_hours_of_text_cost_seconds_and_are_found_in_a_minute_of_sound() -> None:
    script = prose(1, 100_000)
    began_s = time.monotonic()
    parts = match(script, misheard(script[50_000:50_150], 5))
    assert share_of(parts, 50_000, 50_150) > 0.95
    assert share_of(parts, 0, 50_000) + share_of(parts, 50_150, 100_000) < 0.001
    assert share_of(match(script, misheard(script, 6)), 0, 100_000) > 0.99
    assert time.monotonic() - began_s < 60, "a guard against quadratic growth, no figure"


@given(st.lists(st.sampled_from("abcde"), max_size=60), st.lists(st.sampled_from("abcde"), max_size=60))
def test_parts_never_overlap_and_pairs_are_equal_words(script: list[str], heard: list[str]) -> None:
    parts = match(script, heard)
    for left, right in pairwise(sorted(parts, key=lambda part: part.script_from)):
        assert left.script_to <= right.script_from
    for left, right in pairwise(parts):
        assert left.heard_to <= right.heard_from
    for part in parts:
        assert all(script[a] == heard[b] for a, b in part.pairs)
        assert all(
            part.script_from <= a < part.script_to and part.heard_from <= b < part.heard_to for a, b in part.pairs
        )


def window(seq: int, text: str, begin_ms: int = 0) -> Window:
    """A window of 30 s in which a word is said every half second."""
    start_ms = seq * 30_000
    words = tuple(
        Word(start_ms + begin_ms + at * 500, start_ms + begin_ms + at * 500 + 400, f" {word}", 0.9)
        for at, word in enumerate(text.split())
    )
    segment = Segment(words[0].start_ms, words[-1].end_ms, "".join(word.text for word in words), words, language="en")
    return Window(seq, start_ms, start_ms + 30_000, 20_000, (segment,), ((words[0].start_ms, words[-1].end_ms),))


FIRST = "good morning and welcome to the meeting today we have a full house and much to talk about"
SECOND = "the river was high that year and the ferryman would not cross it for any money at all"


def plan(script: str, *heard: str) -> Plan:
    return make_plan(read_script(script), [window(seq, text) for seq, text in enumerate(heard)])


def test_numerals_and_digits_are_the_same() -> None:
    assert [key_of(word) for word in ("三，", "3", "十。", "Größe!", "—")] == ["3", "3", "10", "grosse", ""]


def test_each_window_gets_its_words_and_nothing_else() -> None:
    made = plan(f"{FIRST}. {SECOND}.", FIRST.replace("full", "fool"), SECOND)
    assert [(passage.seq, passage.ranges) for passage in made.passages] == [(0, ((0, 18),)), (1, ((18, 36),))]
    assert (made.alignment.words, made.alignment.said, made.alignment.unsaid_words) == (36, 36, 0)


def test_what_nobody_said_is_told_with_its_place() -> None:
    extra = "this whole sentence was struck out by the editor at night"
    made = plan(f"{FIRST}. {extra}. {SECOND}.", FIRST, SECOND)
    (unsaid,) = made.alignment.unsaid
    assert (unsaid.words, unsaid.text, unsaid.after_ms) == (11, f"{extra}.", 17 * 500 + 400)


def test_speech_that_is_not_in_the_script_is_told_with_what_it_sounds_like() -> None:
    made = plan(f"{FIRST}.", FIRST, SECOND)
    (beside,) = made.alignment.unscripted
    assert (beside.start_ms, beside.end_ms, beside.text) == (30_000, 30_000 + 17 * 500 + 400, SECOND)
    assert made.alignment.unscripted_ms == beside.end_ms - beside.start_ms


def test_directions_are_not_looked_for_and_not_missed() -> None:
    made = plan(f"(He comes in, slowly.) {FIRST} [laughter]. {SECOND}.", FIRST, SECOND)
    assert made.alignment.unsaid_words == 0
    assert made.alignment.words == 36


def test_a_subtitle_of_which_a_word_was_heard_is_kept_whole() -> None:
    srt = f"1\n00:00:01,000 --> 00:00:02,000\n{FIRST} [applause from all the people in the hall]\n"
    made = plan(srt, FIRST)
    assert sum(1 for passage in made.passages for _ in passage.words) == 18 + 8


@pytest.mark.parametrize("script", [SECOND, "Guten Morgen allerseits und willkommen zu unserer Sitzung", "yes"])
def test_a_script_of_something_else_is_refused(script: str) -> None:
    with pytest.raises(AisubsError, match="Next to nothing"):
        plan(script, "one two three four five six seven eight nine ten eleven twelve")
