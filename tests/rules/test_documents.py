"""Documents that cannot lie: what is generated equals its source, links lead somewhere, settings and codes are told."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from aisubs.settings import Settings, read_settings
from tests.rules import errors_page, settings_page
from tests.rules.docs_site import BROUGHT, turn_links

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def test_generated_pages_are_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == settings_page.page(), "run `make docs`"
    assert (ROOT / ".env.example").read_text() == settings_page.example(), "run `make docs`"
    assert (ROOT / "docs/errors.md").read_text() == errors_page.page(), "run `make docs`"


def test_the_example_of_settings_changes_none_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings_page.names():
        monkeypatch.delenv(name.upper(), raising=False)
    lines = re.findall(r"^# ([A-Z0-9_]+=.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    (tmp_path / ".env").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    with_example = read_settings()
    (tmp_path / ".env").unlink()
    assert with_example == read_settings()
    assert len(lines) > 50


def test_every_page_is_in_the_contents_of_the_site() -> None:
    """Decisions have a list of their own; `make site` refuses links that lead nowhere."""
    listed = set(re.findall(r": ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").glob("*.md")}
    assert listed == pages | set(BROUGHT.values()) | {"decisions/README.md"}


@pytest.mark.parametrize(
    ("document", "link", "on_the_site"),
    [
        ("README.md", "(docs/local.md#the-inbox)", "(local.md#the-inbox)"),
        ("README.md", "(aisubs/ports/__init__.py)", "(https://host/repo/blob/main/aisubs/ports/__init__.py)"),
        ("docs/local.md", "(../README.md)", "(index.md)"),
        ("docs/local.md", "(../infra)", "(https://host/repo/tree/main/infra)"),
        ("docs/decisions/a.md", "(../scale.md)", "(../scale.md)"),
        ("docs/local.md", "(https://example.org/x)", "(https://example.org/x)"),
    ],
)
def test_links_are_turned_for_the_site(document: str, link: str, on_the_site: str) -> None:
    assert turn_links(f"[said]{link}", document, "https://host/repo") == f"[said]{on_the_site}"


def test_every_table_of_the_bench_is_filled() -> None:
    """Each has rows, as a table that was never run would look like one without a miss."""
    text = (ROOT / "docs/performance.md").read_text()
    tables = re.findall(r"<!-- bench (\w+) -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert {name for name, table in tables if table.count("\n| ") < 2} == set()


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
