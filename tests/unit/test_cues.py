"""Cues hold every word once and in order, whatever comes in, and are always valid."""

from __future__ import annotations

import pytest
from hypothesis import example, given

from aisubs.formats.cue import Cue
from aisubs.formats.cues import shape
from aisubs.formats.profiles import PROFILES, limits_for
from aisubs.formats.violations import INVALID, Rule, violations
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Segment, Transcript, Word
from tests.unit.made_transcripts import SETTINGS, said, said_words, tame_transcripts, visible, wild_transcripts

profiles = pytest.mark.parametrize("profile", PROFILES)


def spoken(text: str, start_ms: int = 0, ms_per_character: int = 60, speaker: str | None = None) -> Segment:
    """A segment said at a steady pace, a word after the other."""
    words = []
    for word in text.split():
        end_ms = start_ms + len(word) * ms_per_character
        words.append(Word(start_ms, end_ms, f" {word}", 0.9))
        start_ms = end_ms + ms_per_character
    return Segment(words[0].start_ms, words[-1].end_ms, f" {' '.join(text.split())}", tuple(words), speaker)


def recording(*segments: Segment, language: str = "en", duration_ms: int = 3_600_000) -> Transcript:
    return Transcript(duration_ms, language, segments)


def shown(cues: list[Cue]) -> list[str]:
    return ["\n".join(cue.shown) for cue in cues]


@profiles
@SETTINGS
@given(transcript=wild_transcripts())
def test_wild_transcripts_give_valid_cues_with_every_word(transcript: Transcript, profile: str) -> None:
    cues = shape(transcript, profile)
    assert visible("".join(cue.spoken for cue in cues)) == said(transcript)
    assert not [found for found in violations(cues, profile, transcript.language) if found.rule in INVALID]
    assert all(cue.start_ms >= 0 for cue in cues)


@profiles
@SETTINGS
@given(transcript=tame_transcripts())
def test_words_stay_words_and_in_order(transcript: Transcript, profile: str) -> None:
    cues = shape(transcript, profile)
    assert " ".join(cue.spoken for cue in cues).split() == said_words(transcript)


@pytest.mark.parametrize("profile", ["netflix", "bbc"])
@SETTINGS
@given(transcript=tame_transcripts())
def test_tame_speech_keeps_the_limits_that_can_be_kept(transcript: Transcript, profile: str) -> None:
    rules = {found.rule for found in violations(shape(transcript, profile), profile)}
    assert rules <= {Rule.TOO_FAST, Rule.TOO_SHORT}, rules


@SETTINGS
@given(transcript=tame_transcripts())
def test_cues_stay_with_the_speech(transcript: Transcript) -> None:
    limits = limits_for("netflix", "en")
    words = [word for segment in transcript.segments for word in segment.words]
    for cue in shape(transcript):
        assert any(word.start_ms <= cue.start_ms <= word.start_ms + limits.late_ms for word in words)
        during_speech = any(word.start_ms < cue.end_ms <= word.end_ms for word in words)
        stays_ms = cue.end_ms - max((word.end_ms for word in words if word.end_ms <= cue.end_ms), default=0)
        assert during_speech or stays_ms <= limits.linger_ms or cue.end_ms - cue.start_ms <= limits.min_ms


@SETTINGS
@given(transcript=wild_transcripts())
@example(Transcript(0, "en", ()))
def test_shaping_is_repeatable(transcript: Transcript) -> None:
    assert shape(transcript) == shape(transcript)


def test_a_recording_without_speech_has_no_cues() -> None:
    assert shape(recording()) == []
    assert shape(recording(Segment(0, 1000, " \n\t\u200b "))) == []


def test_unknown_profile_is_refused() -> None:
    with pytest.raises(AisubsError) as refused:
        shape(recording(), "hulu")
    assert refused.value.code == "bad_request"
    assert "hulu" in refused.value.reason


def test_a_long_sentence_becomes_cues_of_two_lines_that_nobody_has_to_break() -> None:
    text = "When the meeting ended we walked to the station because the last train was about to leave. It was late."
    assert shown(shape(recording(spoken(text)))) == [
        "When the meeting ended\nwe walked to the station",
        "because the last train was about to leave.\nIt was late.",
    ]


def test_one_line_where_one_line_is_enough() -> None:
    assert shown(shape(recording(spoken("This fits on a single line of the screen.")))) == [
        "This fits on a single line of the screen."
    ]


def test_a_pause_ends_the_cue() -> None:
    cues = shape(recording(spoken("I wonder", 1_000), spoken("about that", 6_000)))
    assert shown(cues) == ["I wonder", "about that"]
    assert cues[0].start_ms == 1_000
    assert cues[0].end_ms < 3_000
    assert cues[1].start_ms == 6_000


def test_a_short_gap_is_closed_to_two_frames() -> None:
    first, second = shape(
        recording(
            spoken("This is the first of two sentences, and it is not at all a short one.", 0),
            spoken("And this is quite another one.", 4_600),
        )
    )
    assert second.start_ms == 4_600
    assert second.start_ms - first.end_ms == 83


