"""Documents that cannot lie: what is generated equals its source, links lead somewhere, settings and codes are told."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from aisubs.settings import Settings
from tests.rules.settings_page import page

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def test_settings_page_is_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page(), "run `make docs`"


def test_every_setting_says_what_it_means() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if "://" not in target and not target.startswith("mailto:") and not (document.parent / target).exists():
            dead.append(target)
    assert dead == []


def test_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)`?", "".join(page.read_text() for page in PAGES)))
    assert named - targets - {"sure", "it", "the", "a", "one", "no", "up"} == set()


def test_no_registry_host_and_no_path_of_a_machine() -> None:
    """The repository must not depend on where it was written or on one package index."""
    hosts = "|".join(["py" + "pi[.]o" + "rg", "python" + "hosted[.]org", "registry[.]npm" + "js"])
    found = subprocess.run(
        ["git", "grep", "-lE", f"({hosts})|(^|[^A-Za-z0-9_.])/(work|farm)/", "--", "."],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout.split() == []
