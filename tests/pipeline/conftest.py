"""Fixtures of the pipeline tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.job_line import JobLine
from tests.workshop import Workshop


@pytest.fixture
def line(any_database_url: str) -> Iterator[JobLine]:
    """A migrated database with nothing in it, on every Postgres that the SQL must run on."""
    with JobLine(any_database_url) as line:
        yield line


@pytest.fixture
def workshop(database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    """A worker's world with the usual settings; files that need others have a fixture of the same name."""
    with Workshop(database_url, tmp_path) as workshop:
        yield workshop
