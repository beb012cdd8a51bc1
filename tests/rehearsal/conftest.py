"""One cloud for all rehearsals of a worker of pytest: it takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Servers
from tests.rehearsal.cloud import Cloud


@pytest.fixture(scope="session")
def running_cloud(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with servers.clone("pg18") as url, Cloud(url, tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Cloud) -> Iterator[Cloud]:
    """Nothing waits when a test begins; what it has disturbed is put right after it."""
    running_cloud.idle()
    yield running_cloud
    running_cloud.eventarc.copies, running_cloud.eventarc.lost = 1, False
    running_cloud.eventarc.release()
    running_cloud.run.quota, running_cloud.run.stuck = running_cloud.concurrency, False
    running_cloud.run.faults.calm()
    running_cloud.tasks.faults.calm()
    running_cloud.tasks.times = 1
    running_cloud.supabase.away = False
    running_cloud.supabase.lost.clear()
    running_cloud.tasks.pause(False)
