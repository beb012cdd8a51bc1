"""A browser whose page is closed hears of the end of its job, from the worker of a running edition."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.doubles.push_service import PushService, new_private_key
from tests.whole.conftest import Clip
from tests.whole.edition import Upload, eventually, running


def test_a_browser_is_told_when_the_transcript_is_there(tmp_path: Path, clip: Clip) -> None:
    settings = {
        "VAPID_PRIVATE_KEY": new_private_key(),
        "VAPID_SUBJECT": "mailto:somebody@example.org",
        "PUSH_HOSTS": "127.0.0.1",
    }
    with PushService() as service, running(tmp_path / "edition", **settings) as up:
        service.public_key = httpx.get(f"{up.url}/api/config", trust_env=False).json()["push"]["key"]
        browser = service.browser()
        upload = Upload(up, "clip.mp4", clip.data)
        httpx.post(
            f"{up.url}/api/jobs/{upload.job_id}/push", trust_env=False, headers=upload.headers,
            json={"subscription": browser.subscription(), "language": "de"},
        ).raise_for_status()  # fmt: skip
        upload.send().wait("completed")
        eventually(lambda: browser.messages, "the message", up)
        assert browser.messages == [
            {"job_id": upload.job_id, "status": "completed", "filename": "clip.mp4", "language": "de"}
        ]
        upload.close()
        assert up.stop() == 0
    assert browser.attempts == 1
