"""Lists, names, tags, what is kept, and who is warned before retention."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.cli.jobs import warnings
from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder, Jobs, hash_token
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import SHA, JobLine

DAY_S = 86_400.0
WEEK_H = 168.0


def names(line: JobLine, holder: Holder = HOLDER, **filters: Any) -> list[str]:
    return [row["title"] or row["filename"] for row in line.jobs.list_jobs(holder, 1, 50, filters)]


def made(line: JobLine, *files: str, **changes: Any) -> list[str]:
    return [line.offer(filename=name, **changes).job_id for name in files]


def edit(line: JobLine, job_id: str, based_on: int = 0) -> None:
    line.jobs.save_revision(
        job_id, HOLDER, based_on=based_on, document={"speakers": {}, "paragraphs": []}, undo=[], changes=1,
        restored_from=None, kept_revisions=10, kept_bytes=1000,
    )  # fmt: skip


# ── names, tags ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_is_named_changes_and_the_file_keeps_its_name(line: JobLine) -> None:
    job = line.offer()
    changed = line.jobs.update_job(job.job_id, HOLDER, {"title": "Ratssitzung", "tags": ["Rat", "2026"]})
    assert (changed.title, changed.tags, changed.filename, changed.name) == (
        "Ratssitzung", ("Rat", "2026"), "talk.mp4", "Ratssitzung"
    )  # fmt: skip
    assert changed.version > job.version
    assert line.jobs.update_job(job.job_id, HOLDER, {"tags": []}).title == "Ratssitzung"
    assert line.jobs.update_job(job.job_id, HOLDER, {"title": None}).name == "talk.mp4"
    untouched = line.jobs.update_job(job.job_id, HOLDER, {})
    assert line.jobs.update_job(job.job_id, HOLDER, {}).version == untouched.version


def test_a_link_changes_nothing(line: JobLine) -> None:
    job = line.finished()
    line.jobs.create_share(job.job_id, HOLDER, hash_token("guest"), None, include_media=True)
    for token, code in (("guest", "read_only"), ("stranger", "job_not_found")):
        with pytest.raises(AisubsError) as caught:
            line.jobs.update_job(job.job_id, Holder.of([token]), {"title": "Mine"})
        assert caught.value.code == code


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_is_sifted(line: JobLine) -> None:
    talk, _, koeln = made(line, "talk.mp4", "lecture.wav", "Köln 1.mp3")
    line.jobs.update_job(talk, HOLDER, {"title": "Rat & Tat", "tags": ["Rat", "2026"]})
    line.jobs.update_job(koeln, HOLDER, {"tags": ["2026"], "keep": True})
    line.jobs.cancel_job(koeln, HOLDER, cancel_running=False)
    assert set(names(line, tags=["2026"])) == {"Rat & Tat", "Köln 1.mp3"}
    assert names(line, tags=["2026", "Rat"]) == ["Rat & Tat"]
    assert names(line, tags=["none"]) == []
    assert names(line, text="KOLN") == names(line, text="köln") == ["Köln 1.mp3"]
    assert names(line, text="talk") == names(line, text="rat") == ["Rat & Tat"], "by the file's name and by a tag, too"
    assert names(line, text="%") == []
    assert names(line, kept=True) == ["Köln 1.mp3"]
    assert len(names(line, kept=False)) == 2
    assert names(line, statuses=["cancelled"], sources=["web"]) == ["Köln 1.mp3"]
    assert names(line, sources=["folder"]) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "cab"),
        ({"order": "asc"}, "bac"),
        ({"sort": "name"}, "abc"),
        ({"sort": "name", "order": "desc"}, "cba"),
        ({"sort": "size"}, "bca"),
        ({"sort": "size", "order": "asc"}, "acb"),
        ({"sort": "expires", "order": "asc"}, "bac"),
        ({"sort": "duration"}, "cab"),
        ({"sort": "edited"}, "cab"),
    ],
    ids=str,
)
def test_a_list_is_sorted(line: JobLine, asked: dict[str, str], expected: str) -> None:
    """What has no value for it comes last, the newest first."""
    for name, size in (("b", 30_000_000_000), ("Á", 5), ("c", 1000)):
        line.offer(filename=name, file_size_bytes=size)
    assert "".join(names(line, **asked)).lower().replace("á", "a") == expected


def test_the_totals_are_of_everything(line: JobLine) -> None:
    job = line.finished()
    line.jobs.update_job(job.job_id, HOLDER, {"tags": ["Rat"]})
    line.offer(file_size_bytes=5)
    line.offer("somebody else")
    assert line.jobs.library_totals(HOLDER) == {
        "jobs": 2,
        "duration_ms": 60_000,
        "size_bytes": 1_000_005,
        "statuses": {"completed": 1, "uploading": 1},
        "sources": {"web": 2},
        "tags": {"Rat": 1},
    }
    assert line.jobs.library_totals(Holder())["jobs"] == 0


# ── retention ────────────────────────────────────────────────────────────────────────────────────────────────────────


def gone(line: JobLine) -> list[str]:
    return [row["job_id"] for row in line.jobs.expire_jobs(WEEK_H, 10)]


def test_what_is_kept_outlives_retention(line: JobLine) -> None:
    kept, other = line.finished(), line.finished("other")
    shown = line.jobs.update_job(kept.job_id, HOLDER, {"keep": True})
    assert (shown.kept, shown.expires_at) == (True, None)
    for job in (kept, other):
        line.passes(job.job_id, "created_at", 30 * DAY_S)
    assert gone(line) == [other.job_id]
    share = line.jobs.create_share(kept.job_id, HOLDER, hash_token("guest"), None, include_media=True)
    assert share["expires_at"] is None


def test_what_is_no_longer_kept_has_its_full_time(line: JobLine) -> None:
    job_id = line.finished().job_id
    line.jobs.update_job(job_id, HOLDER, {"keep": True})
    line.passes(job_id, "created_at", 30 * DAY_S)
    shown = line.jobs.update_job(job_id, HOLDER, {"keep": False})
    assert shown.expires_at is not None
    left = datetime.fromisoformat(shown.expires_at) - datetime.now().astimezone()
    assert left > timedelta(days=6, hours=23)
    assert gone(line) == []
    line.passes(job_id, "unkept_at", 8 * DAY_S)
    assert gone(line) == [job_id]


def warned_before(line: JobLine, job_id: str) -> timedelta:
    shown = line.jobs.get_job(job_id, HOLDER)
    return datetime.fromisoformat(str(shown.expires_at)) - datetime.fromisoformat(str(shown.warn_at))


def test_whoever_corrected_a_text_is_warned(line: JobLine) -> None:
    job = line.finished()
    assert (job.revision, job.edited_at, job.warn_at) == (0, None, None)
    edit(line, job.job_id)
    assert warned_before(line, job.job_id) == timedelta(hours=48)
    shown = line.jobs.get_job(job.job_id, HOLDER)
    assert (shown.revision, shown.edited_at is None) == (1, False)
    assert names(line, edited=True) == ["talk.mp4"]
    assert names(line, edited=False) == []
    line.jobs.expire_jobs(24.0, 10)  # whoever keeps for a day cannot warn two days before
    assert warned_before(line, job.job_id) == timedelta(hours=12)
    shown = line.jobs.get_job(job.job_id, HOLDER)
    due = datetime.fromisoformat(str(shown.warn_at))
    assert list(warnings([shown, job], due - timedelta(seconds=1))) == []
    (warning,) = warnings([shown, job], due)
    assert warning.startswith("talk.mp4: your text is deleted 20")
    assert line.jobs.update_job(job.job_id, HOLDER, {"keep": True}).warn_at is None


@pytest.mark.parametrize(("text", "folded"), [
    ("KÖLN", "koln"), ("Straße", "strasse"), ("ﬁne ＡＢＣ", "fine abc"), ("ΆΛΦΑ", "αλφα"), ("Żółć", "zolc"),
    ("が", "が"), ("한국", "한국"), ("हिन्दी", "हिन्दी"), ("ﷺ", "صلى الله عليه وسلم"), ("Ærø", "aero"), ("", ""),
])  # fmt: skip
def test_text_is_compared_without_case_and_accents(line: JobLine, text: str, folded: str) -> None:
    assert line.sql("select aisubs_core.fold(%s) as folded", text) == [{"folded": folded}]


@pytest.mark.parametrize("keep", [True, False])
def test_what_is_kept_keeps_the_recording_that_it_plays(line: JobLine, keep: bool) -> None:
    """A job that took over a result was never uploaded itself."""
    original = line.finished(video_hash=SHA)
    twin = line.offer("other", holder=HOLDER.as_json(), video_hash=SHA)
    assert twin.cached
    both = Holder.of(["token", "other"])
    played = line.jobs.get_recording(twin.job_id, both)["object_name"]
    line.jobs.update_job(twin.job_id, both, {"keep": keep})
    objects = line.jobs.delete_job(original.job_id, HOLDER)
    assert (played in [item["name"] for item in objects]) == (not keep)
    if keep:
        assert line.jobs.get_recording(twin.job_id, both)["object_name"] == played
        line.jobs.forget_job(original.job_id)
        assert played in [item["name"] for item in line.jobs.delete_job(twin.job_id, both)]
    else:
        with pytest.raises(AisubsError, match="no longer here"):
            line.jobs.get_recording(twin.job_id, both)


def test_the_other_database_answers_alike(line: JobLine) -> None:
    """PostgREST hands arguments over in its own way: nulls, lists, objects."""
    job = line.finished()
    with SupabaseRpc(line.url) as endpoint, closing(SupabaseDatabase(endpoint.url, endpoint.keys.service)) as plug:
        jobs = Jobs(plug)
        changed = jobs.update_job(job.job_id, HOLDER, {"title": "Rat", "tags": ["a"], "keep": True})
        assert (changed.title, changed.tags, changed.kept) == ("Rat", ("a",), True)
        assert jobs.update_job(job.job_id, HOLDER, {"title": None}).title is None
        for filters in ({}, None, {"statuses": None, "tags": ["a"], "kept": True, "text": None, "sort": "name"}):
            assert [row["job_id"] for row in jobs.list_jobs(HOLDER, 1, 5, filters)] == [job.job_id]
        assert jobs.library_totals(HOLDER) == line.jobs.library_totals(HOLDER)
        assert (jobs.index_texts(5, Holder.of(["x"])), jobs.index_texts(5), jobs.index_texts(5, HOLDER)) == (0, 1, 0)
        for within in (None, job.job_id):
            (found,) = jobs.search_texts(HOLDER, ["satz nummer", "gros"], True, within, 1, 5, 2)
            assert (found["job_id"], found["found"], len(found["hits"])) == (job.job_id, 3, 2)
        session = jobs.begin_session(hash_token("phone"), "machine", "Phone", 60.0)
        asking = Holder.of(["phone"], "machine")
        assert jobs.session_owner(asking, 60.0) == "machine"
        assert [row["session_id"] for row in jobs.list_sessions(asking)] == [session["session_id"]]
        jobs.end_session(asking, None)
        assert jobs.session_owner(asking, 60.0) is None
        assert jobs.claim_jobs(HOLDER, "library:x", revoke=False) == 1
