"""The embedded Postgres among processes: several that use it, some that are killed, some of other accounts."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from aisubs.local.postgres import EmbeddedPostgres
from tests.debian import walkable_shelf
from tests.unit.embedded import QUICK, data_dir, eventually, prepared, start_supervisors, supervisor, words

pytestmark = pytest.mark.slow

__all__ = ["data_dir", "prepared"]


def refused(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return True
    return False


def test_a_server_whose_supervisor_was_killed_is_taken_over(data_dir: Path) -> None:
    with supervisor(data_dir) as killed:
        killed.kill()
        assert words(killed.url) == ["from before"]
    with EmbeddedPostgres(data_dir, options=QUICK) as postgres:
        assert (postgres.pid, postgres.url) == (killed.server_pid, killed.url)
        assert words(postgres.url) == ["from before"]
    assert refused(killed.url)


def test_a_server_taken_over_is_brought_back_too(data_dir: Path) -> None:
    with supervisor(data_dir) as killed:
        killed.kill()
    with EmbeddedPostgres(data_dir, options=QUICK) as postgres:
        os.kill(killed.server_pid, signal.SIGKILL)
        eventually(lambda: postgres.pid != killed.server_pid and words(killed.url) == ["from before"])
    assert refused(killed.url)


def test_everything_killed_at_once(data_dir: Path) -> None:
    with supervisor(data_dir) as killed:
        with psycopg.connect(killed.url) as connection:
            connection.execute("insert into kept values ('committed')")
        killed.kill()
        os.kill(killed.server_pid, signal.SIGKILL)
    with EmbeddedPostgres(data_dir, options=QUICK) as postgres:
        assert words(postgres.url) == ["from before", "committed"]


def test_two_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    first, second = start_supervisors(tmp_path, 2)
    assert (first.url, first.server_pid) == (second.url, second.server_pid)
    first.leave()
    with psycopg.connect(second.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    second.leave()
    assert refused(second.url)


def test_whoever_leaves_last_stops_it(data_dir: Path) -> None:
    with supervisor(data_dir) as other:
        with EmbeddedPostgres(data_dir, options=QUICK) as ours:
            assert ours.pid == other.server_pid
        assert words(other.url) == ["from before"]
        ours.start()
        other.kill()
        assert words(ours.url) == ["from before"]
        ours.stop()
    assert refused(other.url)


def test_both_notice_that_it_was_killed(data_dir: Path) -> None:
    with supervisor(data_dir) as other, EmbeddedPostgres(data_dir, options=QUICK) as ours:
        os.kill(other.server_pid, signal.SIGKILL)
        eventually(lambda: ours.pid != other.server_pid and words(ours.url) == ["from before"])
        assert ours.url == other.url
        replaced = ours.pid
    assert replaced is not None
    assert refused(ours.url if ours.pid else other.url)


def test_ctrl_c_is_not_for_the_server(data_dir: Path) -> None:
    """The terminal sends it to a whole process group; who uses the server must have time to finish first."""
    with supervisor(data_dir, {"start_new_session": True}) as started:
        assert os.getpgid(started.server_pid) == started.server_pid != os.getpgid(started.process.pid)
        assert os.getsid(started.server_pid) == started.server_pid


@pytest.fixture
def open_folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder that every account can walk to, owned by an ordinary one."""
    folder = walkable_shelf() / f"account-{os.getpid()}"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_and_then_root(open_folder: Path) -> None:
    """As an ordinary user, without HOME; then with sudo in that user's folder; then as that user again."""
    user = pwd.getpwnam("nobody")
    ordinary: dict[str, object] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with supervisor(open_folder, ordinary) as first:
        assert Path(f"/proc/{first.server_pid}").stat().st_uid == user.pw_uid
        with psycopg.connect(first.url) as connection:
            connection.execute("create table kept as select 'theirs' as word")
    with EmbeddedPostgres(open_folder, options=QUICK) as ours:
        assert words(ours.url) == ["theirs"]
        assert Path(f"/proc/{ours.pid}").stat().st_uid == user.pw_uid
    foreign = subprocess.run(["find", open_folder, "!", "-user", "nobody"], capture_output=True, text=True, check=True)
    assert foreign.stdout == ""
    with supervisor(open_folder, ordinary) as again:
        assert words(again.url) == ["theirs"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_user_without_a_name(open_folder: Path) -> None:
    shutil.chown(open_folder, 54321)
    with pytest.raises(AssertionError, match="54321 has no entry in /etc/passwd"):
        start_supervisors(open_folder, 1, {"user": 54321, "group": 54321, "extra_groups": []})
