"""Every endpoint against everybody who could ask. What is not in the matrix fails here, and what the matrix does not
allow is denied and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from aisubs.http import create_http
from aisubs.http.watchers import Watchers
from aisubs.local.tokens import SIGN_IN, own_token
from tests.attacks.test_rights_sql import CALLERS, DENIALS, GUESTS, HISTORY, MEDIA, OWN, READ
from tests.doors.http_door import Door, open_door
from tests.doors.text_door import edit
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO

JOB = "/api/jobs/{job_id}"
SHARE = str(uuid4())
BASED = ("/revisions", "/restore", "/speakers", "/sentences/0")
"""What changes a text says which one it changes."""

OF_A_JOB: dict[tuple[str, str], tuple[dict[str, str], Any]] = {
    ("GET", JOB): (READ, None),
    ("GET", f"{JOB}/transcript"): (READ, None),
    ("GET", f"{JOB}/transcript?revision=0"): (HISTORY, None),
    ("GET", f"{JOB}/cues"): (READ, None),
    ("GET", f"{JOB}/cues?revision=0"): (HISTORY, None),
    ("GET", f"{JOB}/download/srt"): (READ, None),
    ("HEAD", f"{JOB}/download/srt"): (READ, None),
    ("GET", f"{JOB}/download/srt?revision=0"): (HISTORY, None),
    ("GET", f"{JOB}/windows"): (HISTORY, None),
    ("GET", f"{JOB}/revisions"): (HISTORY, None),
    ("POST", f"{JOB}/media"): (MEDIA, {}),
    ("GET", f"{JOB}/peaks"): (MEDIA, None),
    ("POST", f"{JOB}/revisions"): (OWN, {"operations": [{"op": "name", "speaker": "S1", "name": "x"}]}),
    ("POST", f"{JOB}/revisions/restore"): (OWN, {"revision": 0}),
    ("POST", f"{JOB}/speakers"): (OWN, {}),
    ("GET", f"{JOB}/translations"): (READ, None),
    ("GET", f"{JOB}/videos"): (OWN, None),
    ("POST", f"{JOB}/videos"): (OWN, {"kind": "mux"}),
    ("GET", f"{JOB}/videos/{SHARE}"): (OWN, None),
    ("GET", f"{JOB}/videos/{SHARE}/download"): (OWN, None),
    ("HEAD", f"{JOB}/videos/{SHARE}/download"): (OWN, None),
    ("DELETE", f"{JOB}/videos/{SHARE}"): (OWN, None),
    ("GET", f"{JOB}/translations/de"): (HISTORY, None),
    ("POST", f"{JOB}/translations"): (OWN, {"language": "de"}),
    ("PUT", f"{JOB}/translations/de/sentences/0"): (OWN, {"text": "x"}),
    ("DELETE", f"{JOB}/translations/de"): (OWN, None),
    ("GET", f"{JOB}/voices"): (OWN, None),
    ("POST", f"{JOB}/voices/decline"): (OWN, {"speaker": "S1"}),
    ("POST", f"{JOB}/share"): (OWN, {}),
    ("GET", f"{JOB}/receipt"): (OWN, None),
    ("GET", f"{JOB}/share"): (OWN, None),
    ("DELETE", f"{JOB}/share/{SHARE}"): (OWN, None),
    ("PATCH", JOB): (OWN, {"title": "mine now"}),
    ("POST", f"{JOB}/retry"): (OWN, {}),
    ("POST", f"{JOB}/upload"): (OWN, {}),
    ("POST", f"{JOB}/upload/alive"): (OWN, {}),
    ("DELETE", JOB): (OWN, None),
}

LISTS: dict[tuple[str, str], Any] = {
    ("GET", "/api/jobs"): None,
    ("POST", "/api/jobs/list"): {},
    ("GET", "/api/search?q={word}"): None,
}
"""Whoever shows no token is told so, or sees an empty list; else what is one's own."""

OPEN = {
    ("GET", "/api/config"), ("GET", "/api/formats"), ("GET", "/api/queue"), ("GET", "/api/health"), ("GET", "/docs"),
    ("POST", "/api/estimate"), ("POST", "/api/jobs/submit"), ("GET", "/api/account/usage"),
}  # fmt: skip
"""For everybody; they tell of nobody's job (test_http_facts, test_quotas)."""

BY_WORD = {
    ("PUT", "/upload/{session_id}"), ("POST", "/upload/{session_id}"), ("DELETE", "/upload/{session_id}"),
    ("GET", "/files/{word}/{filename}"), ("HEAD", "/files/{word}/{filename}"),
}  # fmt: skip
"""The word in the address is the right, and no token is (test_http_uploads, test_http_media)."""

