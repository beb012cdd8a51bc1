"""Live updates of a running edition: from a real upload to its transcript, and to the end of the edition."""

from __future__ import annotations

import json
from pathlib import Path

from tests.live_socket import live_socket
from tests.whole.conftest import Clip
from tests.whole.edition import Up, Upload, running


def test_a_page_is_told_until_the_transcript_is_there(up: Up, clip: Clip) -> None:
    upload = Upload(up, "clip.mp4", clip.data)
    with live_socket(up.url, origin=up.url) as page:
        page.watch(upload.job()["watch_topic"])
        upload.send()
        heard = page.hear_until("completed")
    assert {hint["job_id"] for hint in heard} == {upload.job_id}
    versions = [hint["version"] for hint in heard]
    assert versions == sorted(set(versions))
    assert heard[0]["status"] in ("pending", "processing")
    assert versions[-1] == upload.job()["version"]
    upload.delete()
    upload.close()


def test_a_message_without_end_is_not_read_to_its_end(up: Up) -> None:
    with live_socket(up.url) as page:
        page.connection.send(json.dumps({"watch": ["x" * 100_000]}))
        assert page.closed_with()[0] == 1009


def test_pages_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with running(tmp_path / "edition") as up:
        with live_socket(up.url) as page, live_socket(up.url) as idle:
            page.watch("job:x")
            assert up.stop() == 0
            assert [page.closed_with()[0], idle.closed_with()[0]] == [1012, 1012]
        assert up.left_behind() == []
