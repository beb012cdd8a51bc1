"""Small ones: text that no database holds, tokens dropped in silence, cells that run, files that all may read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aisubs.adapters.store.local import LocalStore
from aisubs.formats import render
from aisubs.local.data_folder import make_data_folder
from tests.attacks.costly_texts import dense
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.pipeline.job_line import SHA, JobLine


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def test_text_that_no_database_holds_is_never_our_fault(door: Door) -> None:
    """NUL, halves of characters, in whatever is stored or looked for."""
    job_id = door.upload(recording())
    auth = door.auth(job_id)
    submit: dict[str, Any] = {"filename": "talk.wav", "file_size_bytes": 10}
    for text in ("\\u0000", "\\ud800"):
        for method, path, body in (
            ("POST", "/api/jobs/submit", str({**submit, "hotwords": text}).replace("'", '"').replace("\\\\", "\\")),
            ("PATCH", f"/api/jobs/{job_id}", f'{{"title": "a{text}b"}}'),
            ("PATCH", f"/api/jobs/{job_id}", f'{{"tags": ["a{text}b"]}}'),
            ("POST", "/api/jobs/list", f'{{"tokens": ["a{text}"], "q": "{text}"}}'),
            ("POST", "/api/jobs/list", f'{{"jobs": [{{"job_id": "{text}", "access_token": "x"}}]}}'),
            ("POST", "/api/library/claim", f'{{"jobs": [{{"job_id": "{text}", "access_token": "x"}}]}}'),
        ):
            headers = auth | {"Content-Type": "application/json"}
            answer = door.http.request(method, path, content=body.encode(), headers=headers)
            assert answer.status_code < 500, (method, path, body, answer.text)
    for path in ("/api/search?q=%00", "/api/search?q=a%00b", "/api/jobs?q=%00", f"/api/jobs/{job_id}/cues?profile=%00"):
        assert door.http.get(path, headers=auth).status_code < 500, path
    for path in (
        "/api/jobs/%00",
        f"/api/jobs/{job_id}/download/%00",
        f"/api/jobs/{job_id}/share/%00",
        "/%00",
        "/files/%00/x",
    ):
        assert door.http.get(path, headers=auth).status_code < 500, path


def test_a_long_token_is_taken_and_one_too_long_is_told(door: Door) -> None:
    def asked(token: str) -> tuple[int, str]:
        return fault_of(door.http.get("/api/jobs/00000000-0000-4000-8000-000000000000", headers=bearer(token)))

    def bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    assert asked("x" * 3000) == (404, "job_not_found")
    assert asked("x" * 9000) == (422, "bad_request")


@pytest.mark.parametrize("name", ["tsv", "csv"])
@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "+1", "-1", "@x", "'=1", "＝1"])
def test_no_cell_is_run(name: str, cell: str) -> None:
    table = render(dense(1, cell), name, rows="segments").decode("utf-8-sig")
    assert "'" + cell.replace('"', '""' if name == "csv" else '"') in table


def test_the_store_is_its_users_alone(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(mode=0o755)
    for name in ("old", "new/er"):
        store = LocalStore(tmp_path / name)
        store.put("uploads/x", b"secret")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700


def test_a_stranger_with_the_same_bytes_learns_nothing(line: JobLine) -> None:
    """Not when, not that, and not by how soon: a result is shared among the jobs of one owner."""
    us = {"token_hashes": [], "owner_id": "us"}
    line.finished("mine", holder=us)
    line.finished("anybody's")
    line.drop("drops/ours.mp4")
    house = line.claim()
    line.save(house, 0, 2)
    line.complete(house)
    strangers = {
        "another token": {"holder": {"token_hashes": []}},
        "another owner": {"holder": {"token_hashes": [], "owner_id": "they"}},
        "a library": {"holder": {"token_hashes": [], "owner_id": "library:1"}},
    }
    for token, said in strangers.items():
        line.web(token, **said)
        claim = line.claim()
        assert (claim.twin, line.jobs.adopt_result(claim.job_id, claim.fence, SHA)) == (False, False)
    for bring in (lambda: line.web("mine too", holder=us), lambda: line.drop("drops/again.mp4")):
        bring()
        claim = line.claim()
        assert (claim.twin, line.jobs.adopt_result(claim.job_id, claim.fence, SHA)) == (True, True)


def test_the_folder_of_the_local_edition_is_its_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    for _ in range(2):
        make_data_folder(folder)
    # As root the database's server, another account, passes through; it still cannot list.
    assert stat.S_IMODE(folder.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert {stat.S_IMODE(inside.stat().st_mode) for inside in folder.iterdir()} == {0o700}