ELSEWHERE = {
    ("GET", "/api/webhooks"): "test_http_webhooks", ("POST", "/api/webhooks"): "test_http_webhooks",
    ("DELETE", "/api/webhooks/{webhook_id}"): "test_http_webhooks",
    ("POST", "/api/webhooks/{webhook_id}/rotate"): "test_http_webhooks",
    ("POST", "/api/webhooks/{webhook_id}/test"): "test_http_webhooks",
    ("GET", "/api/webhooks/{webhook_id}/deliveries"): "test_http_webhooks",
    ("GET", "/api/voices"): "test_http_voices", ("PUT", "/api/voices"): "test_http_voices",
    ("DELETE", "/api/voices"): "test_http_voices", ("DELETE", "/api/voices/{voice_id}"): "test_http_voices",
    ("GET", "/api/live"): "says that it is a WebSocket; whose topics: test_rights_sql, test_http_live",
    ("GET", "/api/deletions/{job_id}"): "test_deletion",
    ("GET", "/api/admin/queue"): "test_http_admin", ("GET", "/api/admin/usage"): "test_http_admin",
    ("PUT", "/api/admin/paused"): "test_http_admin", ("DELETE", "/api/admin/jobs/{job_id}"): "test_http_admin",
    ("POST", "/api/admin/jobs/{job_id}/raise"): "test_http_admin",
    ("POST", "/api/admin/jobs/{job_id}/fail"): "test_http_admin",
    ("POST", "/api/admin/jobs/{job_id}/retry"): "test_http_admin",
    ("PUT", "/api/admin/limits/{owner_id}"): "test_http_admin", ("GET", "/metrics"): "test_http_metrics",
    ("POST", "/v1/audio/transcriptions"): "test_openai_door", ("POST", "/v1/audio/translations"): "test_openai_door",
    ("GET", "/v1/models"): "test_openai_door", ("POST", "/asr"): "test_asr_door",
    ("POST", "/detect-language"): "test_asr_door",
    ("POST", "/v2/upload"): "test_assemblyai_door", ("POST", "/v2/transcript"): "test_assemblyai_door",
    ("GET", "/v2/transcript"): "test_assemblyai_door", ("GET", "/v2/transcript/{job_id}"): "test_assemblyai_door",
    ("DELETE", "/v2/transcript/{job_id}"): "test_assemblyai_door",
    ("GET", "/v2/transcript/{job_id}/srt"): "test_assemblyai_door",
    ("GET", "/v2/transcript/{job_id}/vtt"): "test_assemblyai_door",
    ("GET", "/v2/transcript/{job_id}/sentences"): "test_assemblyai_door",
    ("GET", "/v2/transcript/{job_id}/paragraphs"): "test_assemblyai_door",
    ("POST", f"{JOB}/push"): "test_http_push, and test_rights_sql", ("DELETE", f"{JOB}/push"): "the same",
    ("GET", "/api/shared"): "test_http_shares", ("POST", "/api/jobs/download"): "below",
    ("POST", "/api/library/claim"): "test_http_library", ("POST", "/api/jobs/check-stale"): "below",
    ("POST", "/api/sign-in"): "test_http_sign_in", ("GET", "/api/sign-in"): "test_http_sign_in",
    ("GET", "/api/sign-in/link"): "test_http_sign_in", ("DELETE", "/api/sign-in"): "test_http_sign_in",
    ("DELETE", "/api/sign-in/{session_id}"): "test_http_sign_in",
    ("POST", "/api/sign-in/oidc"): "test_http_accounts", ("POST", "/api/sign-in/supabase"): "test_http_accounts",
    ("GET", "/api/account"): "test_rights_accounts", ("DELETE", "/api/account"): "test_http_accounts",
    ("GET", "/api/keys"): "test_rights_accounts",
    ("POST", "/api/keys"): "test_rights_accounts", ("DELETE", "/api/keys/{key_id}"): "test_rights_accounts",
}  # fmt: skip