def test_a_word_wider_than_the_line_is_kept_whole_and_reported() -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    transcript = recording(spoken(f"Die {word} tagt."), language="de")
    cues = shape(transcript)
    assert word in [line for cue in cues for line in cue.shown]
    assert [found.rule for found in violations(cues, "netflix", "de")].count(Rule.LINE_TOO_WIDE) == 1


def test_an_endless_word_is_shown_for_the_longest_time_only() -> None:
    (cue,) = shape(recording(Segment(0, 30_000, " Aaah", (Word(0, 30_000, " Aaah"),))))
    assert (cue.start_ms, cue.end_ms) == (0, 7_000)


def test_no_cue_outlives_the_recording() -> None:
    (cue,) = shape(recording(spoken("Bye.", 9_700), duration_ms=10_000))
    assert cue.end_ms == 10_000


def test_plain_keeps_segments() -> None:
    long = "one two three four five six seven eight nine ten " * 5
    transcript = recording(spoken(long), spoken("Yes.", 60_000))
    assert shown(shape(transcript, "plain")) == [" ".join(long.split()), "Yes."]


@pytest.mark.parametrize("at_ms", [0, 5_000])
def test_words_without_times_are_spread_over_their_segment(at_ms: int) -> None:
    text = " ".join(f"word{i}" for i in range(40))
    zero = tuple(Word(0, 0, f" {word}") for word in text.split())
    with_zeros = shape(recording(Segment(at_ms, at_ms + 20_000, f" {text}", zero if at_ms else ())))
    assert with_zeros[0].start_ms == at_ms
    assert at_ms + 19_500 <= with_zeros[-1].end_ms <= at_ms + 20_500
    assert not [found for found in violations(with_zeros) if found.rule is not Rule.TOO_FAST]


def test_one_word_far_off_does_not_move_its_neighbours() -> None:
    segment = spoken("alpha beta gamma delta epsilon", 10_000)
    words = list(segment.words)
    words[2] = Word(99_000_000, 99_000_001, words[2].text)
    (cue,) = shape(recording(Segment(segment.start_ms, segment.end_ms, segment.text, tuple(words))))
    assert cue.spoken == "alpha beta gamma delta epsilon"
    assert cue.start_ms == 10_000
    assert segment.end_ms <= cue.end_ms <= segment.end_ms + 500


def test_text_wins_over_words_that_do_not_spell_it() -> None:
    segment = Segment(0, 3_000, " Hello, brave new world.", (Word(0, 500, " Hello"), Word(500, 900, " world")))
    assert shown(shape(recording(segment))) == ["Hello, brave new world."]


class TestSpeakers:
    def test_labels_stand_where_the_speaker_changes_and_count_as_width(self) -> None:
        long = "I have never seen anything like it in all the years that I have been coming to this place."
        cues = shape(
            recording(
                spoken(long, 0, speaker="Speaker 1"),
                spoken("Neither have I, and I was born here after all.", 9_000, speaker="Speaker 2"),
            )
        )
        labels = [line.label for cue in cues for line in cue.lines]
        assert labels[0] == "Speaker 1: "
        assert labels.count("Speaker 1: ") == labels.count("Speaker 2: ") == 1
        assert max(len(line) for cue in cues for line in cue.shown) <= 42

    def test_two_short_turns_share_a_cue_with_dashes(self) -> None:
        cues = shape(
            recording(
                Segment(0, 300, " Really?", (Word(0, 300, " Really?"),), "Ann"),
                Segment(350, 600, " Yes.", (Word(350, 600, " Yes."),), "Bob"),
            )
        )
        assert shown(cues) == ["- Ann: Really?\n- Bob: Yes."]
        assert cues[0].speakers == ("Ann", "Bob")
        assert cues[0].spoken == "Really? Yes."

    def test_no_labels_for_a_single_speaker_or_when_unwanted(self) -> None:
        alone = recording(spoken("Hello there.", 0, speaker="Speaker 1"))
        assert shown(shape(alone)) == ["Hello there."]
        two = recording(spoken("Hello there.", 0, speaker="A"), spoken("Hello you.", 5_000, speaker="B"))
        assert shown(shape(two, labels=False)) == ["Hello there.", "Hello you."]

    def test_a_label_too_long_for_the_line_gets_its_own(self) -> None:
        name = "Professor Dr. Maximilian von Mustermann"
        cues = shape(
            recording(spoken("Extraordinary circumstances, Sir.", 0, speaker=name), spoken("Yes.", 9_000, speaker="B"))
        )
        assert shown(cues)[0] == f"{name}:\nExtraordinary circumstances, Sir."

    def test_a_latin_label_does_not_turn_hebrew_round(self) -> None:
        cues = shape(
            recording(spoken("שלום לכולם.", 0, speaker="A"), spoken("שלום.", 9_000, speaker="ב"), language="he")
        )
        assert shown(cues) == ["\u200fA: שלום לכולם.", "ב: שלום."]
