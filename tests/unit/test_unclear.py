"""What a transcript does not tell is told: one sum of it, and its words in every kind of file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import srt
import webvtt
from hypothesis import given

from aisubs.formats import FORMATS, render
from aisubs.model.losses import losses_of
from aisubs.model.transcript import Coverage, Mark, Segment, Transcript
from tests.unit.made_transcripts import FEW, wild_transcripts

SENTENCE = "0:22 of speech is unclear: listen at 0:02-0:12, 0:30-0:42."
UNCLEAR = "[unclear]"
TOLD = [name for name, found in FORMATS.items() if "unclear" in found.choices]


def halting() -> Transcript:
    """Ten seconds without a word, four that nobody doubts, twelve that are doubted in two segments."""
    return Transcript(
        60_000,
        "en",
        (
            Segment(14_000, 18_000, " It was the best of times."),
            Segment(30_000, 36_000, " It was it was.", marks=(Mark.REDECODED, Mark.LOOP)),
            Segment(36_000, 42_000, " It was it was.", marks=(Mark.REDECODED, Mark.LOOP)),
        ),
        coverage=Coverage(4_000, 34_000, 0, 22_000, ((2_000, 12_000), (30_000, 42_000))),
    )


def silence() -> Transcript:
    return Transcript(8_000, "und", (), coverage=Coverage(0, 8_000, 0, 0))


def test_the_sum_of_a_transcript() -> None:
    losses = losses_of(halting())
    assert (losses.unresolved_ms, losses.untold_ms, losses.stretches) == (22_000, 10_000, 2)
    assert losses.places == ((2_000, 12_000), (30_000, 42_000))
    assert losses.any_speech
    assert losses.sentence == SENTENCE
    assert json.loads(render(halting(), "json"))["losses"]["sentence"] == SENTENCE


def test_nothing_is_said_of_a_transcript_that_tells_all_or_of_which_nothing_is_known() -> None:
    whole = replace(halting(), coverage=Coverage(22_000, 38_000, 0, 0))
    for transcript in (whole, replace(whole, coverage=None), Transcript(1_000, "en", ())):
        assert not losses_of(transcript).any_speech
        assert losses_of(transcript).sentence == ""


def test_of_many_places_a_few_are_named_and_the_others_counted() -> None:
    spans = tuple((10_000 * n, 10_000 * n + 500) for n in range(400))
    losses = losses_of(replace(halting(), segments=(), coverage=Coverage(0, 3_800_000, 0, 200_000, spans)))
    assert losses.sentence.endswith("listen at 0:00-0:01, 0:10-0:11, 0:20-0:21 and 397 more places.")
    assert (losses.stretches, len(losses.places)) == (400, 20)


def test_places_that_are_near_are_one_place() -> None:
    spans = ((1_000, 3_000), (3_500, 5_000), (9_000, 12_000))
    losses = losses_of(replace(halting(), coverage=Coverage(0, 53_500, 0, 6_500, spans)))
    assert (losses.unresolved_ms, losses.places) == (6_500, ((1_000, 5_000), (9_000, 12_000)))


def test_what_is_missing_in_the_file_is_told_as_that() -> None:
    ledger = Coverage(4_000, 34_000, 0, 22_000, ((2_000, 12_000), (30_000, 42_000)), ((2_000, 12_000),))
    both = losses_of(replace(halting(), coverage=ledger))
    assert both.missing_ms == 10_000
    assert both.sentence == SENTENCE.replace("unclear", "unclear (0:10 of it missing in the file)")
    ledger = Coverage(4_000, 46_000, 0, 10_000, ((2_000, 12_000),), ((2_000, 12_000),), (), 60_000, 90_000)
    hole = losses_of(replace(halting(), coverage=ledger))
    assert hole.sentence == (
        "0:10 of sound is missing in the file: 0:02-0:12. The file ends at 1:00, before its recording does."
    )
    cut = losses_of(replace(silence(), coverage=Coverage(0, 8_000, 0, 0, cut_at_ms=8_000)))
    assert cut.sentence == "No speech was found in this recording. The file ends at 0:08, before its recording does."
    assert cut.any_speech
    assert [one.brief() for one in (both, cut, losses_of(replace(silence(), coverage=None)))] == [
        {"unclear": "0:22"},
        {"silent": True, "cut": "0:08"},
        {},
    ]


def test_whoever_corrected_a_text_has_heard_what_stands_in_it() -> None:
    losses = losses_of(replace(halting(), paragraphs=(0,)))
    assert (losses.unresolved_ms, losses.places) == (10_000, ((2_000, 12_000),))
    assert losses_of(replace(silence(), paragraphs=())).sentence == ""


def test_subtitles_hold_what_was_said_and_mark_the_rest_when_asked() -> None:
    plain = [item.content for item in srt.parse(render(halting(), "srt").decode())]
    assert UNCLEAR not in "".join(plain)
    marked = list(srt.parse(render(halting(), "srt", unclear=True).decode()))
    assert [item.content for item in marked] == [UNCLEAR, plain[0], f"{UNCLEAR} {plain[1]}", plain[2]]
    assert marked[0].start.total_seconds() == 2
    assert marked[0].end.total_seconds() > 5


def test_texts_for_reading_mark_it_unless_told_not_to() -> None:
    said = "It was the best of times.\n\nIt was it was. It was it was.\n"
    marked = said.replace("It was it", f"{UNCLEAR} It was it", 1)
    assert render(halting(), "txt").decode() == f"{UNCLEAR} {marked}"
    assert render(halting(), "txt", unclear=False).decode() == said


def test_where_words_are_missing_beside_doubted_ones_one_mark_is_enough() -> None:
    ledger = Coverage(4_000, 24_000, 0, 32_000, ((2_000, 12_000), (20_000, 42_000)))
    text = render(replace(halting(), coverage=ledger), "txt").decode()
    assert text == "[unclear] It was the best of times. [unclear] It was it was. It was it was.\n"


def test_marks_leave_the_paragraphs_of_people_as_they_are() -> None:
    corrected = replace(halting(), paragraphs=(0, 2))
    assert render(corrected, "txt").decode().split("\n\n") == [
        UNCLEAR,
        "It was the best of times. " + f"{UNCLEAR} It was it was.",
        "It was it was.\n",
    ]


def test_web_captions_tell_of_it_in_a_comment() -> None:
    text = render(halting(), "vtt").decode()
    assert text.startswith(f"WEBVTT\n\nNOTE {SENTENCE}\n\n")
    assert UNCLEAR not in "".join(cue.text for cue in webvtt.from_string(text))
    assert "NOTE" not in render(halting(), "vtt", unclear=False).decode()


@pytest.mark.parametrize("name", TOLD)
def test_where_nothing_was_said_a_sentence_stands(name: str) -> None:
    data, bare = render(silence(), name), render(silence(), name, unclear=False)
    assert len(data) > len(bare)
    if name != "docx":  # which is compressed
        assert b"[No speech was found in this recording.]" in data
    assert render(silence(), name, unclear=True) == data


def test_the_sentence_is_a_cue_of_the_beginning() -> None:
    (cue,) = srt.parse(render(silence(), "srt").decode())
    assert (cue.start.total_seconds(), cue.end.total_seconds()) == (0, 5)
    (cue,) = srt.parse(render(replace(silence(), duration_ms=700), "srt").decode())
    assert cue.end.total_seconds() <= 0.7


def test_speech_of_which_no_word_was_understood_is_no_silence() -> None:
    mumbled = replace(silence(), coverage=Coverage(0, 2_000, 0, 6_000, ((1_000, 7_000),)))
    assert render(mumbled, "txt").decode() == "[0:06 of speech is unclear: listen at 0:01-0:07.]\n"
    assert losses_of(mumbled).sentence
    assert not losses_of(mumbled).no_speech


@pytest.mark.parametrize("name", ["tsv", "csv", "audacity"])
def test_tables_hold_data_alone(name: str) -> None:
    assert UNCLEAR not in render(halting(), name).decode()
    assert render(silence(), name).decode().count("\n") <= 1


@FEW
@given(transcript=wild_transcripts())
def test_marked_subtitles_can_be_read_back(transcript: Transcript) -> None:
    cues = list(srt.parse(render(transcript, "srt", unclear=True).decode()))
    said = "".join(segment.text for segment in transcript.segments)
    assert all(cue.end > cue.start for cue in cues)
    if transcript.coverage is None and not any(segment.marks for segment in transcript.segments):
        assert UNCLEAR in said or UNCLEAR not in "".join(cue.content for cue in cues)
