"""What is deleted is nowhere any more. Every table, every file below DATA_DIR and every line of a log is searched for
the name of the recording, for what was said in it, and for what its owner called it; a new table is searched too."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.duties import make_worker
from aisubs.local.log_file import log_to_file
from aisubs.local.tokens import OWNER, SIGN_IN, own_token
from aisubs.log import JsonFormatter
from aisubs.model.errors import AisubsError
from aisubs.model.glossary import Term
from aisubs.model.transcript import Segment
from aisubs.model.translation import Sentence, SentenceState, Source
from aisubs.pipeline.expire_jobs import delete_owner, expire_jobs
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.mirror_results import mirror_finished
from aisubs.pipeline.work import work
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO

NEEDLES = ("Kündigung-Huber", "Aufhebungsvertrag", "vertraulich", "Frau Huber", "Anton Huber")
"""How the recording is called, its title, its tag, a name of a speaker that was taken back, and one of a voice."""

SAID = "Abfindung"

MACHINE = Holder((), OWNER)


@dataclass
class Scene:
    door: Door
    session: dict[str, str]

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        return self.door.workshop.sql(statement, *values)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.door.http.request(method, path, headers=self.session | more.pop("headers", {}), **more)
        assert answer.is_success, answer.text
        return answer

    def tables(self) -> dict[str, str]:
        """All that every table holds, as text."""
        names = self.sql(
            "select c.relnamespace::regnamespace || '.' || c.relname as name from pg_class c where c.relkind = 'r' "
            "and c.relnamespace in ('aisubs'::regnamespace, 'realtime'::regnamespace)"
        )
        return {
            row["name"]: json.dumps([found["t"] for found in self.sql(f"select to_jsonb(t) as t from {row['name']} t")],
                                    ensure_ascii=False)
            for row in names
        }  # fmt: skip

    def files(self) -> dict[str, str]:
        """All that lies below DATA_DIR: name and content of each file."""
        folder = self.door.workshop.folder
        return {
            str(path.relative_to(folder)): f"{path.relative_to(folder)}\n{path.read_bytes().decode(errors='replace')}"
            for path in folder.rglob("*") if path.is_file()
        }  # fmt: skip

    def found(self, *needles: str) -> set[str]:
        """Tables and files in which one of these stands."""
        places = self.tables() | self.files()
        return {place for place, text in places.items() if any(needle in text for needle in needles)}


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    with open_door(database_url, tmp_path, edition="local", webhook_loopback=True) as door:
        log_to_file(door.workshop.settings.model_copy(update={"log_level": "DEBUG"}), "up")
        key = own_token(tmp_path, SIGN_IN)
        token = door.http.post("/api/sign-in", json={"key": key, "device": "a browser"}).json()["token"]
        yield Scene(door, {"Authorization": f"Bearer {token}"})
    for handler in root.handlers:
        if isinstance(handler.formatter, JsonFormatter) and handler not in before:
            handler.close()
    root.handlers, root.level = before, level


def engine() -> ScriptedEngine:
    return ScriptedEngine(answers={seq: (Segment(0, 400, f" {SAID}"),) for seq in range(9)})


def uploaded(scene: Scene) -> str:
    """A recording with all that people can make of it; returns the job."""
    data = SAMPLE_VIDEO.read_bytes()
    said = {"filename": f"{NEEDLES[0]}.mp4", "file_size_bytes": len(data)}
    hook = {"url": "http://127.0.0.1:9/hook"}
    scene.ask("POST", "/api/webhooks", json=hook)
    offer = scene.ask("POST", "/api/jobs/submit", json=said).json()
    httpx.put(offer["upload"]["url"], content=data)
    scene.door.workshop.work(engine())
    job_id, path = str(offer["job_id"]), f"/api/jobs/{offer['job_id']}"
    scene.door.tokens[job_id] = offer["access_token"]
    made_of_it(scene, job_id, path)
    return job_id


def dropped(scene: Scene) -> str:
    """A recording of the inbox, with its results beside it; returns the job."""
    job_id = scene.door.workshop.drop(SAMPLE_VIDEO, f"Reden/{NEEDLES[0]}.mp4", OWNER)
    scene.door.workshop.work(engine())
    made_of_it(scene, job_id, f"/api/jobs/{job_id}")
    app = scene.door.app
    assert app.mirror is not None
    assert mirror_finished(jobs=app.jobs, store=app.store, mirror=app.mirror, quiet_s=0.0) == 1
    assert len([name for name in scene.files() if name.startswith("results/")]) == 8, "four texts and the machine's"
    return job_id


def made_of_it(scene: Scene, job_id: str, path: str) -> None:
    """One row at least in every table that belongs to a job."""
    scene.ask("PATCH", path, json={"title": NEEDLES[1], "tags": [NEEDLES[2]]})
    name = {"op": "name", "speaker": "S1", "name": NEEDLES[3]}
    for revision, edit in enumerate((name, name | {"name": "A"})):
        based_on = {"If-Match": f'"{revision}"'}
        scene.ask("POST", f"{path}/revisions", json={"operations": [edit]}, headers=based_on)
    scene.ask("POST", f"{path}/share", json={})
    scene.sql(
        "insert into aisubs.push_subscriptions (job_id, endpoint, endpoint_hash, p256dh, auth, language) "
        "values (%s, 'https://fcm.googleapis.com/x', 'x', 'x', 'x', 'en')", job_id,
    )  # fmt: skip
    scene.door.app.jobs.index_texts(10)
    scene.sql("insert into aisubs.speaker_chunks values (%s, 0, 0, 9, 'x')", job_id)
    scene.sql("insert into aisubs.voice_owners values ('machine') on conflict do nothing")
    scene.sql(
        "with v as (insert into aisubs.voices (owner_id, name) values ('machine', %s) returning voice_id) "
        "insert into aisubs.voice_prints select voice_id, %s, 'S1', 'n', 'x', 9 from v", NEEDLES[4], job_id,
    )  # fmt: skip
    scene.sql("insert into aisubs.job_voices (job_id, speaker, network, print, heard_ms) values (%s,'S1','n','x',9)",
              job_id)  # fmt: skip
    scene.sql(
        "insert into aisubs.command_files (path, job_id, format, sha256, revision) values (%s, %s, 'srt', %s, 9)",
        f"/tmp/{NEEDLES[0]}.srt", job_id, "a" * 64,
    )  # fmt: skip
    translate(scene, job_id)
    scene.sql(
        "insert into aisubs.video_copies (job_id, kind, profile, language, revision, made_of, subtitles) "
        "values (%s, 'burn', 'netflix', 'de', 2, 'x', %s)", job_id, f"Title: {NEEDLES[1]}",
    )  # fmt: skip
    empty = [row["name"] for row in scene.sql("select name from aisubs_core.tables_of_jobs()")
             if not scene.sql(f"select 1 from aisubs.{row['name']} where job_id = %s", job_id)]  # fmt: skip
    assert empty == [], "nothing is tried of these tables"


def translate(scene: Scene, job_id: str) -> None:
    """A text in another language, and what it has cost."""
    jobs, sentence = scene.door.app.jobs, Sentence(0, Source(SAID, (0,), (9,)), SentenceState.WAITING)
    of = {"source_language": "en", "source_revision": 2, "glossary": (Term(NEEDLES[3], "A"),), "shifts": ()}
    jobs.request_translation(job_id, MACHINE, "de", **of, sentences=[sentence], at_most=9)  # type: ignore[arg-type]
    claim = jobs.claim_translation(9.0, "model", None)
    assert claim is not None
    done = replace(sentence, state=SentenceState.TRANSLATED, text=NEEDLES[1])
    jobs.save_translated(job_id, "de", claim["fence"], [done], tokens=9, requests=1, lease_s=9.0)


def by_owner(scene: Scene, job_id: str) -> None:
    scene.ask("DELETE", f"/api/jobs/{job_id}")


def by_retention(scene: Scene, job_id: str) -> None:
    scene.sql("update aisubs.transcription_jobs set created_at = now() - interval '8 days' where job_id = %s", job_id)
    app = scene.door.app
    assert expire_jobs(jobs=app.jobs, store=app.store, mirror=app.mirror, retention_hours=168.0) == 1


def by_account(scene: Scene, job_id: str) -> None:
    app = scene.door.app
    assert delete_owner(MACHINE, jobs=app.jobs, store=app.store, mirror=app.mirror) == [job_id]


LATER = {"aisubs.voices", "aisubs.voice_prints"}
"""What an owner has named stays when retention takes the recording: it is for later ones."""


@pytest.mark.parametrize("delete", [by_owner, by_retention, by_account])
@pytest.mark.parametrize("make", [uploaded, dropped])
def test_nothing_is_found_of_what_was_deleted(
    scene: Scene, make: Callable[[Scene], str], delete: Callable[[Scene, str], None]
) -> None:
    job_id = make(scene)
    assert {f"aisubs.{table}" for table in ("transcription_jobs", "transcript_windows", "text_index")} <= scene.found(
        *NEEDLES, SAID, job_id
    )
    stays = scene.files() if delete is by_retention and make is dropped else {}
    delete(scene, job_id)
    left = scene.found(*NEEDLES, SAID)
    if delete is by_retention:
        # What people came for stays where they look for it, and so does our note that it is our writing.
        left -= LATER | {"aisubs.written_files"} | {name for name in stays if name.startswith("results/")}
    assert left == set()
    told = scene.sql("select kept from aisubs.deletions where job_id = %s", job_id)[0]["kept"]
    numbered = {"aisubs.deletions": "this", "aisubs.ended_uploads": "upload", "aisubs.webhook_messages": "message"}
    numbered |= {"aisubs.voice_prints": "voices", "logs/up.log": "logs", "aisubs.written_files": "results"}
    # Its number stands only where the deletion says so.
    assert {numbered[place] for place in scene.found(job_id)} <= {one["what"] for one in told}


def test_the_deletion_says_what_went_and_who_may_know(scene: Scene) -> None:
    job_id = uploaded(scene)
    assert fault_of(scene.door.http.get(f"/api/deletions/{job_id}", headers=scene.session)) == (404, "job_not_found")
    answer = scene.ask("DELETE", f"/api/jobs/{job_id}")
    assert answer.status_code == 204
    told = scene.ask("GET", answer.headers["Location"]).json()
    assert (told["deleted_by"], bool(told["finished_at"])) == ("owner", True)
    assert told["rows"]["transcription_jobs"] == told["rows"]["voice_prints"] == told["rows"]["job_shares"] == 1
    assert told["rows"]["transcript_revisions"] == 2
    assert told["objects"] == {"source": 1, "results": 5, "mirrors": 0}
    assert {one["what"] for one in told["kept"]} == {
        "command_files", "upload", "message", "logs", "backups", "this"
    }  # fmt: skip
    assert scene.door.http.get(f"/api/deletions/{job_id}", headers=scene.door.auth(job_id)).json() == told
    for nobody in ({}, {"Authorization": "Bearer nobody"}):
        assert scene.door.http.get(f"/api/deletions/{job_id}", headers=nobody).status_code in (401, 404)
    scene.sql("update aisubs.deletions set deleted_at = now() - interval '31 days'")
    app = scene.door.app
    expire_jobs(jobs=app.jobs, store=app.store, mirror=app.mirror, retention_hours=168.0)
    assert scene.sql("select * from aisubs.deletions") == []


def test_a_worker_that_comes_too_late_leaves_nothing(scene: Scene) -> None:
    """The account is deleted when the last word is saved: what is written of it then goes as well."""
    app = scene.door.app
    job_id = scene.door.workshop.drop(SAMPLE_VIDEO, f"{NEEDLES[0]}.mp4", OWNER)
    slow = Deleting(app.store, lambda: by_account(scene, job_id))
    worker = make_worker(replace(app, store=slow), threading.Event(), lambda _: engine())
    assert work(worker, "late") == 0
    assert slow.wrote == 4
    assert list(app.store.list()) == []
    assert scene.found(*NEEDLES, SAID) == set()


class Deleting:
    """The real store, with somebody who deletes everything before the first result is written."""

    def __init__(self, store: Any, delete: Callable[[], None]) -> None:
        self.store, self.delete_all, self.wrote, self.lock = store, delete, 0, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def put(self, name: str, *given: Any, **named: Any) -> Any:
        with self.lock:
            if self.wrote == 0:
                self.delete_all()
            self.wrote += 1
        return self.store.put(name, *given, **named)


def test_results_that_a_person_changed_are_theirs(scene: Scene) -> None:
    job_id = dropped(scene)
    folder = scene.door.workshop.folder / "results" / "Reden"
    mine = folder / f"{NEEDLES[0]}.mp4.srt"
    mine.write_text("mine")
    by_owner(scene, job_id)
    assert [path for path in (scene.door.workshop.folder / "results").rglob("*") if path.is_file()] == [mine]
    (told,) = scene.sql("select objects from aisubs.deletions")
    assert told["objects"]["mirrors"] == 7


def test_without_its_mirror_the_rest_is_left_to_retention(scene: Scene) -> None:
    """The cloud's API may not delete there: the tombstone stays until somebody has."""
    job_id = dropped(scene)
    app = scene.door.app
    for item in app.jobs.delete_job(job_id, MACHINE):
        app.store.delete(item["name"], item["generation"])
    app.jobs.forget_job(job_id)
    assert scene.sql("select finished_at from aisubs.deletions") == [{"finished_at": None}]
    assert expire_jobs(jobs=app.jobs, store=app.store, mirror=app.mirror, retention_hours=168.0) == 1
    assert scene.found(*NEEDLES, SAID) == set()


