"""The embedded Postgres on its own: what it makes, what it survives, what it says when it can't."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from aisubs.local.postgres import EmbeddedPostgres, binaries
from aisubs.model.errors import AisubsError
from tests.debian import walkable_shelf
from tests.unit.embedded import QUICK, data_dir, eventually, prepared, words

pytestmark = pytest.mark.slow

__all__ = ["data_dir", "prepared"]


@pytest.fixture
def postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(data_dir, options=QUICK) as postgres:
        yield postgres


def reason_of(attempt: EmbeddedPostgres) -> str:
    with pytest.raises(AisubsError) as raised:
        attempt.start()
    assert raised.value.code == "database_unavailable"
    return raised.value.reason


# ── what it makes ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_server_is_private_and_careful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "1", "PGHOST": "/nowhere", "PGSSLMODE": "require", "PGDATA": "/x"}.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(tmp_path / "deep" / "er") as postgres:
        monkeypatch.undo()
        with psycopg.connect(postgres.url) as connection:
            shown = {
                name: connection.execute(f"show {name}").fetchone()
                for name in ("listen_addresses", "unix_socket_directories", "data_checksums", "fsync", "timezone",
                             "server_encoding")
            }  # fmt: skip
            ordered = connection.execute("select word from (values ('a'), ('B'), ('ä')) as w(word) order by word")
            assert [word for (word,) in ordered] == ["B", "a", "ä"]
        assert {name: value and value[0] for name, value in shown.items()} == {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "data_checksums": "on", "fsync": "on",
            "timezone": "UTC", "server_encoding": "UTF8",
        }  # fmt: skip
        home = tmp_path / "deep" / "er" / "postgres"
        secret = (home / "password").read_text()
        assert len(secret) >= 40
        for name in ("password", "server.log", "users.lock"):
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
        assert stat.S_IMODE((home / "cluster").stat().st_mode) == 0o700
        assert not list(home.glob("*draft*"))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url.replace(secret, "guessed"))
    assert secret not in (home / "server.log").read_text()


def test_nothing_but_its_own_folder_is_touched(prepared: Path, tmp_path: Path) -> None:
    closed = tmp_path / "root" / "x"
    closed.mkdir(parents=True)
    (tmp_path / "root").chmod(0o700)
    subprocess.run(["cp", "--archive", prepared, closed / "data"], check=True)

    def held() -> list[tuple[int, int, int]]:
        return [(s.st_mode, s.st_uid, s.st_gid) for s in map(os.stat, (closed / "data", closed, *closed.parents))]

    before = held()
    with EmbeddedPostgres(closed / "data", options=QUICK) as postgres:
        assert words(postgres.url) == ["from before"]
    assert held() == before


def test_it_keeps_its_data_and_its_address(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir, options=QUICK).start()
    first = postgres.url
    with psycopg.connect(first) as connection:
        connection.execute("insert into kept values ('and since')")
    postgres.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)
    postgres.start()
    assert postgres.url == first
    assert words(first) == ["from before", "and since"]
    postgres.stop()
    postgres.stop()
    assert EmbeddedPostgres(data_dir).pid is None


def test_there_is_no_url_before_the_start(tmp_path: Path) -> None:
    with pytest.raises(AisubsError) as raised:
        _ = EmbeddedPostgres(tmp_path).url
    assert raised.value.code == "database_unavailable"


# ── what it survives ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_server_comes_back_by_itself(postgres: EmbeddedPostgres) -> None:
    url = postgres.url
    killed = set()
    for _ in range(2):
        killed.add(postgres.pid)
        os.kill(postgres.pid or 0, signal.SIGKILL)
        eventually(lambda: postgres.pid not in killed and words(url) == ["from before"])
    assert postgres.url == url


def test_asking_for_it_brings_it_back_at_once(postgres: EmbeddedPostgres) -> None:
    assert postgres.ensure_running() is False
    os.killpg(postgres.pid or 0, signal.SIGKILL)
    eventually(lambda: _dead(postgres.pid or 0))
    answers = [threading.Thread(target=postgres.ensure_running) for _ in range(8)]
    for thread in answers:
        thread.start()
    for thread in answers:
        thread.join()
    assert words(postgres.url) == ["from before"]


def test_a_busy_backend_outlives_its_server_only_briefly(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as busy:
        backend = busy.info.backend_pid
        spinning = threading.Thread(target=_spin, args=[busy])
        spinning.start()
        with psycopg.connect(postgres.url, autocommit=True) as onlooker:
            eventually(lambda: _state(onlooker, backend) == "active")
        os.kill(postgres.pid or 0, signal.SIGKILL)
        eventually(lambda: words(postgres.url) == ["from before"])
        spinning.join()
    assert _dead(backend)


def test_the_pid_of_a_dead_server_may_belong_to_another(data_dir: Path) -> None:
    """After a restart of the machine, or of a container, pids come round again quickly."""
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    for stranger in (os.getpid(), zombie.pid, 1, 2**22 + 1):
        pid_file.write_text(f"{stranger}\n/proc/self/cwd\n1\n5432\n\n127.0.0.1\n  123  4\nready   \n")
        shutil.chown(pid_file, pid_file.parent.stat().st_uid)
        with EmbeddedPostgres(data_dir, options=QUICK) as postgres:
            assert words(postgres.url) == ["from before"]
    zombie.wait()


def test_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    """As after a kill -9 in the first second: a draft, and a password that nothing has yet."""
    home = tmp_path / "postgres"
    (home / "cluster.draft.abc" / "base").mkdir(parents=True)
    (home / "password").write_text("of the draft")
    with EmbeddedPostgres(tmp_path, options=QUICK) as postgres, psycopg.connect(postgres.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not list(home.glob("cluster.draft.*"))


def test_a_data_directory_that_is_removed_under_it(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir, options=QUICK).start()
    pid = postgres.pid or 0
    shutil.rmtree(data_dir / "postgres" / "cluster")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: _dead(pid))
    with pytest.raises(AisubsError) as raised:
        postgres.ensure_running()
    assert "was removed while its server was running" in raised.value.reason
    postgres.stop()
    postgres.start()  # begins with an empty one, as on the first day
    pid = postgres.pid or 0
    shutil.rmtree(data_dir)
    postgres.stop()
    assert _dead(pid)


# ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_port_that_is_taken(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is used by another program" in reason_of(EmbeddedPostgres(data_dir, port))
        # The one used last is only a preference.
        (data_dir / "postgres" / "port").write_text(str(port))
        with EmbeddedPostgres(data_dir, options=QUICK) as postgres:
            assert f":{port}/" not in postgres.url
            assert words(postgres.url) == ["from before"]


def test_a_cluster_of_another_version(data_dir: Path) -> None:
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("14\n")
    assert "was made by Postgres 14; this is Postgres 18" in reason_of(EmbeddedPostgres(data_dir))


def test_a_lost_password(data_dir: Path) -> None:
    (data_dir / "postgres" / "password").unlink()
    assert "password is missing" in reason_of(EmbeddedPostgres(data_dir))


def test_a_password_of_something_else(data_dir: Path) -> None:
    (data_dir / "postgres" / "password").write_text("not it")
    reason = reason_of(EmbeddedPostgres(data_dir, options=QUICK))
    assert "refuses the password" in reason
    assert "not it" not in reason
    eventually(lambda: not _servers_in(data_dir))


def test_a_server_that_refuses_its_settings(data_dir: Path) -> None:
    reason = reason_of(EmbeddedPostgres(data_dir, options={"max_connections": "many"}))
    assert 'invalid value for parameter "max_connections": "many"' in reason


def test_programs_that_cannot_be_executed(tmp_path: Path, data_dir: Path) -> None:
    assert "postgres" in reason_of(EmbeddedPostgres(data_dir, binaries=tmp_path / "nothing"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "postgres").write_text("not a program")
    assert "cannot be executed" in reason_of(EmbeddedPostgres(data_dir, binaries=tmp_path / "bin"))


def test_a_data_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "cannot be used" in reason_of(EmbeddedPostgres(tmp_path / "data"))


def test_a_disk_without_room(tmp_path: Path) -> None:
    """The system's limit on the size of a file refuses a write as a full disk does."""
    attempt = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from aisubs.local.postgres import EmbeddedPostgres; from aisubs.model.errors import AisubsError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: EmbeddedPostgres(Path(sys.argv[1])).start()\n"
        "except AisubsError as problem: print(problem.code, problem.reason)\n"
    )
    answer = subprocess.run([sys.executable, "-c", attempt, tmp_path], capture_output=True, text=True)
    assert answer.stdout.startswith("database_unavailable The database could not be created: "), answer
    assert "File too large" in answer.stdout
    assert os.listdir(tmp_path / "postgres") == ["password", "starting.lock", "users.lock"] or not list(
        (tmp_path / "postgres").glob("cluster*")
    )


