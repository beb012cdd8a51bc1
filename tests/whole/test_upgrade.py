"""What an earlier release kept is restored from its backup by this one, read, and gone on with.

`backups/0.1.0.tar.xz` was made by that release itself: an edition with a corrected and shared text, a broken file,
an upload that had begun and a recording in the middle of which everything was killed; then `pg_dump`, and a copy of its
store.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from aisubs.local.data_folder import make_data_folder
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.local.postgres.binaries import wheel_binaries
from tests.speech import long_recording
from tests.whole.edition import RIGHT, Up, eventually, running, share_heard

BACKUP = Path(__file__).parent / "backups" / "0.1.0.tar.xz"
ROLES = ("anon", "authenticated", "service_role", "authenticator")
"""They are the server's, so no database's backup has them (docs/operate.md)."""
COLUMNS_OF_TIME = """
select table_name, column_name
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_schema = 'aisubs' and table_type = 'BASE TABLE'
    and data_type = 'timestamp with time zone' and is_generated = 'NEVER'
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    with tarfile.open(BACKUP) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def told(kept: Path) -> dict[str, Any]:
    """Ids, tokens and texts as they were."""
    manifest: dict[str, Any] = json.loads((kept / "manifest.json").read_text())
    return manifest


@pytest.fixture(scope="module")
def restored(kept: Path, told: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("restored")
    data = home / "data"
    make_data_folder(data)
    with EmbeddedPostgres(data) as postgres:
        with psycopg.connect(postgres.url) as connection:
            for role in ROLES:
                connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        psql, dump = wheel_binaries() / "psql", kept / "database.sql"
        said = [psql, "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, postgres.url]
        done = subprocess.run(said, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        _move_to_now(postgres.url, datetime.now(UTC) - datetime.fromisoformat(told["made_at"]))
    (kept / "store").rename(data / "store")
    with running(home) as up:
        yield up


def _move_to_now(url: str, passed: timedelta) -> None:
    """As if it had been made just now: links end, and jobs are deleted, after some days."""
    with psycopg.connect(url) as connection:
        connection.execute("set session_replication_role = replica")  # no trigger takes this for work that is done
        for table, column in connection.execute(COLUMNS_OF_TIME).fetchall():
            where, name = sql.Identifier("aisubs", table), sql.Identifier(column)
            connection.execute(sql.SQL("update {0} set {1} = {1} + %s").format(where, name), [passed])


class Job:
    def __init__(self, up: Up, known: dict[str, str]) -> None:
        self.url = f"{up.url}/api/jobs/{known['job_id']}"
        self.up = up
        self.http = httpx.Client(trust_env=False, timeout=60, headers={"Authorization": f"Bearer {known['token']}"})

    def get(self, path: str = "", **params: Any) -> httpx.Response:
        return self.http.get(self.url + path, params=params).raise_for_status()

    def wait(self, status: str) -> None:
        eventually(lambda: self.get().json()["status"] == status, status, self.up)


def test_a_corrected_text_is_the_same_in_every_byte(restored: Up, told: dict[str, Any]) -> None:
    job = Job(restored, told["jobs"]["done"])
    assert {name: job.get(f"/download/{name}").text for name in told["downloads"]} == told["downloads"]
    assert job.get("/download/srt", revision=0).text == told["uncorrected_srt"]
    text = job.get("/transcript").json()
    assert (text["revision"], text["speakers"]) == (1, {"S1": "Anna"})


def test_links_open_what_they_opened(restored: Up, told: dict[str, Any]) -> None:
    by_link = httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {told['share_token']}"})
    opened = by_link.get(f"{restored.url}/api/shared").raise_for_status().json()
    assert (opened["job"]["job_id"], opened["share"]["include_media"]) == (told["jobs"]["done"]["job_id"], True)


def test_what_had_failed_has_its_reason(restored: Up, told: dict[str, Any]) -> None:
    job = Job(restored, told["jobs"]["failed"]).get().json()
    assert (job["status"], job["error_code"]) == ("failed", "not_media")


def test_a_recording_that_was_in_the_middle_is_brought_to_its_end(restored: Up, told: dict[str, Any]) -> None:
    job = Job(restored, told["jobs"]["half"])
    job.wait("completed")
    said = long_recording(180.0, seed=11).words
    assert share_heard(job.get("/download/txt").text, said) >= RIGHT


def test_an_upload_that_had_begun_is_sent_after_all(restored: Up, kept: Path, told: dict[str, Any]) -> None:
    job = Job(restored, told["jobs"]["waiting"])
    data = (kept / "waiting.ogg").read_bytes()
    session = job.http.post(job.url + "/upload", json={}).raise_for_status().json()
    sent = job.http.put(session["url"], content=data, headers={"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}"})
    assert sent.status_code == 200, sent.text
    job.wait("completed")
