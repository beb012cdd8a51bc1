"""Many short clips: a paused queue holds them all, few workers drain them, and no event is too many."""

from __future__ import annotations

import httpx

from aisubs.model.component_token import claims_of
from tests.rehearsal.cloud import PRIVATE, Cloud
from tests.rehearsal.recordings import CLIPS, clip


def test_short_clips_do_not_pay_a_cold_start_each(cloud: Cloud) -> None:
    """1, 4, 7"""
    before = len(cloud.run.executions)
    cloud.tasks.pause()
    cloud.eventarc.copies = 3
    cloud.eventarc.hold()
    for number in range(CLIPS):
        cloud.drop(f"clips/{number:03}.flac", clip(number, 4))
    cloud.eventarc.release()
    cloud.until(lambda: len(delivered(cloud)) == 3 * CLIPS)
    assert set(delivered(cloud)) == {200}
    rows = cloud.rows("clips/")
    assert (len(rows), {row["status"] for row in rows}) == (CLIPS, {"pending"})
    assert len(cloud.run.executions) == before

    cloud.tasks.pause(False)
    cloud.until(lambda: all(row["status"] == "completed" for row in cloud.rows("clips/")))
    # A worker ends when the line is empty for a moment or its time is up; hundreds of clips outlast a few of them.
    assert len(cloud.run.executions) - before <= max(2 * cloud.concurrency, CLIPS // 20)
    cloud.until(lambda: len(cloud.result_names("clips/")) == 4 * CLIPS, sweeping=True)
    assert all(cloud.results("clips/").values())
    assert {row["retry_count"] for row in cloud.rows("clips/")} == {0}


def delivered(cloud: Cloud) -> list[int | None]:
    return [one.status for one in cloud.eventarc.attempts if one.name.startswith("clips/")]


def test_retention_leaves_nothing_behind(cloud: Cloud) -> None:
    """21"""
    cloud.drop("old/talk.flac", clip(2101))
    cloud.completed("old/talk.flac")
    cloud.idle()
    cloud.sql(
        "update aisubs.transcription_jobs set created_at = now() - interval '169 h' where object_name like 'old/%%'"
    )
    uploads = cloud.bucket("uploads")
    job_id = cloud.row("old/talk.flac")["job_id"]
    assert cloud.call("apply_retention") == {"expired": 1}
    assert cloud.call("apply_retention") == {"expired": 0}
    assert cloud.rows("old/") == []
    assert not uploads.blob("old/talk.flac").exists()
    assert list(uploads.list_blobs(prefix=f"results/{job_id}/")) == []


def test_nobody_without_an_identity_gets_in(cloud: Cloud) -> None:
    event = {"ce-specversion": "1.0", "ce-id": "1", "ce-type": "t", "ce-source": "s"}
    for target in PRIVATE:
        service, container = cloud.services[target], cloud.functions[target].url
        other = {"Authorization": f"Bearer {cloud.identity.identity_token('eve@example.com', service)}"}
        assert httpx.post(service, json={}, headers=event, timeout=60).status_code == 401
        for url in (service, container):  # past the first wall there is the second
            assert httpx.post(url, json={}, headers=event | other, timeout=60).status_code == 403
        assert httpx.post(container, json={}, headers=event, timeout=60).status_code == 403


def test_no_secret_is_told(cloud: Cloud) -> None:
    """Neither to whoever may look at executions, nor to whoever may read the logs. A worker's own token stands in its
    execution; it opens that worker's jobs alone (docs/decisions/20261130-a-worker-is-trusted-with-its-own-jobs.md)."""
    keys = cloud.supabase.keys
    secrets = [keys.service, keys.jwt_secret, "BEGIN RSA", "ya29.", "upload_id="]
    executions = cloud.run.executions.values()
    shown = "".join(str(one.shown) for one in executions)
    told_to = [
        {item.name: item.value for item in container.env}
        for one in executions
        for container in one.shown.template.containers
    ]
    assert all(names.keys() == {"JOB_ID", "DISPATCH_ID", "SUPABASE_SERVICE_KEY"} for names in told_to)
    tokens = [names["SUPABASE_SERVICE_KEY"] for names in told_to]
    for names in told_to:
        claims = claims_of(names["SUPABASE_SERVICE_KEY"])
        assert (claims["role"], claims["credential"]) == ("aisubs_worker", names["DISPATCH_ID"])
    logs = [function.log for function in cloud.functions.values()] + [cloud.worker_log]
    told = "".join(log.read_text() for log in logs if log.exists())
    assert [secret for secret in secrets if secret in told + shown] == []
    assert [token for token in tokens if token in told] == []
