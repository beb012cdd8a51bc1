"""Every function of the database and every live topic against everybody who could ask: what is not in the matrix is
denied, and a function that is not in it fails here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder, hash_token
from tests.pipeline.job_line import BROWSERS, SHA, USUAL, JobLine

ALLOWED = "allowed"
GUESTS = ("share", "share+media", "share+history")
OVER = ("expired", "revoked")
CALLERS = ("none", "stranger", "other user", "other library", "owner", "owner by library", *GUESTS, *OVER)

_NOT_THERE = dict.fromkeys(("none", "stranger", "other user", "other library"), "job_not_found")
_OVER = dict.fromkeys(OVER, "share_over")
_OWNERS = dict.fromkeys(("owner", "owner by library"), ALLOWED)
READ = _NOT_THERE | _OVER | _OWNERS | dict.fromkeys(GUESTS, ALLOWED)
OWN = READ | dict.fromkeys(GUESTS, "read_only")
HISTORY = READ | dict.fromkeys(GUESTS, "history_not_shared") | {"share+history": ALLOWED}
MEDIA = READ | dict.fromkeys(GUESTS, "recording_not_shared") | {"share+media": ALLOWED}
LINK = dict.fromkeys(CALLERS, "share_over") | dict.fromkeys(GUESTS, ALLOWED)
"""What each caller is told of a job."""

OF_A_JOB: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "get_job": (READ, {}),
    "get_result": (READ, {}),
    "newest_revision": (READ, {}),
    "read_revision": (READ, {"revision": None}),
    "read_revision of an older text": (HISTORY, {"revision": 0}),
    "read_windows": (HISTORY, {"since_seq": 0, "max_rows": 5}),
    "list_revisions": (HISTORY, {}),
    "list_translations": (READ, {}),
    "read_translation": (READ, {"language": "de"}),
    "delete_translation": (OWN, {"language": "xx"}),
    "request_translation": (
        OWN,
        {"language": "de", "source_language": "en", "source_revision": 0, "glossary": [], "shifts": []}
        | {"sentences": [], "at_most": 9},
    ),
    "check_history": (HISTORY, {}),
    "list_video_copies": (OWN, {}),
    "delete_video_copy": (OWN, {"copy_id": str(uuid4())}),
    "request_video_copy": (
        OWN,
        {"kind": "mux", "profile": "netflix", "language": "en", "revision": 0, "subtitles": "x"}
        | {"at_most": 9, "open_at_most": 9},
    ),
    "read_turns": (HISTORY, {}),
    "read_speaker_chunks": (OWN, {"since_seq": 0, "max_rows": 5}),
    "list_suggestions": (OWN, {}),
    "decline_suggestion": (OWN, {"speaker": "Speaker 1"}),
    "read_known_voices": (OWN, {}),
    "replace_voices": (OWN, {"voices": []}),
    "get_recording": (MEDIA, {}),
    "read_peaks": (MEDIA, {"since_seq": 0, "max_rows": 5}),
    "get_own_job": (OWN, {}),
    "find_upload": (OWN, {}),
    "list_shares": (OWN, {}),
    "open_revision": (OWN, {}),
    "save_revision": (
        OWN,
        {"based_on": 1, "document": {}, "undo": [], "changes": 1, "restored_from": None, "kept_revisions": 9}
        | {"kept_bytes": 999},
    ),
    "create_share": (OWN, {"token_hash": "a" * 64, "expires_in_s": None, "include_media": True}),
    "revoke_share": (OWN, {"share_id": str(uuid4())}),
    "subscribe_push": (OWN, {"endpoint": "https://x", "p256dh": "x", "auth": "x", "language": "en"}),
    "unsubscribe_push": (OWN, {"endpoint": "https://x"}),
    "update_job": (OWN, {"changes": {"title": "mine now"}}),
    "retry_job": (OWN, {"queue_capacity": 9}),
    "renew_upload": (OWN, {"upload_lease_s": 9, "upload_deadline_s": 9}),
    "cancel_job": (OWN, {"cancel_running": True}),
    "delete_job": (OWN, {}),
    "get_deletion": (dict.fromkeys(CALLERS, "job_not_found"), {}),
    "open_share": (LINK, {}),
}

OF_MANY: dict[str, dict[str, Any]] = {
    "list_jobs": {"page": 1, "per_page": 9},
    "library_totals": {},
    "held_among": {},
    "search_texts": {"terms": ["satz"], "prefix": True, "within": None, "page": 1, "per_page": 9, "hits_per_job": 9},
    "list_sessions": {},
    "end_session": {"session_id": None},
    "session_owner": {"idle_s": 9},
    "claim_jobs": {"owner_id": "library:thief", "revoke": True},
    "index_texts": {"batch": 9},
    "offer_upload": {},
    "list_webhooks": {},
    "list_deliveries": {"webhook_id": str(uuid4())},
    "list_voices": {},
    "get_usage": {"address": "x", **dict.fromkeys(USUAL, 9)},
    "get_account": {},
    "list_keys": {},
    "revoke_key": {"key_id": str(uuid4())},
    "key_owner": {},
}
"""Whose answer is what the holder has; of a job that is not the holder's own they tell and change nothing."""

