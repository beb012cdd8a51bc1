"""Fixtures of the pipeline tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.job_line import JobLine


@pytest.fixture
def line(any_database_url: str) -> Iterator[JobLine]:
    """A migrated database with nothing in it, on every Postgres that the SQL must run on."""
    with JobLine(any_database_url) as line:
        yield line