@dataclass
class Scene:
    door: Door
    job_id: str
    headers: dict[str, dict[str, str]]

    def ask(self, method: str, path: str, caller: str, body: Any = None) -> tuple[int, str]:
        """The status, and the code of our error or ""."""
        headers = self.headers[caller] | ({"If-Match": '"1"'} if path.endswith(BASED) else {})
        answer = self.door.http.request(method, path.format(job_id=self.job_id), headers=headers, json=body)
        is_fault = answer.is_error and answer.content and answer.headers["content-type"] == "application/json"
        return answer.status_code, answer.json()["error"]["code"] if is_fault else ""

    def all_that_is_known(self) -> list[Any]:
        tables = ("transcription_jobs", "job_shares", "transcript_edits", "push_subscriptions", "video_copies")
        return [self.door.workshop.sql(f"select to_jsonb(t) - 'last_seen' - 'opened' from aisubs.{t} t order by 1")
                for t in tables]  # fmt: skip


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with open_door(database_url, tmp_path, edition="local") as door:
        library = {"Authorization": "Bearer lib_" + "a" * 26}
        data = SAMPLE_VIDEO.read_bytes()
        said = {"filename": "talk.mp4", "file_size_bytes": len(data), "content_type": "video/mp4"}
        offer = door.http.post("/api/jobs/submit", json=said, headers=library).json()
        job_id = offer["job_id"]
        door.tokens[job_id] = offer["access_token"]
        door.http.put(offer["upload"]["url"], content=data)
        door.workshop.work(ScriptedEngine())
        assert edit(door, job_id, 0, {"op": "name", "speaker": "S1", "name": "A"}) == 1
        other = door.submit()["access_token"]
        headers = {"owner": door.auth(job_id), "owner by library": library, "none": {}}
        headers |= {"stranger": {"Authorization": "Bearer nobody"}, "other user": {"Authorization": f"Bearer {other}"}}
        headers |= {"other library": {"Authorization": "Bearer lib_" + "b" * 26}}
        for name in CALLERS:
            if name not in headers:
                asked = {"include_media": name == "share+media", "include_history": name == "share+history"}
                made = door.http.post(f"/api/jobs/{job_id}/share", json=asked, headers=headers["owner"]).json()
                headers[name] = {"Authorization": f"Bearer {made['token']}"}
                if name == "revoked":
                    door.http.delete(f"/api/jobs/{job_id}/share/{made['share_id']}", headers=headers["owner"])
                elif name == "expired":
                    sql = "update aisubs.job_shares set expires_at = now() where share_id = %s"
                    door.workshop.sql(sql, made["share_id"])
        yield Scene(door, job_id, headers)


def test_the_matrix_has_every_endpoint(scene: Scene) -> None:
    found, waiting = set(), list(create_http(scene.door.app, watchers=Watchers(), doors_secret="of nobody").routes)
    while waiting:
        route: Any = waiting.pop()
        waiting += getattr(getattr(route, "original_router", route), "routes", [])  # what include_router leaves
        if isinstance(route, APIRoute):
            path = (
                route.path.replace("{format_name}", "srt")
                .replace("{share_id}", SHARE)
                .replace("{copy_id}", SHARE)
                .replace("{language}", "de")
                .replace("{seq}", "0")
            )
            found |= {(method, path) for method in route.methods}
    rows = {(method, path.partition("?")[0]) for method, path in (*OF_A_JOB, *LISTS)}
    assert found == rows | OPEN | BY_WORD | set(ELSEWHERE)


def test_a_job_is_for_whom_the_matrix_says(scene: Scene) -> None:
    for (method, path), (expected, body) in OF_A_JOB.items():
        before = scene.all_that_is_known()
        for caller in sorted(CALLERS, key=lambda name, of=expected: of[name] == "allowed"):  # type: ignore[misc]
            if expected[caller] == "allowed" and method == "DELETE" and path == JOB and caller != "owner":
                continue  # it can be deleted once
            status, code = scene.ask(method, path, caller, body)
            if expected[caller] == "allowed":
                assert code not in DENIALS | {"unauthorized"}, (method, path, caller, code)
                assert status != 422, (method, path, caller)  # the right was asked for, and not only the form
                continue
            wanted = "unauthorized" if caller == "none" else expected[caller]
            assert code == wanted or (method == "HEAD" and status >= 400), (method, path, caller, status, code)
            assert scene.all_that_is_known() == before, (method, path, caller)
    assert scene.ask("GET", JOB, "owner") == (404, "job_not_found")


def test_lists_and_bundles_hold_what_is_ones_own(scene: Scene) -> None:
    said = scene.door.get(scene.job_id, "/transcript").json()["paragraphs"][0]["text"]
    for (method, path), body in LISTS.items():
        path = path.format(word=said.split()[0].strip(".,"))
        for caller in CALLERS:
            answer = scene.door.http.request(method, path, headers=scene.headers[caller], json=body)
            assert (scene.job_id in answer.text) is caller.startswith("owner"), (path, caller, answer.text)
    for caller in CALLERS:
        asked = {"job_ids": [scene.job_id], "format": "srt"}
        answer = scene.door.http.post("/api/jobs/download", json=asked, headers=scene.headers[caller])
        assert answer.is_success is caller.startswith("owner"), caller


def test_nobody_from_outside_runs_the_house(scene: Scene) -> None:
    session = {"key": own_token(scene.door.workshop.folder, SIGN_IN)}
    owner = scene.door.http.post("/api/sign-in", json=session).json()
    scene.headers["the machine's owner"] = {"Authorization": f"Bearer {owner['token']}"}
    for caller in scene.headers:
        assert scene.ask("POST", "/api/jobs/check-stale", caller)[0] in (401, 403, 404), caller
    assert scene.ask("GET", JOB, "the machine's owner") == (404, "job_not_found"), "a library is its key's alone"


@pytest.mark.parametrize("path", ["upload/x", "files/x/y"])
def test_a_word_that_nobody_gave_opens_nothing(scene: Scene, path: str) -> None:
    for caller in GUESTS:
        for method in ("GET", "PUT", "DELETE"):
            assert scene.ask(method, f"/{path}", caller)[0] in (404, 405, 410, 499), (method, path)
