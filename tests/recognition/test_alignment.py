"""Scripts on real sound, with real weights: the times of the words, and every wrong script that people have."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

import pysrt
import pytest

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.cli.demo_sample import VIDEO, Line, sample_lines
from aisubs.settings import Settings
from tests.recognition.conftest import Heard, Listener
from tests.workshop import Workshop

SCRIPT = "\n\n".join(f"{line.speaker.upper()}: {line.text}" for line in sample_lines())
WORDS = sum(len(line.text.split()) for line in sample_lines())
ELSEWHERE = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light."""
GERMAN = "Guten Morgen, Tom. Wie war dein Besuch bei dem alten Fährmann? Lang. Er sprach zwei Stunden über den Fluss."


@pytest.fixture(scope="module")
def engine(tiny_en_model: Path) -> FasterWhisperEngine:
    return FasterWhisperEngine.load(Settings(model=str(tiny_en_model), cpu_threads=1))


@pytest.fixture(scope="module")
def listener(workshop: Workshop, engine: FasterWhisperEngine) -> Listener:
    return Listener(workshop, engine)


def told(heard: Heard) -> dict[str, Any]:
    """What became of the script."""
    found: dict[str, Any] = heard.transcript["extra"]["alignment"]
    return found


def starts(heard: Heard, lines: list[Line]) -> list[int]:
    """How far (ms) the first words of the lines are from where they begin in the sound. All words are there."""
    words = [word["start_ms"] for segment in heard.transcript["segments"] for word in segment["words"]]
    errors, at = [], 0
    for line in lines:
        errors.append(words[at] - line.start_ms)
        at += len(line.text.split())
    assert at == len(words)
    return errors


def test_every_word_of_a_script_gets_its_time_and_its_speaker(base: Listener) -> None:
    heard = base.hear(VIDEO, script=SCRIPT, fresh=True)
    text = " ".join(segment["text"].strip() for segment in heard.transcript["segments"])
    assert text == " ".join(line.text for line in sample_lines())
    errors = sorted(map(abs, starts(heard, sample_lines())))
    assert median(errors) <= 150, errors
    assert errors[-1] <= 600, errors
    spoken = {segment["speaker"] for segment in heard.transcript["segments"]}
    assert spoken == {line.speaker.upper() for line in sample_lines()}
    assert (told(heard)["said"], told(heard)["unsaid_words"]) == (WORDS, 0)
    assert heard.transcript["coverage"]["unresolved_ms"] == 0


def test_subtitles_that_run_away_are_put_right_and_stay_as_they_are_cut(base: Listener) -> None:
    given = pysrt.SubRipFile()
    for number, line in enumerate(sample_lines(), start=1):
        words = line.text.split()
        text = "\n".join(" ".join(part) for part in (words[: len(words) // 2], words[len(words) // 2 :]) if part)
        start, end = (round(ms * 1.04) + 7_000 for ms in (line.start_ms, line.end_ms))
        given.append(pysrt.SubRipItem(number, pysrt.SubRipTime(0, 0, 0, start), pysrt.SubRipTime(0, 0, 0, end), text))
    script = "".join(f"{item}\n" for item in given)
    base.hear(VIDEO, script=script, fresh=True)
    workshop = base._workshop
    (row,) = workshop.sql("select job_id from aisubs.transcription_jobs order by created_at desc limit 1")
    cues = pysrt.from_string(workshop.files(str(row["job_id"]))["srt"].decode())
    assert [cue.text for cue in cues] == [item.text for item in given]
    late = [abs(cue.start.ordinal - line.start_ms) for cue, line in zip(cues, sample_lines(), strict=True)]
    assert max(late) <= 600, late


def test_half_a_script_leaves_the_rest_to_be_listened_to(listener: Listener) -> None:
    half = "\n\n".join(line.text for line in sample_lines()[:5])
    heard = listener.hear(VIDEO, script=half, fresh=True)
    text = " ".join(segment["text"].strip() for segment in heard.transcript["segments"])
    assert text == half.replace("\n\n", " ")
    behind_ms = sample_lines()[5].start_ms
    assert all(one["end_ms"] > behind_ms for one in told(heard)["unscripted"])
    assert told(heard)["unscripted_ms"] > 8_000
    unresolved = heard.transcript["coverage"]["unresolved"]
    assert unresolved
    assert all(end > behind_ms for _, end in unresolved), "and the ledger of the recording says so too"


def test_paragraphs_in_another_order_stand_where_they_are_said(listener: Listener) -> None:
    lines = [line for line in sample_lines() if line.language == "en"]
    swapped = "\n\n".join(line.text for line in [*lines[3:], *lines[:3]])
    heard = listener.hear(VIDEO, script=swapped, fresh=True)
    text = " ".join(segment["text"].strip() for segment in heard.transcript["segments"])
    assert text.startswith("Good morning, Tom.")
    assert text.index(lines[2].text) < text.index(lines[3].text)
    assert told(heard)["moved"] > 20


def test_directions_are_left_out_and_what_nobody_said_is_told(listener: Listener) -> None:
    lines = [line.text for line in sample_lines() if line.language == "en"]
    lines[2] += " [He looks at the river and says nothing for a while.]"
    lines.insert(4, "The ferryman himself could not be reached by any of our reporters last week.")
    heard = listener.hear(VIDEO, script="\n\n".join(lines), fresh=True)
    text = " ".join(segment["text"].strip() for segment in heard.transcript["segments"])
    assert "river and says" not in text
    assert "reporters" not in text
    assert told(heard)["unsaid_words"] >= 13
    assert any("reporters" in one["text"] for one in told(heard)["unsaid"])


@pytest.mark.parametrize("script", [ELSEWHERE, GERMAN, f"{ELSEWHERE} " * 2_000], ids=["other", "German", "10 hours"])
def test_a_script_that_has_nothing_to_do_with_the_sound_is_refused(
    workshop: Workshop, engine: FasterWhisperEngine, script: str
) -> None:
    job_id = workshop.drop(VIDEO, script=script, fresh=True)
    workshop.work(engine)
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"]) == ("failed", "script_elsewhere"), json.dumps(row["resume_state"])[:500]
