"""Videos with subtitles that people ask for: what is in them, and what becomes of them when a text changes, when a job
is deleted, when children, servers and disks fail, and when there is no picture."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.formats import PROFILES, shape
from aisubs.media import apart
from aisubs.media.burn import find_ffmpeg
from aisubs.media.container import Limits
from aisubs.media.mux_apart import CopyLimits
from aisubs.model.errors import AisubsError
from aisubs.pipeline.copy_video import ATTEMPTS, Terms, copy_due
from aisubs.pipeline.expire_jobs import delete_job, expire_jobs
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.request_copy import COPIES_AT_A_TIME, COPIES_PER_JOB, request_copy
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_RATE_HZ, write_audio
from tests.unit.test_burn import pictures
from tests.unit.test_copies_apart import children
from tests.unit.test_mux import read_back, shift_ms
from tests.workshop import Workshop

ME = Holder((), "machine")
TERMS = Terms(Limits(), retry_in_s=0.0)


class Scene:
    def __init__(self, workshop: Workshop) -> None:
        self.workshop, self.jobs, self.store = workshop, workshop.jobs, workshop.store

    def transcribed(self, path: Path = VIDEO, name: str | None = None) -> str:
        job_id = self.workshop.drop(path, name, "machine")
        self.workshop.work(ScriptedEngine())
        return job_id

    def ask(self, job_id: str, kind: Any = "mux", **more: Any) -> dict[str, Any]:
        return request_copy(job_id, ME, kind, **more, jobs=self.jobs, store=self.store, limits=Limits())

    def make(self, terms: Terms = TERMS, stop: Event | None = None) -> int:
        return copy_due(jobs=self.jobs, store=self.store, terms=terms, stop=stop or Event())

    def copies(self, job_id: str) -> list[dict[str, Any]]:
        return self.jobs.list_video_copies(job_id, ME)

    def saved(self, copy: dict[str, Any], path: Path) -> Path:
        with self.store.open_file(copy["object_name"]) as file:
            path.write_bytes(file.read())
        return path

    def left(self) -> set[str]:
        """Objects of jobs, and files that somebody has begun."""
        begun = {str(path) for path in self.store.folder.iterdir()}
        return {found.name for found in self.store.list("results/") if "/videos/" in found.name} | begun


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with Workshop(database_url, tmp_path) as workshop:
        yield Scene(workshop)


def code_of(call: Any, *given: Any, **more: Any) -> str:
    with pytest.raises(AisubsError) as refused:
        call(*given, **more)
    return refused.value.code


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_subtitles_of_the_newest_text_lie_in_the_copy(scene: Scene, tmp_path: Path, suffix: str) -> None:
    job_id = scene.transcribed(VIDEO, f"talk{suffix}")
    asked = scene.ask(job_id, profile="bbc")
    assert (asked["state"], asked["progress"], asked["revision"]) == ("waiting", 0, 0)
    assert scene.make() == 1
    (made,) = scene.copies(job_id)
    copy = scene.saved(made, tmp_path / f"copy{suffix}")
    assert (made["state"], made["progress"], made["size_bytes"]) == ("completed", 100, copy.stat().st_size)
    cues = shape(read_text(scene.jobs.get_own_job(job_id, ME), jobs=HolderReads(scene.jobs, ME)).transcript, "bbc")
    language, shown = read_back(copy)
    moved = shift_ms(VIDEO, copy)
    assert [(one.start_ms - moved, one.end_ms - moved) for one in shown] == [(c.start_ms, c.end_ms) for c in cues]
    assert [re.sub(r"\{[^}]*\}", "", one.text) for one in shown] == [
        r"\N".join(line.text for line in cue.lines) for cue in cues
    ]
    assert language == "eng"
    assert scene.left() == {made["object_name"]}
    assert scene.make() == 0


def test_asked_again_it_is_made_anew_only_where_something_is_new(scene: Scene) -> None:
    job_id = scene.transcribed()
    first = scene.ask(job_id)
    assert scene.ask(job_id)["copy_id"] == first["copy_id"], "it is under way"
    scene.make()
    assert scene.ask(job_id)["state"] == "completed"
    scene.workshop.sql("update aisubs.video_copies set made_of = 'another text'")
    again = scene.ask(job_id)
    assert (again["copy_id"], again["state"], again["size_bytes"]) == (first["copy_id"], "waiting", None)
    assert scene.make() == 1
    assert [copy["state"] for copy in scene.copies(job_id)] == ["completed"]


def test_what_cannot_be_asked_for(scene: Scene, tmp_path: Path) -> None:
    sound = write_audio(np.zeros(SAMPLE_RATE_HZ, np.float32), tmp_path / "sound.m4a")
    alone, job_id = scene.transcribed(sound), scene.transcribed()
    assert code_of(scene.ask, alone) == "no_picture"
    assert code_of(scene.ask, job_id, profile="none") == "bad_request"
    assert code_of(scene.ask, job_id, language="de") == "translation_not_found"
    waiting = scene.workshop.drop(VIDEO, "waits.mp4", "machine")
    assert code_of(scene.ask, waiting) == "not_finished"
    (source,) = scene.workshop.sql("select object_name from aisubs.transcription_jobs where job_id = %s", job_id)
    scene.store.delete(source["object_name"])
    assert code_of(scene.ask, job_id) == "recording_gone"
    assert scene.copies(job_id) == []


def test_how_many_there_may_be(scene: Scene) -> None:
    first, second = scene.transcribed(), scene.transcribed(VIDEO, "again.mp4")
    wanted = [(kind, profile) for kind in ("mux", "burn") for profile in PROFILES]
    for kind, profile in wanted[:COPIES_PER_JOB]:
        scene.ask(first, kind, profile=profile)
    one_more = wanted[COPIES_PER_JOB]
    assert code_of(scene.ask, second) == "copies_waiting", f"{COPIES_AT_A_TIME} at a time"
    assert code_of(scene.ask, first, one_more[0], profile=one_more[1]) == "too_many_copies"
    scene.workshop.sql("update aisubs.video_copies set state = 'failed'")  # as good as made, and sooner
    assert scene.ask(second)["state"] == "waiting"
    assert code_of(scene.ask, first, one_more[0], profile=one_more[1]) == "too_many_copies"


@pytest.mark.parametrize("by", ["owner", "retention"])
def test_they_go_with_the_job(scene: Scene, by: str) -> None:
    job_id = scene.transcribed()
    scene.ask(job_id)
    scene.make()
    assert len(scene.left()) == 1
    if by == "owner":
        delete_job(job_id, ME, jobs=scene.jobs, store=scene.store, mirror=scene.workshop.mirror)
    else:
        scene.workshop.sql("update aisubs.transcription_jobs set created_at = now() - interval '9 days'")
        expire_jobs(jobs=scene.jobs, store=scene.store, mirror=scene.workshop.mirror, retention_hours=1)
    assert scene.left() == set()
    assert scene.workshop.sql("select 1 from aisubs.video_copies") == []


@pytest.mark.parametrize("what", ["job", "copy"])
def test_what_is_deleted_while_it_is_made_leaves_nothing(scene: Scene, what: str) -> None:
    job_id = scene.transcribed()
    copy = scene.ask(job_id)

    class Deleting(type(scene.store)):  # type: ignore[misc]
        """The store as it is when somebody deletes at the last moment."""

        def put(self, name: str, *given: Any, **more: Any) -> Any:
            put = super().put(name, *given, **more)
            if what == "job":
                delete_job(job_id, ME, jobs=scene.jobs, store=scene.store, mirror=scene.workshop.mirror)
            else:
                scene.jobs.delete_video_copy(job_id, ME, copy["copy_id"])
            return put

    assert copy_due(jobs=scene.jobs, store=Deleting(scene.workshop.folder / "store"), terms=TERMS, stop=Event()) == 1
    assert scene.left() == set()


def test_a_child_that_is_killed_is_taken_up_again_and_given_up_in_the_end(scene: Scene) -> None:
    job_id = scene.transcribed()
    scene.ask(job_id)
    states = []
    for _ in range(ATTEMPTS):
        row = claim_and_die(scene)
        states.append((row["state"], row["error_code"]))
    assert states == [("waiting", "damaged")] * (ATTEMPTS - 1) + [("failed", "copy_died")]
    scene.ask(job_id)
    scene.make()
    assert [(row["state"], row["error_code"]) for row in scene.copies(job_id)] == [("completed", None)]


def claim_and_die(scene: Scene) -> dict[str, Any]:
    """One attempt, whose child is killed at its first word."""
    jobs = scene.jobs

    class Killing(type(jobs)):  # type: ignore[misc]
        __slots__ = ()

        def renew_video_copy(self, *given: Any) -> None:
            super().renew_video_copy(*given)
            for child in children(apart.HELPER.pid or 0):
                os.kill(child, signal.SIGKILL)

    patient = replace(TERMS, retry_in_s=600.0)
    copy_due(jobs=Killing(jobs.database), store=scene.store, terms=patient, stop=Event())
    (row,) = scene.workshop.sql("select state, error_code from aisubs.video_copies")
    scene.workshop.sql("update aisubs.video_copies set leased_until = null")
    return row


def test_too_much_memory_and_too_little_disk_get_a_sentence(scene: Scene) -> None:
    job_id = scene.transcribed()
    found = {}
    for quarter_mib in range(4, 20):  # with next to nothing the libraries crash; a little more, and they say why
        scene.ask(job_id)
        scene.make(replace(TERMS, copies=CopyLimits(1 << 40, memory_bytes=quarter_mib << 18)))
        (copy,) = scene.copies(job_id)
        found[copy["error_code"]] = copy
        if {"copy_memory", None} & set(found):
            break
    assert set(found) <= {"copy_died", "copy_memory"}
    assert "memory" in found["copy_memory"]["error_message"]
    scene.ask(job_id)
    for _ in range(ATTEMPTS):
        scene.make(replace(TERMS, copies=CopyLimits(10_000)))
    (copy,) = scene.copies(job_id)
    assert (copy["state"], copy["error_code"]) == ("failed", "copy_disk")
    assert scene.left() == set()


def test_when_the_server_stops_it_waits_for_the_next(scene: Scene) -> None:
    job_id = scene.transcribed()
    scene.ask(job_id)
    stop = Event()

    class Stopping(type(scene.jobs)):  # type: ignore[misc]
        __slots__ = ()

        def renew_video_copy(self, *given: Any) -> None:
            stop.set()

    assert copy_due(jobs=Stopping(scene.jobs.database), store=scene.store, terms=TERMS, stop=stop) == 1
    (copy,) = scene.copies(job_id)
    assert (copy["state"], copy["error_code"]) == ("waiting", None)
    assert scene.make() == 1
    assert scene.copies(job_id)[0]["state"] == "completed"


SERVER = """
import os, sys
from threading import Event
from pathlib import Path
from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.adapters.store.local import LocalStore
from aisubs.media.container import Limits
from aisubs.pipeline.copy_video import Terms, copy_due
from aisubs.pipeline.jobs import Jobs

