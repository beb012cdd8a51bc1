"""Fixtures of the attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.job_line import JobLine


@pytest.fixture
def line(database_url: str) -> Iterator[JobLine]:
    """A migrated database with nothing in it."""
    with JobLine(database_url) as line:
        yield line
