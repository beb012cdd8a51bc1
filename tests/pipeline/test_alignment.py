"""A script in a worker: what takes the place of what was heard, how it goes on after a kill, and what is deleted."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from aisubs.model import places
from aisubs.model.errors import AisubsError
from aisubs.model.job import Job
from aisubs.pipeline.expire_jobs import delete_job
from aisubs.pipeline.jobs import Holder, hash_token
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording, write_audio
from tests.workshop import Killed, Workshop


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seventeen windows or so."""
    folder = tmp_path_factory.mktemp("recordings")
    return write_audio(long_recording(500, seed=5).blocks(), folder / "talk.mp3")


@pytest.fixture
def script(workshop: Workshop, recording: Path) -> str:
    """What is heard of it, in capitals, with a sentence that nobody says, and without one that is said."""
    job_id = workshop.drop(recording, "heard.mp3")
    assert workshop.work(ScriptedEngine(batch_size=4)) == 0
    words = [word.text.strip() for window in workshop.windows(job_id) for one in window.segments for word in one.words]
    workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
    sentences = [" ".join(words[at : at + 12]).upper() + "." for at in range(0, len(words), 12)]
    assert len(sentences) > 50
    del sentences[20]
    sentences.insert(40, "Nobody ever said these ten words in front of anybody.")
    return " ".join(sentences)


def show(workshop: Workshop, job_id: str) -> Job:
    workshop.sql("update aisubs.transcription_jobs set token_hash = %s where job_id = %s", hash_token("token"), job_id)
    return workshop.jobs.get_job(job_id, Holder.of(["token"]))


def test_the_script_takes_the_place_of_what_was_heard_and_the_rest_is_told(
    workshop: Workshop, recording: Path, script: str
) -> None:
    job_id = workshop.drop(recording, script=script)
    engine = ScriptedEngine(batch_size=4)
    assert workshop.work(engine) == 0
    transcript = json.loads(workshop.files(job_id)["json"])
    written = " ".join(segment["text"].strip() for segment in transcript["segments"])
    assert written == script.replace("Nobody ever said these ten words in front of anybody. ", "")
    told = show(workshop, job_id).alignment
    assert told is not None
    assert told.done
    assert told.unsaid_words == 10
    assert told.unsaid[0].text == "Nobody ever said these ten words in front of anybody."
    assert len(told.unscripted) == 1
    assert 3_000 < told.unscripted_ms < 8_000
    losses = show(workshop, job_id).losses
    assert losses is not None
    assert losses.unsaid_words == 10
    assert "Words of the script that were not found in the sound: 10." in losses.sentence
    assert transcript["extra"]["alignment"]["said"] == told.said == len(script.split()) - 10


@pytest.mark.parametrize("answers", [1, 12])
def test_killed_or_stopped_it_goes_on_and_ends_with_the_same_bytes(
    workshop: Workshop, recording: Path, script: str, answers: int
) -> None:
    undisturbed = workshop.drop(recording, "a.mp3", script=script)
    assert workshop.work(ScriptedEngine(batch_size=4)) == 0
    workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
    job_id = workshop.drop(recording, "a.mp3", script=script, fresh=True)

    def kill(number: int) -> None:
        if number == answers:
            raise Killed

    with pytest.raises(Killed):
        workshop.work(ScriptedEngine(batch_size=4, before_alignment=kill))
    assert workshop.row(job_id)["progress_stage"] == "aligning"
    workshop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=3, retry_backoff_s=0.0)
    stop = threading.Event()
    second = ScriptedEngine(batch_size=4, before_alignment=lambda _: stop.set())
    workshop.work(second, stop=stop)
    third = ScriptedEngine(batch_size=4)
    workshop.work(third)
    assert not second.batches
    assert not third.batches, "nothing was transcribed twice"
    if answers > 1:
        assert second.aligned[0][0] >= 8, "what was saved is not done again"
    assert workshop.row(job_id)["status"] == "completed"
    assert workshop.windows(job_id) == workshop.windows(undisturbed)
    assert workshop.files(job_id) == workshop.files(undisturbed)


def test_an_engine_that_cannot_align_says_so_before_it_has_heard_anything(
    workshop: Workshop, recording: Path, script: str
) -> None:
    job_id = workshop.drop(recording, script=script)
    engine = ScriptedEngine(aligns=False, model="remote:listener")
    workshop.work(engine)
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"], row["retryable"]) == ("failed", "no_alignment", False)
    assert "remote:listener" in row["error_message"]
    assert engine.batches == []


def test_a_script_of_another_recording_fails_for_good_and_keeps_what_was_heard(
    workshop: Workshop, recording: Path
) -> None:
    job_id = workshop.drop(recording, script="The quick brown fox jumps over the lazy dog and runs away.")
    workshop.work(ScriptedEngine(batch_size=4))
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"], row["retryable"]) == ("failed", "script_elsewhere", False)
    assert any(window.segments for window in workshop.windows(job_id))


def test_subtitles_keep_their_cues_and_those_without_words_move_along(
    workshop: Workshop, recording: Path, script: str
) -> None:
    sentences = [f"{sentence.strip()}." for sentence in script.split(".") if sentence.strip()]
    given: list[list[str]] = [["[door slams]"]]
    blocks, at_ms = [], 60_000
    for number, sentence in enumerate(sentences):
        lines = [line for line in (" ".join(sentence.split()[:6]), " ".join(sentence.split()[6:])) if line]
        given.append(lines)
        blocks.append("\n".join([str(number), f"{stamp(at_ms)} --> {stamp(at_ms + 2_000)}", *lines, ""]))
        at_ms += 5_000
    blocks.insert(5, f"9\n{stamp(83_000)} --> {stamp(84_000)}\n[door slams]\n")
    job_id = workshop.drop(recording, script="\n".join(blocks))
    assert workshop.work(ScriptedEngine(batch_size=4)) == 0
    cues = workshop.files(job_id)["srt"].decode().strip().split("\n\n")
    shown = [cue.split("\n")[2:] for cue in cues]
    assert sorted(shown) == sorted(given), "words and lines are as they were"
    told = show(workshop, job_id).alignment
    assert told is not None
    assert told.placed == 2, "the sound, and the sentence that nobody says"


def stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def test_a_script_goes_with_its_job(workshop: Workshop, recording: Path, script: str) -> None:
    job_id = workshop.drop(recording, script=script)
    assert workshop.work(ScriptedEngine(batch_size=4)) == 0
    name = places.script_of("inbox/talk.mp3")
    assert workshop.store.stat(name).size_bytes == len(script)
    show(workshop, job_id)
    delete_job(job_id, Holder.of(["token"]), jobs=workshop.jobs, store=workshop.store, mirror=None)
    with pytest.raises(AisubsError, match="not in the store"):
        workshop.store.stat(name)


def test_a_script_that_is_gone_is_told(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording, script="Some words.")
    workshop.store.delete(places.script_of("inbox/talk.mp3"))
    workshop.work(ScriptedEngine(batch_size=4))
    assert workshop.row(job_id)["error_code"] == "script_gone"