class Told(Jobs):
    def renew_video_copy(self, *given):
        super().renew_video_copy(*given)
        print("working", flush=True)
        sys.stdin.read()

database = PostgresDatabase(sys.argv[1])
copy_due(jobs=Told(database), store=LocalStore(Path(sys.argv[2])), terms=Terms(Limits()), stop=Event())
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mux", "burn"])
def test_a_server_that_is_killed_leaves_nothing_and_the_next_one_goes_on(scene: Scene, kind: str) -> None:
    if kind == "burn":
        ffmpeg_or_skip()
    job_id = scene.transcribed()
    scene.ask(job_id, kind)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, scene.workshop.url, str(scene.workshop.folder / "store")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdout.readline() == b"working\n"
        offspring = [grandchild for child in children(server.pid) for grandchild in (child, *children(child))]
        assert offspring
        server.kill()
    assert [number for number in offspring if is_alive(number)] == []
    assert scene.left() == set()
    assert scene.make() == 0, "its lease lasts"
    scene.workshop.sql("update aisubs.video_copies set leased_until = now()")
    assert scene.make() == 1
    assert scene.copies(job_id)[0]["state"] == "completed"


def is_alive(number: int) -> bool:
    """After its end has been waited for."""
    try:
        handle = os.pidfd_open(number)
    except ProcessLookupError:
        return False
    with os.fdopen(handle) as ends:
        return not select.select([ends], [], [], 60)[0]


def ffmpeg_or_skip() -> None:
    try:
        find_ffmpeg()
    except AisubsError as absent:
        pytest.skip(f"{absent.sentence} ({absent.reason})")


def test_the_words_are_drawn_into_the_picture(scene: Scene, tmp_path: Path) -> None:
    ffmpeg_or_skip()
    job_id = scene.transcribed()
    scene.ask(job_id, "burn")
    scene.make()
    (made,) = scene.copies(job_id)
    copy = scene.saved(made, tmp_path / "copy.mp4")
    said = read_text(scene.jobs.get_own_job(job_id, ME), jobs=HolderReads(scene.jobs, ME)).transcript.segments[0]
    at_s = (said.start_ms + 100) / 1000
    before, after = pictures(VIDEO, at_s)[0], pictures(copy, at_s)[0]
    assert np.abs(before - after).max() > 100
