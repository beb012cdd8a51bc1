"""A link to a job of a running edition: the other person reads along, plays the recording, and is shown the door."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.live_socket import live_socket
from tests.whole.conftest import Clip
from tests.whole.edition import Upload, running


def test_a_guest_watches_plays_and_is_shown_the_door(tmp_path: Path, clip: Clip) -> None:
    with running(tmp_path / "edition") as up, httpx.Client(base_url=up.url, trust_env=False) as guest:
        config = guest.get("/api/config").json()
        assert (config["edition"], config["live"], config["model"]) == ("local", {"kind": "websocket"}, "toy")

        upload = Upload(up, "clip.mp4", clip.data)
        path = f"/api/jobs/{upload.job_id}"
        terms = {"include_media": True}
        made = httpx.post(f"{up.url}{path}/share", json=terms, headers=upload.headers, trust_env=False).json()
        guest.headers["Authorization"] = f"Bearer {made['token']}"
        shared = guest.get("/api/shared").json()
        with live_socket(up.url) as page, live_socket(up.url) as owner:
            page.watch(shared["job"]["watch_topic"])
            owner.watch(upload.job()["watch_topic"])
            upload.send()
            seen, own = page.hear_until("completed"), owner.hear_until("completed")
            assert seen[-1] == own[-1]

            media = guest.post(f"{path}/media").json()
            part = httpx.get(media["url"], headers={"Range": "bytes=100-199"}, trust_env=False)
            assert (part.status_code, part.content) == (206, clip.data[100:200])
            assert guest.get(f"{path}/download/srt").content == upload.download("srt")

            link = f"{up.url}{path}/share/{made['share_id']}"
            assert httpx.delete(link, headers=upload.headers, trust_env=False).status_code == 204
            assert page.hear()["status"] == "revoked"
            assert guest.get("/api/shared").json()["error"]["code"] == "share_over"
            upload.delete()
            assert [hint["status"] for hint in owner.hear_until("deleted")] == ["deleted"]
        upload.close()
        assert up.stop() == 0
    # Who runs it is told once, however many links there are.
    assert (tmp_path / "edition/stderr.txt").read_text().count(": completed") == 1