OF_A_WEBHOOK = {"create_webhook", "delete_webhook", "rotate_webhook", "test_webhook"}
"""Of the holder's owner, or there is none: tests/doors/test_http_webhooks.py."""

OF_AN_ACCOUNT = {"delete_owner", "create_key"}
"""Of whoever is signed in: tests/attacks/test_deletion.py, tests/pipeline/test_sql_accounts.py."""

OF_ADMINISTRATORS = {"admin_queue", "admin_usage", "admin_pause", "admin_raise", "admin_fail", "admin_retry"}
OF_ADMINISTRATORS |= {"admin_delete", "admin_limit"}
"""Nobody else's: below, and tests/doors/test_http_admin.py."""

OF_VOICES = {"switch_voices", "forget_voices"}
"""The same: tests/pipeline/test_sql_voices.py."""

BY_FENCE = {"heartbeat", "set_stage", "save_windows", "review_windows", "discard_windows", "adopt_result"}
BY_FENCE |= {"complete_job", "fail_job", "release_job", "read_claimed_windows"}
BY_FENCE |= {"read_claimed_speaker_chunks", "save_speaker_chunks", "discard_speaker_chunks"}
BY_FENCE |= {"read_claimed_voices", "save_voices"}
BY_FENCE |= {"renew_video_copy", "end_video_copy"}
BY_FENCE |= {"read_claimed_sentences", "save_translated", "end_translation"}
BY_DISPATCH = {"claim_job", "await_start", "record_execution", "return_dispatch"}
DUTIES = {"begin_dispatch", "claim_next_job", "startable", "worker_died", "recover_stale", "list_processing"}
DUTIES |= {"expire_uploads", "expire_jobs", "forget_job", "unknown_objects", "receive_upload", "refuse_upload"}
DUTIES |= {"find_announced", "touch_upload", "cancel_dropped", "list_unmirrored", "record_mirror", "postpone_mirror"}
DUTIES |= {
    "house_windows",
    "house_result",
    "house_text",
    "house_turns",
    "read_written",
    "record_written",
    "forget_written",
    "written_of",
}
DUTIES |= {"record_command_file", "list_corrected_files", "claim_pushes", "record_push", "begin_session"}
DUTIES |= {"claim_video_copy"}
DUTIES |= {"claim_translation", "claim_webhooks", "record_webhook", "sign_in_account", "shut_account"}
FIGURES = {"queue_state", "estimate", "spending", "paused_since", "schema_release"}
"""Called by our own processes, never on behalf of somebody who asks for a job; and what tells of nobody's job."""


@dataclass
class Scene:
    line: JobLine
    job_id: str
    holders: dict[str, dict[str, Any]]


@pytest.fixture
def scene(line: JobLine) -> Scene:
    """A job with a corrected text, somebody else with a job, and links of each kind."""
    library = Holder((), "library:mine")
    job_id = line.finished("owner", holder=library.as_json()).job_id
    line.finished("other user", content_sha256="6" * 64)
    owner = Holder.of(["owner"])
    saved = {"based_on": 0, "document": {"paragraphs": []}, "undo": [{}], "changes": 1, "restored_from": None}
    line.jobs.save_revision(job_id, owner, **saved, kept_revisions=9, kept_bytes=999)
    for name in (*GUESTS, *OVER):
        line.jobs.create_share(
            job_id, owner, hash_token(name), None,
            include_media=name == "share+media", include_history=name == "share+history",
        )  # fmt: skip
    line.sql("update aisubs.job_shares set revoked_at = now() where token_hash = %s", hash_token("revoked"))
    line.sql("update aisubs.job_shares set expires_at = now() where token_hash = %s", hash_token("expired"))
    holders = {caller: Holder.of([caller]).as_json() for caller in CALLERS}
    holders |= {"none": {"token_hashes": [], "owner_id": None}, "owner by library": library.as_json()}
    holders |= {"other library": Holder((), "library:other").as_json()}
    return Scene(line, job_id, holders)


def told(scene: Scene, function: str, arguments: dict[str, Any]) -> str:
    try:
        scene.line.database.call(function, **arguments)
    except AisubsError as refused:
        return refused.code
    return ALLOWED


DENIALS = {"job_not_found", "share_over", "read_only", "history_not_shared", "recording_not_shared"}


def functions(line: JobLine) -> dict[str, list[str]]:
    rows = line.sql(
        "select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as arguments from pg_proc p "
        "where p.pronamespace = 'aisubs_api'::regnamespace"
    )
    return {row["name"]: row["arguments"] for row in rows}