def test_everything_of_an_owner_goes_at_once_and_nothing_of_others(scene: Scene) -> None:
    """Also what waits, what is being uploaded, and what is being processed: its worker finds that it has lost it."""
    done = uploaded(scene)
    theirs = scene.door.upload(recording())
    line = scene.door.app.jobs
    data = recording()
    for _ in range(3):
        offer = scene.ask("POST", "/api/jobs/submit", json={"filename": "x.wav", "file_size_bytes": len(data)}).json()
    httpx.put(offer["upload"]["url"], content=data)
    claims = [line.claim_next_job(9, "worker") for _ in range(2)]
    app = scene.door.app
    gone = delete_owner(MACHINE, jobs=line, store=app.store, mirror=app.mirror)
    assert len(gone) == 4
    assert done in gone
    left = [str(row["job_id"]) for row in scene.sql("select job_id from aisubs.transcription_jobs")]
    assert left == [theirs]
    assert [item.name for item in app.store.list()] == [scene.door.source(theirs)]
    for table in ("webhooks", "owner_sessions", "voice_owners", "voices"):
        assert scene.sql(f"select * from aisubs.{table}") == [], table
    assert {row["owner_id"] for row in scene.sql("select owner_id from aisubs.deletions")} == {None}
    assert len([claim for claim in claims if claim is not None]) == 2
    with pytest.raises(AisubsError) as refused:
        delete_owner(Holder((), "library:x"), jobs=line, store=app.store, mirror=app.mirror)
    assert refused.value.code == "unauthorized"
