"""Names across recordings, in the database: nothing without opting in, and nothing after forgetting."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from aisubs.model.errors import AisubsError
from aisubs.model.voices import JobVoice, VoicePrint
from aisubs.pipeline.jobs import Holder, Jobs
from tests.pipeline.job_line import SHA, JobLine

ANNA = Holder.of(["token"], "library:anna")
BEN = Holder.of(["bens"], "library:ben")
HERS, HIS = b"a print of her voice", b"a print of his voice"
PROFILE = {"undo": [], "changes": 1, "restored_from": None, "kept_revisions": 9, "kept_bytes": 999}


def voice(speaker: str, data: bytes, voice_id: str | None = None, similarity: float | None = None) -> JobVoice:
    return JobVoice(speaker, VoicePrint("CAM++", data, 20_000), voice_id, similarity)


def heard(line: JobLine, holder: Holder = ANNA, *voices: JobVoice, token: str = "token", sha: str = SHA) -> str:
    """A finished job in which a worker has heard these voices."""
    job = line.web(token, holder=holder.as_json())
    claim = line.claim()
    line.save(claim, 0, 2)
    line.jobs.save_voices(claim.job_id, claim.fence, voices or [voice("Speaker 1", HERS), voice("Speaker 2", HIS)])
    line.complete(claim, content_sha256=sha)
    return job.job_id


def name(line: JobLine, job_id: str, holder: Holder = ANNA, **names: str) -> None:
    based_on = line.jobs.newest_revision(job_id, holder)
    speakers = {speaker.replace("_", " "): shown for speaker, shown in names.items()}
    line.jobs.save_revision(job_id, holder, based_on=based_on, document={"speakers": speakers}, **PROFILE)


def known(line: JobLine, holder: Holder = ANNA) -> list[str]:
    return [row["name"] for row in line.jobs.list_voices(holder)["voices"]]


def stored(line: JobLine, data: bytes = HERS) -> list[str]:
    """The tables in which this print is, in whatever form: all of the database is looked through."""
    tables = line.sql(
        "select format('%I.%I', n.nspname, c.relname) as name "
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and (n.nspname like 'aisubs%' or n.nspname = 'realtime')"
    )
    forms = [data.hex(), b64encode(data).decode(), data.decode()]
    return [
        table["name"]
        for table in tables
        for form in forms
        if line.sql(f"select 1 as hit from {table['name']} t where position(%s in to_jsonb(t)::text) > 0", form)
    ]


@pytest.fixture
def opted_in(line: JobLine) -> JobLine:
    line.jobs.switch_voices(ANNA, wanted=True)
    return line


def test_without_opting_in_nothing_is_kept(line: JobLine) -> None:
    job_id = heard(line)
    name(line, job_id, Speaker_1="Anna")
    assert line.jobs.list_voices(ANNA) == {"enabled": False, "voices": []}
    assert line.jobs.read_known_voices(job_id, ANNA) is None
    assert stored(line) == []


def test_whoever_is_named_is_known_to_the_next_worker(opted_in: JobLine) -> None:
    name(opted_in, heard(opted_in), Speaker_1="Anna")
    opted_in.web(holder=ANNA.as_json())
    claim = opted_in.claim()
    (found,) = opted_in.jobs.read_claimed_voices(claim.job_id, claim.fence) or []
    assert (found.name, found.print) == ("Anna", VoicePrint("CAM++", HERS, 20_000))
    (shown,) = opted_in.jobs.list_voices(ANNA)["voices"]
    assert (shown["name"], shown["recordings"], shown["heard_ms"]) == ("Anna", 1, 20_000)
    assert stored(opted_in, HIS) == ["aisubs.job_voices"], "whom nobody named is known in no other job"


def test_nobody_else_learns_whom_an_owner_knows(opted_in: JobLine) -> None:
    name(opted_in, heard(opted_in), Speaker_1="Anna")
    opted_in.jobs.switch_voices(BEN, wanted=True)
    opted_in.web("bens", holder=BEN.as_json())
    claim = opted_in.claim()
    assert opted_in.jobs.read_claimed_voices(claim.job_id, claim.fence) == []
    assert known(opted_in, BEN) == []
    (row,) = opted_in.jobs.list_voices(ANNA)["voices"]
    with pytest.raises(AisubsError) as caught:
        opted_in.jobs.forget_voices(BEN, row["voice_id"])
    assert caught.value.code == "not_found"
    opted_in.jobs.forget_voices(BEN)
    assert known(opted_in) == ["Anna"]


ASKING: list[Callable[[Jobs, Holder], object]] = [
    lambda jobs, who: jobs.switch_voices(who, wanted=True),
    lambda jobs, who: jobs.forget_voices(who),
]


@pytest.mark.parametrize("ask", ASKING, ids=["switch", "forget"])
def test_the_token_of_a_job_has_no_voices(line: JobLine, ask: Callable[[Jobs, Holder], object]) -> None:
    stranger = Holder.of(["token"])
    with pytest.raises(AisubsError) as caught:
        ask(line.jobs, stranger)
    assert caught.value.code == "voices_owner"
    assert line.jobs.list_voices(stranger) == {"enabled": False, "voices": []}


def test_the_token_of_a_job_teaches_its_owner_and_nobody_else(opted_in: JobLine) -> None:
    """As a browser edits what it has uploaded."""
    opted_in.jobs.switch_voices(BEN, wanted=True)
    name(opted_in, heard(opted_in), Holder.of(["token"]), Speaker_1="Anna")
    assert (known(opted_in), known(opted_in, BEN)) == (["Anna"], [])


def test_a_name_taken_back_is_unlearned_and_another_takes_its_place(opted_in: JobLine) -> None:
    job_id = heard(opted_in)
    name(opted_in, job_id, Speaker_1="Anna", Speaker_2="Ben")
    name(opted_in, job_id, Speaker_1="Hanna", Speaker_2="Ben")
    assert known(opted_in) == ["Ben", "Hanna"]
    name(opted_in, job_id)
    assert known(opted_in) == []


def test_a_suggestion_is_for_the_owner_until_it_is_answered(opted_in: JobLine) -> None:
    name(opted_in, heard(opted_in), Speaker_1="Anna")
    (row,) = opted_in.jobs.list_voices(ANNA)["voices"]
    resembles = [voice("Speaker 1", HIS), voice("Speaker 2", b"hers again", row["voice_id"], 0.83)]
    accepted, declined = (heard(opted_in, ANNA, *resembles) for _ in range(2))
    told = {"speaker": "Speaker 2", "suggested_name": "Anna", "similarity": 0.83}
    for job_id in (accepted, declined):
        assert opted_in.jobs.list_suggestions(job_id, ANNA) == [told]
    name(opted_in, accepted, Speaker_2="Anna")
    opted_in.jobs.decline_suggestion(declined, ANNA, "Speaker 2")
    for job_id in (accepted, declined):
        assert opted_in.jobs.list_suggestions(job_id, ANNA) == []
    assert opted_in.jobs.list_voices(ANNA)["voices"][0]["recordings"] == 2, "accepting teaches, declining does not"


def recognised(line: JobLine) -> tuple[str, str]:
    """Anna is learned in one job, and recognised in another by the very same print."""
    first = heard(line)
    name(line, first, Speaker_1="Anna", Speaker_2="Ben")
    voice_id = next(row["voice_id"] for row in line.jobs.list_voices(ANNA)["voices"] if row["name"] == "Anna")
    heard(line, ANNA, voice("Speaker 1", HERS, voice_id, 0.9), sha="6" * 64)
    return first, voice_id


@pytest.mark.parametrize("forget", ["one", "all", "opting out"])
def test_after_forgetting_no_store_holds_the_print(opted_in: JobLine, forget: str) -> None:
    first, voice_id = recognised(opted_in)
    assert set(stored(opted_in)) == {"aisubs.job_voices", "aisubs.voice_prints"}
    if forget == "opting out":
        opted_in.jobs.switch_voices(ANNA, wanted=False)
    else:
        assert opted_in.jobs.forget_voices(ANNA, voice_id if forget == "one" else None) == (1 if forget == "one" else 2)
    assert stored(opted_in) == []
    assert known(opted_in) == (["Ben"] if forget == "one" else [])
    assert bool(stored(opted_in, HIS)) == (forget == "one")
    name(opted_in, first, Speaker_1="Anna")
    assert "Anna" not in known(opted_in), "what is forgotten is not learned again by the next correction"


def test_deleting_a_recording_takes_back_what_it_taught_and_retention_does_not(opted_in: JobLine) -> None:
    job_id = heard(opted_in)
    name(opted_in, job_id, Speaker_1="Anna")
    opted_in.jobs.delete_job(job_id, ANNA)
    assert (known(opted_in), stored(opted_in)) == ([], [])

    job_id = heard(opted_in, sha="7" * 64)
    name(opted_in, job_id, Speaker_1="Anna")
    opted_in.passes(job_id, "created_at", 7200)
    opted_in.jobs.expire_jobs(1.0, 10)
    assert (known(opted_in), stored(opted_in)) == (["Anna"], ["aisubs.voice_prints"])


def test_a_voice_that_nobody_hears_for_a_year_is_forgotten(opted_in: JobLine) -> None:
    name(opted_in, heard(opted_in), Speaker_1="Anna")
    for days, left in ((364, ["Anna"]), (2, [])):
        opted_in.sql("update aisubs.voices set heard_at = heard_at - make_interval(days => %s)", days)
        opted_in.jobs.expire_jobs(100_000.0, 10)
        assert known(opted_in) == left


def test_a_job_that_takes_a_result_over_has_its_voices(opted_in: JobLine) -> None:
    heard(opted_in)
    offered = opted_in.offer(holder=ANNA.as_json(), video_hash=SHA)
    opted_in.web(holder=ANNA.as_json())
    claim = opted_in.claim()
    assert opted_in.jobs.adopt_result(claim.job_id, claim.fence, SHA)
    for number, job_id in enumerate((offered.job_id, claim.job_id), 1):
        name(opted_in, job_id, Speaker_1="Anna")
        assert opted_in.jobs.list_voices(ANNA)["voices"][0]["recordings"] == number


def test_what_moves_to_another_owner_leaves_its_voices_behind(opted_in: JobLine) -> None:
    job_id = heard(opted_in)
    opted_in.jobs.claim_jobs(ANNA, "somebody", revoke=False)
    moved = Holder((), "somebody")
    opted_in.jobs.switch_voices(moved, wanted=True)
    name(opted_in, job_id, moved, Speaker_1="Anna")
    assert (known(opted_in, moved), stored(opted_in)) == ([], [])


def test_starting_over_starts_over_with_the_voices(opted_in: JobLine) -> None:
    opted_in.web(holder=ANNA.as_json())
    claim = opted_in.claim()
    again: dict[str, Any] = {"job_id": claim.job_id, "fence": claim.fence}
    for discard in (opted_in.jobs.discard_speaker_chunks, opted_in.jobs.discard_windows):
        opted_in.jobs.save_voices(**again, voices=[voice("Speaker 1", HERS)])
        assert stored(opted_in) == ["aisubs.job_voices"]
        discard(**again)
        assert stored(opted_in) == []
