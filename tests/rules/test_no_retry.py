"""No test gets a second try: one that fails now and then has found something, in the product or in itself."""

from __future__ import annotations

import re
import tomllib

from tests.rules.dockerfiles import ROOT

VITEST = re.compile(r"\bretry\s*:|--retry\b")
"""Its option, of a whole configuration, of one test, or of the command line."""
PYTEST = re.compile(r"rerunfailures|flaky|--reruns\b")


def test_the_pages_tests_are_not_tried_again() -> None:
    configured = [*(ROOT / "web").glob("vitest*.ts"), ROOT / "web/package.json"]
    written = [*(ROOT / "tests/browser").glob("*.test.ts"), *(ROOT / "web/tests").glob("*.test.ts")]
    assert len(configured) > 3
    assert len(written) > 30
    assert [path.name for path in (*configured, *written) if VITEST.search(path.read_text())] == []


def test_pythons_tests_are_not_tried_again() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    said = [*project["project"]["optional-dependencies"]["test"], project["tool"]["pytest"]["ini_options"]["addopts"]]
    assert [word for word in [*said, (ROOT / "Makefile").read_text()] if PYTEST.search(word)] == []


def test_a_second_try_would_be_seen() -> None:
    assert VITEST.search("test: { retry: 2, environment: 'node' }")
    assert VITEST.search("it('is loaded', { retry: 1 }, async () => {})")
    assert VITEST.search('"test:browser": "vitest run --retry=2"')
    assert PYTEST.search("pytest-rerunfailures>=14")
