"""Who said which word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisubs.formats import render
from aisubs.formats.cues import shape
from aisubs.model.transcript import Segment, Transcript, Word
from aisubs.model.turns import Turn, overlaps_of
from aisubs.pipeline.speakers.assign_speakers import TurnsByTime, with_speakers


def said(text: str, start_ms: int, word_ms: int = 400) -> Segment:
    """A word every `word_ms`."""
    words = tuple(
        Word(start_ms + i * word_ms, start_ms + (i + 1) * word_ms, f" {word}") for i, word in enumerate(text.split())
    )
    return Segment(start_ms, words[-1].end_ms, "".join(word.text for word in words), words, avg_logprob=-0.2)


def told(segments: tuple[Segment, ...]) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text.strip()) for segment in segments]


def test_a_segment_is_parted_where_the_speaker_changes() -> None:
    turns = [Turn(0, 900, 1), Turn(900, 9_000, 2)]
    parted = with_speakers([said("How are you? Fine, thanks.", 0)], turns)
    assert told(parted) == [("Speaker 1", "How are you?"), ("Speaker 2", "Fine, thanks.")]
    assert [(one.start_ms, one.end_ms) for one in parted] == [(0, 1_200), (1_200, 2_000)]
    assert all("".join(word.text for word in one.words) == one.text for one in parted)
    assert {one.avg_logprob for one in parted} == {-0.2}


@pytest.mark.parametrize(
    ("text", "change_ms", "parted"),
    [
        ("further investigation. I really was", 1_200, ["further investigation.", "I really was"]),
        ("may be removed. To us", 700, ["may be removed.", "To us"]),
        ("with the patient. The stories", 400, ["with the patient.", "The stories"]),
        ("no end of it here at all.", 1_200, ["no end of", "it here at all."]),
        ("three words ahead of. it", 400, ["three", "words ahead of. it"]),
        ("Yes. No. Maybe so", 400, ["Yes.", "No. Maybe so"]),
    ],
)
def test_a_change_beside_the_end_of_a_sentence_is_put_there(text: str, change_ms: int, parted: list[str]) -> None:
    turns = [Turn(0, change_ms, 1), Turn(change_ms, 9_000, 2)]
    assert [segment.text.strip() for segment in with_speakers([said(text, 0)], turns)] == parted


def test_a_change_is_put_at_the_end_of_another_segment() -> None:
    first, second = said("I am glad of", 0), said("it. Are you?", 1_600)
    turns = [Turn(0, 1_700, 1), Turn(1_700, 9_000, 2)]
    assert told(with_speakers([first, second], turns)) == [
        ("Speaker 1", "I am glad of"),
        ("Speaker 1", "it."),
        ("Speaker 2", "Are you?"),
    ]


def test_nobody_gets_a_word_from_afar_or_across_a_pause() -> None:
    far = [Turn(0, 1_100, 1), Turn(2_900, 9_000, 2)]
    assert told(with_speakers([said("It ends. And", 0), said("now we go", 3_000)], far))[0] == (
        "Speaker 1",
        "It ends. And",
    )
    near = [Turn(0, 1_250, 1), Turn(1_600, 9_000, 2)]
    assert told(with_speakers([said("It ends. And", 0), said("now we go", 2_400)], near))[0] == (
        "Speaker 1",
        "It ends. And",
    )
    assert told(with_speakers([said("It ends. And", 0), said("now we go", 1_300)], near))[0] == (
        "Speaker 1",
        "It ends.",
    )


def test_without_turns_nobody_has_a_name() -> None:
    segments = [said("Hello there.", 0)]
    assert with_speakers(segments, []) == tuple(segments)


def test_a_word_outside_of_every_turn_goes_to_the_nearest_edge() -> None:
    # Of midpoints the long turn's would be far away.
    turns = [Turn(0, 60_000, 1), Turn(61_000, 62_000, 2)]
    assert told(with_speakers([said("one", 60_100)], turns)) == [("Speaker 1", "one")]
    assert TurnsByTime(turns).speaker_at(60_500, 60_900) == 2
    assert TurnsByTime(turns).speaker_at(600_000, 600_400) == 2
    assert TurnsByTime(turns).speaker_at(500, 500) == 1, "a word without length lies in its turn"
    inside = [Turn(0, 60_000, 1), Turn(1_000, 2_000, 2)]
    assert TurnsByTime(inside).speaker_at(60_200, 60_300) == 1, "who ends last is nearest, not who began last"


def test_where_two_speak_at_once_the_longer_overlap_counts() -> None:
    turns = [Turn(0, 1_000, 1), Turn(700, 3_000, 2), Turn(600, 680, 1)]
    assert TurnsByTime(turns).shares(600, 1_000) == {1: 480, 2: 300}
    assert TurnsByTime(turns).speaker_at(600, 1_000) == 1


def test_where_two_speak_at_once_is_told() -> None:
    turns = [
        Turn(0, 1_000, 1),
        Turn(700, 3_000, 2),
        Turn(2_900, 4_000, 1),
        Turn(3_500, 3_900, 2),
        Turn(3_600, 5_000, 3),
    ]
    assert overlaps_of(turns) == ((700, 1_000), (3_500, 4_000))
    assert overlaps_of([]) == ()
    assert overlaps_of([Turn(0, 500, 1), Turn(500, 900, 2)]) == ()


def test_speakers_are_numbered_as_they_appear_in_the_text() -> None:
    turns = [Turn(0, 500, 1), Turn(1_000, 2_000, 3), Turn(2_000, 9_000, 2)]
    assert told(with_speakers([said("a b", 1_100), said("c", 3_000)], turns)) == [
        ("Speaker 1", "a b"),
        ("Speaker 2", "c"),
    ]


def test_segments_that_cannot_be_parted_go_to_whom_they_overlap_longest() -> None:
    turns = [Turn(0, 1_000, 1), Turn(1_000, 9_000, 2)]
    bare = Segment(0, 5_000, "No times for words.")
    other = Segment(0, 5_000, "What is written", (Word(0, 400, " is not"), Word(2_000, 2_400, " this.")))
    assert told(with_speakers([bare, other], turns)) == [
        ("Speaker 1", "No times for words."),
        ("Speaker 1", "What is written"),
    ]


def talk() -> Transcript:
    segments = with_speakers(
        [said("How are you today my friend? Fine, thanks, and you? Not so well, I am afraid.", 0, 1_000)],
        [Turn(0, 6_100, 1), Turn(6_200, 9_900, 2), Turn(10_000, 16_000, 1)],
    )
    return Transcript(16_000, "en", segments, title="talk")


def test_every_format_names_the_speakers_of_what_was_one_segment() -> None:
    made = {name: render(talk(), name, **choices).decode() for name, choices in {
        "srt": {}, "vtt": {"voices": True}, "ass": {}, "txt": {}, "csv": {}, "tsv": {}, "json": {},
    }.items()}  # fmt: skip
    assert "Speaker 2: Fine, thanks, and you?" in made["srt"]
    assert "<v Speaker 2>Fine, thanks, and you?" in made["vtt"]
    assert ",Speaker 2," in made["ass"]
    assert "Speaker 2: Fine, thanks, and you?" in made["txt"]
    assert ",Speaker 2," in made["csv"]
    assert '"speaker":"Speaker 2"' in made["json"].replace(" ", "").replace("Speaker2", "Speaker 2")
    assert "Speaker" not in render(talk(), "srt", speakers=False).decode()


turns_drawn = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(1, 5_000), st.integers(1, 4)).map(
        lambda drawn: Turn(drawn[0], drawn[0] + drawn[1], drawn[2])
    ),
    max_size=12,
)
lengths = st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 12)), max_size=6)


@settings(deadline=None)
@given(turns_drawn, lengths)
def test_nothing_is_lost_and_no_line_mixes_two_people(turns: list[Turn], drawn: list[tuple[int, int]]) -> None:
    segments, at_ms = [], 0
    for pause_ms, count in drawn:
        segments.append(said(" ".join(f"w{at_ms}x{i}" for i in range(count)), at_ms + pause_ms))
        at_ms = segments[-1].end_ms
    named = with_speakers(segments, turns)
    words = [word for segment in segments for word in segment.words]
    assert [word for segment in named for word in segment.words] == words
    assert "".join(segment.text for segment in named) == "".join(segment.text for segment in segments)
    assert all((segment.speaker is None) == (not turns) for segment in named)
    whose = {word.text.strip(): segment.speaker for segment in named for word in segment.words}
    by_time = TurnsByTime(turns)
    numbers = {whose[word.text.strip()]: by_time.speaker_at(word.start_ms, word.end_ms) for word in words if turns}
    assert len(set(numbers.values())) == len(numbers)
    for cue in shape(Transcript(at_ms + 1_000, "en", named)):
        for line in cue.lines:
            assert {whose[word] for word in line.text.split()} <= {line.speaker}