# ── root's server runs as somebody else ──────────────────────────────────────────────────────────────────────────────

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its server another account")


def wheel_below(folder: Path) -> Path:
    """The wheel's files again, below a folder that only root can enter."""
    tree = binaries.wheel_binaries().parent
    package = tree.parent
    shutil.copytree(tree, folder / package.name / tree.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    folder.chmod(0o700)
    return folder / package.name / tree.name / "bin"


@needs_root
def test_programs_that_the_account_cannot_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a virtual environment below /root."""
    programs = wheel_below(tmp_path / "closed")
    shelf = walkable_shelf() / tmp_path.name
    monkeypatch.setattr(binaries, "_COPIES", shelf)
    try:
        for _ in range(2):  # the second start finds the copy
            with EmbeddedPostgres(tmp_path, binaries=programs, options=QUICK) as postgres:
                program = Path(f"/proc/{postgres.pid}/exe").readlink()
                assert program.is_relative_to(shelf)
        assert len(list(shelf.iterdir())) == 1
        assert all(path.stat().st_uid == 0 and not path.stat().st_mode & 0o022 for path in shelf.rglob("*"))
    finally:
        shutil.rmtree(shelf)
    assert stat.S_IMODE((tmp_path / "closed").stat().st_mode) == 0o700


@needs_root
def test_a_folder_that_others_can_write_gets_no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = wheel_below(tmp_path / "closed")
    shelf = walkable_shelf() / tmp_path.name
    shelf.mkdir()
    shelf.chmod(0o777)
    monkeypatch.setattr(binaries, "_COPIES", shelf)
    monkeypatch.setattr(binaries.tempfile, "gettempdir", lambda: str(tmp_path))
    try:
        reason = reason_of(EmbeddedPostgres(tmp_path, binaries=programs))
        assert "others can write there" in reason
        assert list(shelf.iterdir()) == []
    finally:
        shelf.rmdir()


def _dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _servers_in(data_dir: Path) -> list[int]:
    cluster = data_dir / "postgres" / "cluster"
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(cluster):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _spin(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute("do $$ begin loop end loop; end $$")


def _state(connection: psycopg.Connection, pid: int) -> str | None:
    row = connection.execute("select state from pg_stat_activity where pid = %s", [pid]).fetchone()
    return row[0] if row else None