def test_the_matrix_has_every_function(line: JobLine) -> None:
    """And none that takes a holder is among those that ask nobody."""
    found = functions(line)
    by_holder = (
        {name.split()[0] for name in OF_A_JOB}
        | set(OF_MANY)
        | OF_A_WEBHOOK
        | OF_VOICES
        | OF_AN_ACCOUNT
        | OF_ADMINISTRATORS
    )
    assert set(found) == by_holder | BY_FENCE | BY_DISPATCH | DUTIES | FIGURES
    assert {name for name, arguments in found.items() if "holder" in arguments} == by_holder
    for name in BY_FENCE:
        assert {"job_id", "fence"} <= set(found[name]), name
    for name in BY_DISPATCH:
        assert {"job_id", "dispatch_id"} <= set(found[name]), name
    assert not {name for name in FIGURES if {"job_id", "holder"} & set(found[name])}


@pytest.mark.parametrize("row", OF_A_JOB)
def test_a_job_is_for_whom_the_matrix_says(scene: Scene, row: str) -> None:
    expected, more = OF_A_JOB[row]
    function = row.split()[0]
    of = {} if function == "open_share" else {"job_id": scene.job_id}
    before = scene.line.everything()
    for caller in sorted(CALLERS, key=lambda name: expected[name] == ALLOWED):  # those who may come last
        if expected[caller] == ALLOWED and caller not in ("owner", *GUESTS) and function == "delete_job":
            continue  # it can be deleted once
        outcome = told(scene, function, of | {"holder": scene.holders[caller]} | more)
        if expected[caller] == ALLOWED:
            assert outcome not in DENIALS, (caller, outcome)
        else:
            assert outcome == expected[caller], caller
            assert scene.line.everything() == before, caller
    gone = told(scene, function, {"job_id": str(uuid4()), "holder": scene.holders["owner"]} | more) if of else None
    assert gone in (None, "job_not_found")


@pytest.mark.parametrize("function", OF_MANY)
def test_lists_hold_what_is_ones_own(scene: Scene, function: str) -> None:
    line, arguments = scene.line, dict(OF_MANY[function])
    if function == "held_among":
        arguments["job_ids"] = [scene.job_id]
    before = line.row(scene.job_id)
    for caller in CALLERS:
        if caller.startswith("owner"):
            continue
        holder = scene.holders[caller]
        if function == "offer_upload":
            job = line.offer(f"new {caller}", holder=holder, video_hash=SHA)
            assert not job.cached, "that it was transcribed is told to nobody else"
            continue
        answer = line.database.call(function, holder=holder, **arguments)
        assert scene.job_id not in str(answer), caller
        assert line.row(scene.job_id) == before, caller


@pytest.mark.parametrize("function", sorted(OF_ADMINISTRATORS))
def test_what_is_for_administrators_is_for_nobody_else(scene: Scene, function: str) -> None:
    takes = functions(scene.line)[function]
    more = {"job_id": scene.job_id, "paused": True, "owner_id": "account:x", **dict.fromkeys(USUAL, 1)}
    arguments = {name: value for name, value in more.items() if name in takes}
    before = scene.line.everything()
    for caller in CALLERS:
        assert told(scene, function, arguments | {"holder": scene.holders[caller]}) == "not_admin", caller
    account = Holder((), "account:00000000-0000-0000-0000-000000000000").as_json()
    assert told(scene, function, arguments | {"holder": account}) == "not_admin"
    assert scene.line.everything() == before
    assert told(scene, function, arguments | {"holder": Holder((), "machine").as_json()}) != "not_admin"


@pytest.mark.parametrize("role", [*BROWSERS, "service_role"])
def test_browsers_call_no_function_and_the_service_role_all(line: JobLine, role: str) -> None:
    rows = line.sql(
        "select p.proname as name from pg_proc p where p.pronamespace = 'aisubs_api'::regnamespace "
        "and has_schema_privilege(%s, 'aisubs_api', 'usage') and has_function_privilege(%s, p.oid, 'execute')",
        role, role,
    )  # fmt: skip
    assert {row["name"] for row in rows} == (set(functions(line)) if role == "service_role" else set())


@pytest.mark.parametrize("role", BROWSERS)
def test_topics_are_for_whoever_knows_them_while_they_hold(scene: Scene, role: str) -> None:
    line = scene.line
    shares = line.sql("select token_hash, watch_topic, revoked_at, expires_at from aisubs.job_shares")
    topics = {str(line.row(scene.job_id)["watch_topic"]): True, f"job:{uuid4().hex}": False, "": False}
    topics |= {row["watch_topic"]: not (row["revoked_at"] or row["expires_at"]) for row in shares}
    assert sorted(topics.values()) == [False] * 4 + [True] * 4
    for topic in topics:
        line.sql("select realtime.send('{}', 'job', %s, true)", topic)

    def heard(topic: str) -> set[str]:
        with line.acting_as(role, topic):
            return {row["topic"] for row in line.sql("select topic from realtime.messages")}

    assert {topic: heard(topic) for topic in topics} == {
        topic: {topic} if may else set() for topic, may in topics.items()
    }
    line.jobs.delete_job(scene.job_id, Holder.of(["owner"]))
    assert [topic for topic in topics if heard(topic)] == []
