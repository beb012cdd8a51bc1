"""What every test may ask for, and what no test may see: this machine's settings and the network beyond it."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psycopg
import pytest

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Database
from aisubs.settings import Settings
from aisubs.sql.migrate import migrate
from tests import in_memory
from tests.left_behind import MARK, Guard
from tests.postgres import VERSIONS, Servers
from tests.real_models import base_model, speakers, tiny_en_model  # noqa: F401  fixtures for all
from tests.toy_model import TOY

_FOREIGN = ("SUPABASE_", "GOOGLE_", "GCLOUD_", "CLOUDSDK_", "AWS_", "PG")
_SLOWEST = ("recognition", "whole", "rehearsal", "pipeline")


_GUARD = pytest.StashKey[Guard]()
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    _keep_what_is_compiled()
    _forget_settings()
    sys.addaudithook(_only_the_loopback)
    if MARK not in os.environ:  # the workers of pytest-xdist inherit it
        folder = in_memory.take()
        if folder is not None:
            config.stash[_FOLDER] = folder
        config.stash[_GUARD] = Guard(folder)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus != pytest.ExitCode.OK and _FOLDER in session.config.stash:
        del session.config.stash[_FOLDER]  # to be looked at; the next run clears it away


def pytest_unconfigure(config: pytest.Config) -> None:
    if _GUARD in config.stash:
        config.stash[_GUARD].dismiss()
    if _FOLDER in config.stash:
        shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest rooms first: files are dealt out to the workers of pytest-xdist in this order, and a long one at the
    end would have the others wait for it."""
    rooms = [item.path.parent.name for item in items]
    ranks = [_SLOWEST.index(room) if room in _SLOWEST else len(_SLOWEST) for room in rooms]
    items[:] = [item for _, item in sorted(zip(ranks, items, strict=True), key=lambda pair: pair[0])]


def _keep_what_is_compiled() -> None:
    """Where a machine keeps none of it, each of some hundred processes, and each worker, would compile it all anew."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _forget_settings() -> None:
    """A developer's environment and `.env` must not decide what is tested. Child processes inherit the clean state, and
    the model: most tests are about everything but recognition, and the others name the weights that they want."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields or name.startswith(_FOREIGN):
            del os.environ[name]
    Settings.model_config["env_file"] = None
    os.environ["MODEL"] = str(TOY)
    # What gRPC does after a fork can crash a child that is about to become a Postgres: tests have both in one process.
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"


def _only_the_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """Fail a connection to anywhere else as an unplugged cable would."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    try:
        allowed = ip_address(arguments[1][0]).is_loopback
    except ValueError:
        allowed = arguments[1][0] == "localhost"
    if not allowed:
        raise OSError(errno.ENETUNREACH, f"tests stay on this machine, not {arguments[1]!r}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show why: what one of our errors prints is the sentence for the user, and its reason is for us."""
    problem = call.excinfo.value if call.excinfo else None
    while problem is not None:
        if isinstance(problem, AisubsError) and problem.reason:
            problem.add_note(f"{problem.code}: {problem.reason}")
        problem = problem.__cause__
    return (yield)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all workers of pytest-xdist."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def servers(run_folder: Path) -> Iterator[Servers]:
    with Servers(run_folder) as servers:
        yield servers


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A migrated embedded server of the test file's own, for killing."""
    with EmbeddedPostgres(
        tmp_path_factory.mktemp("server"), options={"fsync": "off", "cluster_name": f"aisubs {os.environ[MARK]}"}
    ) as server:
        with psycopg.connect(server.url) as connection:
            migrate(connection)
        yield server


@pytest.fixture
def database_url(servers: Servers) -> Iterator[str]:
    """A migrated database of its own on the embedded Postgres."""
    with servers.clone("pg18") as url:
        yield url


@pytest.fixture(params=VERSIONS)
def any_database_url(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    """As `database_url`, on every version of Postgres that the SQL must run on."""
    with servers.clone(request.param) as url:
        yield url


@pytest.fixture(params=VERSIONS)
def empty_database_url(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    """A database without anything of ours in it, on every version."""
    with servers.empty(request.param) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    from aisubs.adapters.database.postgres import PostgresDatabase

    plug = PostgresDatabase(database_url)
    yield plug
    plug.close()


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)
