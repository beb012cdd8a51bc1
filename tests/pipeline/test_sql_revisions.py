"""The history of an edited text in the database: who may add to it, in which order, and how much of it is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder, Jobs
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.pipeline.beginnings import BEGINNINGS, HOLDER, completed
from tests.pipeline.job_line import JobLine

TABLES = ("transcript_edits", "transcript_revisions")


def save(line: JobLine, job_id: str, based_on: int, **changes: Any) -> int:
    """A text whose number stands in it."""
    revision = {
        "based_on": based_on,
        "document": {"speakers": {}, "paragraphs": [], "number": based_on + 1, "text": "größer 🙂"},
        "undo": [{"back to": based_on}],
        "changes": 1,
        "restored_from": None,
        "kept_revisions": 1000,
        "kept_bytes": 1 << 20,
    }
    return int(line.jobs.save_revision(job_id, changes.pop("holder", HOLDER), **revision | changes)["revision"])


def refusal(line: JobLine, *arguments: Any, **changes: Any) -> tuple[str, int]:
    with pytest.raises(AisubsError) as caught:
        save(line, *arguments, **changes)
    return caught.value.code, caught.value.http_status


def rows(line: JobLine) -> list[int]:
    return [int(line.sql(f"select count(*) from aisubs.{table}")[0]["count"]) for table in TABLES]


def test_texts_come_back_as_they_were_saved(line: JobLine) -> None:
    job_id = completed(line)
    assert (line.jobs.newest_revision(job_id, HOLDER), line.jobs.read_revision(job_id, HOLDER)) == (0, None)
    assert line.jobs.open_revision(job_id, HOLDER) is None
    odd = {"z": 1, "a": [1.50, None, "\u2028", "\\u0000", "🙂"], "": {}}
    assert save(line, job_id, 0, document=odd, undo=[odd, odd]) == 1
    assert save(line, job_id, 1, changes=7, restored_from=0) == 2
    back = line.jobs.read_revision(job_id, HOLDER, 0)
    assert back is not None
    assert (back["newest"], back["document"]["number"]) == (2, 2)
    assert back["undo"] == [[{"back to": 1}], [odd, odd]]
    assert list(back["undo"][1][0]) == list(odd), "not even the order of the members changes"
    newest = line.jobs.read_revision(job_id, HOLDER)
    assert newest is not None
    assert newest["undo"] == []
    listed = line.jobs.list_revisions(job_id, HOLDER)
    assert [(row["revision"], row["changes"], row["restored_from"]) for row in listed] == [(2, 7, 0), (1, 1, None)]
    opened = line.jobs.open_revision(job_id, HOLDER)
    assert opened is not None
    assert (opened["revision"], opened["saved_at"]) == (2, listed[0]["saved_at"])


@pytest.mark.parametrize("beginning", sorted(set(BEGINNINGS) - {"completed"}))
def test_only_a_finished_text_is_edited(line: JobLine, beginning: str) -> None:
    job_id = BEGINNINGS[beginning](line)
    assert refusal(line, job_id, 0) == ("not_finished", 409)
    with pytest.raises(AisubsError) as caught:
        line.jobs.open_revision(job_id, HOLDER)
    assert caught.value.code == "not_finished"
    assert rows(line) == [0, 0]


def test_only_its_holder_edits_it(line: JobLine) -> None:
    job_id = completed(line)
    for stranger in (Holder.of(["wrong"]), Holder(), Holder(owner_id="me")):
        assert refusal(line, job_id, 0, holder=stranger) == ("job_not_found", 404)
        with pytest.raises(AisubsError) as caught:
            line.jobs.open_revision(job_id, stranger)
        assert caught.value.code == "job_not_found"
    line.jobs.delete_job(job_id, HOLDER)
    assert refusal(line, job_id, 0) == ("job_not_found", 404)
    assert rows(line) == [0, 0]


def test_of_many_edits_of_one_text_one_is_saved(line: JobLine) -> None:
    job_id = completed(line)

    def attempt(number: int) -> str:
        try:
            save(line, job_id, 0, document={"by": number})
        except AisubsError as fault:
            return fault.code
        return "saved"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(16)))
    assert sorted(outcomes) == ["revision_conflict"] * 15 + ["saved"]
    newest = line.jobs.read_revision(job_id, HOLDER)
    assert newest is not None
    assert newest["document"] == {"by": outcomes.index("saved")}
    assert rows(line) == [1, 1]
    for stale in (0, 2, -1):
        assert refusal(line, job_id, stale) == ("revision_conflict", 412)


def test_the_history_is_bounded_by_number_and_by_size(line: JobLine) -> None:
    job_id, other = completed(line), completed(line)
    save(line, other, 0)
    for number in range(5):
        save(line, job_id, number, kept_revisions=3)
    assert [row["revision"] for row in line.jobs.list_revisions(job_id, HOLDER)] == [5, 4, 3]
    assert line.jobs.newest_revision(job_id, HOLDER) == 5
    step = [{"undo": "x" * 1_000}]
    for number in range(5, 9):
        save(line, job_id, number, undo=step, kept_bytes=2_500)
    assert [row["revision"] for row in line.jobs.list_revisions(job_id, HOLDER)] == [9, 8]
    save(line, job_id, 9, undo=[{"undo": "x" * 10_000}], kept_bytes=2_500)
    assert [row["revision"] for row in line.jobs.list_revisions(job_id, HOLDER)] == [10], "the newest always stays"
    assert len(line.jobs.list_revisions(other, HOLDER)) == 1


def test_each_twin_has_a_text_of_its_own_and_it_goes_with_the_job(line: JobLine) -> None:
    original = completed(line)
    twin = line.offer("token", holder=HOLDER.as_json(), video_hash="5" * 64)
    assert twin.cached
    save(line, original, 0)
    assert line.jobs.newest_revision(twin.job_id, HOLDER) == 0
    save(line, twin.job_id, 0, document={"mine": 1})
    line.jobs.delete_job(original, HOLDER)
    line.jobs.forget_job(original)
    assert rows(line) == [1, 1]
    kept = line.jobs.read_revision(twin.job_id, HOLDER)
    assert kept is not None
    assert kept["document"] == {"mine": 1}
    assert len(line.windows(twin.job_id, 0, 10)) == 3, "the machine's text is there as well"
    line.jobs.delete_job(twin.job_id, HOLDER)
    line.jobs.forget_job(twin.job_id)
    assert rows(line) == [0, 0]


def test_through_postgrest_it_is_the_same(line: JobLine) -> None:
    """A text of three megabytes, as large as that of ten hours."""
    job_id = completed(line)
    large = {"z": "größer 🙂 " * 200_000, "a": [1.50, None, "\u2028"]}
    with SupabaseRpc(line.url) as endpoint, closing(SupabaseDatabase(endpoint.url, endpoint.keys.service)) as plug:
        line.jobs = Jobs(plug)
        save(line, job_id, 0, document=large, undo=[large])
        back = line.jobs.read_revision(job_id, HOLDER, 0)
        assert back is not None
        assert (list(back["document"]), back["document"], back["undo"]) == (list(large), large, [[large]])
        assert refusal(line, job_id, 0) == ("revision_conflict", 412)
        assert line.jobs.newest_revision(job_id, HOLDER) == 1


def test_the_service_role_can_edit(line: JobLine) -> None:
    line.sql(f"alter database {line.connection.info.dbname} set role service_role")
    with JobLine(line.url) as service:
        job_id = completed(service)
        save(service, job_id, 0)
        save(service, job_id, 1, kept_revisions=1)
        assert [row["revision"] for row in service.jobs.list_revisions(job_id, HOLDER)] == [2]
