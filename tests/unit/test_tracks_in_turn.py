"""Tracks that were saved one after another are told side by side."""

from __future__ import annotations

from dataclasses import replace

from aisubs.model.audio_track import AudioTrack, Reason, TrackInTurn
from aisubs.model.transcript import Damage, Mark, Segment, Window, Word
from aisubs.pipeline.read_transcript import assemble
from aisubs.pipeline.transcribe.tracks_in_turn import on_recording, side_by_side

ANNA = TrackInTurn(1, "en", "Anna", 0)
BOB = TrackInTurn(3, "en", "Bob", 10_000)
BOTH = AudioTrack(1, 3, Reason.EACH, "en", "Anna", (ANNA, BOB))


def said(start_ms: int, *words: str, pace_ms: int = 500, marks: tuple[Mark, ...] = ()) -> Segment:
    """A word every `pace_ms`, without pauses; an empty one is a pause."""
    timed = tuple(
        Word(start_ms + at * pace_ms, start_ms + (at + 1) * pace_ms, f" {word}", 0.9)
        for at, word in enumerate(words)
        if word
    )
    text = "".join(word.text for word in timed)
    return Segment(timed[0].start_ms, timed[-1].end_ms, text, timed, marks=marks)


def window(seq: int, start_ms: int, end_ms: int, *segments: Segment, damage: Damage | None = None) -> Window:
    speech = tuple((segment.start_ms, segment.end_ms) for segment in segments)
    return Window(seq, start_ms, end_ms, sum(end - start for start, end in speech), segments, speech, damage)


def lines(windows: list[Window], track: AudioTrack = BOTH) -> list[tuple[int, str | None, str]]:
    return [(one.start_ms, one.speaker, one.text.strip()) for one in side_by_side(windows, track)[0]]


def test_each_track_is_a_speaker_on_the_clock_of_the_recording() -> None:
    windows = [window(0, 0, 10_000, said(1_000, "one", "two")), window(1, 10_000, 20_000, said(14_000, "three"))]
    assert lines(windows) == [(1_000, "Anna", "one two"), (4_000, "Bob", "three")]
    coverage = side_by_side(windows, BOTH)[1]
    assert (coverage.total_ms, coverage.transcribed_ms, coverage.no_speech_ms) == (10_000, 1_500, 8_500)


def test_an_answer_stands_where_it_was_given() -> None:
    long = said(0, "I", "came.", "", "I", "saw.", "", "I", "won", "all")
    windows = [window(0, 0, 10_000, long), window(1, 10_000, 20_000, said(11_200, "yes"))]
    assert lines(windows) == [(0, "Anna", "I came."), (1_200, "Bob", "yes"), (1_500, "Anna", "I saw. I won all")]
    segments, _ = side_by_side(windows, BOTH)
    assert [word for one in segments if one.speaker == "Anna" for word in one.words] == list(long.words)


def test_what_nobody_speaks_into_stays_whole() -> None:
    long = said(0, "I", "came.", "", "I", "saw.")
    assert lines([window(0, 0, 10_000, long), window(1, 10_000, 20_000, said(19_000, "yes"))])[0][2] == "I came. I saw."


def test_a_segment_whose_words_do_not_spell_it_stays_whole() -> None:
    odd = replace(said(0, "a", "", "b", "", "c"), text=" Something else.")
    assert lines([window(0, 0, 10_000, odd), window(1, 10_000, 20_000, said(11_200, "yes"))]) == [
        (0, "Anna", "Something else."),
        (1_200, "Bob", "yes"),
    ]


def test_what_is_unresolved_in_one_track_is_unresolved() -> None:
    windows = [
        window(0, 0, 10_000, said(0, "one", "two", "three", "four")),
        window(1, 10_000, 20_000, said(11_000, "mm", "mm", marks=(Mark.DOUBTFUL,))),
    ]
    coverage = side_by_side(windows, BOTH)[1]
    assert coverage.unresolved == ((1_000, 2_000),)
    assert (coverage.transcribed_ms, coverage.unresolved_ms, coverage.total_ms) == (1_000, 1_000, 10_000)


def test_tracks_of_different_length_and_damage() -> None:
    windows = [
        window(0, 0, 10_000, damage=Damage(missing=((2_000, 3_000),))),
        window(1, 10_000, 16_000, damage=Damage(gaps=((15_000, 15_500),), cut=True, promised_ms=22_000)),
    ]
    coverage = side_by_side(windows, BOTH)[1]
    assert coverage.total_ms == coverage.cut_at_ms == 10_000
    assert coverage.promised_ms == 12_000, "on the clock of the recording"
    assert (coverage.missing, coverage.gaps) == (((2_000, 3_000),), ((5_000, 5_500),))


def test_where_tracks_speak_at_once_is_told() -> None:
    windows = [
        window(0, 0, 10_000, said(1_000, "I", "was", "there", "all", "along")),
        window(1, 10_000, 16_000, said(11_500, "No", "no"), said(15_000, "Never")),
    ]
    text = assemble(windows, language="en", task="transcribe", model="", title="", track=BOTH)
    assert text.coverage is not None
    assert text.coverage.overlaps == ((1_500, 2_500),)


def test_a_channel_of_its_own_is_a_speaker() -> None:
    sides = tuple(TrackInTurn(1, start_ms=start_ms, channel=channel) for channel, start_ms in enumerate((0, 10_000)))
    call = AudioTrack(1, 1, Reason.ONLY, in_turn=sides)
    windows = [window(0, 0, 10_000, said(3_000, "Fine")), window(1, 10_000, 20_000, said(11_000, "How", "are", "you"))]
    assert lines(windows, call) == [(1_000, "Speaker 2", "How are you"), (3_000, "Speaker 1", "Fine")]
    assert call.sentence == "a person on each of two channels"
    assert AudioTrack.from_json(call.as_json()) == call


def test_a_track_whose_turn_has_not_come_says_nothing_yet() -> None:
    early = BOTH.reached([0])
    assert [one.start_ms for one in early.in_turn] == [0, None]
    assert lines([window(0, 0, 4_000, said(1_000, "one"))], early) == [(1_000, "Anna", "one")]


def test_speakers_are_called_as_their_tracks_where_these_have_names_of_their_own() -> None:
    twice = replace(BOTH, in_turn=(ANNA, replace(BOB, title="Anna"), replace(BOB, number=4, title="")))
    assert twice.speakers == ("Track 1", "Track 3", "Track 4")
    assert BOTH.sentence == "each of 2 audio tracks: Anna, Bob"
    assert AudioTrack.from_json(BOTH.as_json()) == BOTH
    assert (BOTH.recording_ms(9_000), BOTH.recording_ms(12_000)) == (9_000, 2_000)
    single = AudioTrack(2, 2, Reason.ASKED)
    assert on_recording(window(0, 0, 9, damage=None), single) == window(0, 0, 9)
    assert "in_turn" not in single.as_json()
