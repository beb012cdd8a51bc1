"""docs/features.md: every wish has evidence that exists, or says why it is not there. Its commands are read by
test_commands, its links by test_documents."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from aisubs.http import create_http
from aisubs.settings import Settings
from aisubs.wiring import make_app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/features.md").read_text()
SKETCHES = (
    "The main specification: jobs in the background",
    "A page and a worker with Supabase",
    "A service on AssemblyAI, S3 and FastAPI",
    "Temporal, Authentik and local Whisper",
    "A service with several engines",
)
NOTHING = "-"
MISSING = {
    "AssemblyAI transcribes": "aisubs/wiring_engine.py: assemblyai",
    "whisper.cpp as an engine": "pyproject.toml: pywhispercpp",
    "MLX Whisper as an engine": "pyproject.toml: mlx",
    "Temporal runs each job": "pyproject.toml: temporalio",
    "Compose with Postgres and MinIO": "docker-compose.yml: minio",
    "Authentik signs people in": "docker-compose.yml: authentik",
}
"""What is called missing: the file in which a word would stand if it were there."""

_EVIDENCE = re.compile(r"`[^`]+`(, `[^`]+`)*")
_REASON = re.compile(r"\*\*(?:Not yet|Not wanted)\*\*: (?:\S+ ){4}")
"""What is missing, or left out, in five words at least."""


def rows_of(page: str) -> list[list[str]]:
    """The cells of all rows, without the heads of tables."""
    lines = [line for line in page.splitlines() if line.startswith("|") and not line.startswith("|---")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[1:] != ["how it is", "shown by"]]


def objection_to(row: list[str]) -> str | None:
    """What is wrong with a row, as a sentence."""
    if len(row) != 3:
        return f"{row[0]}: {len(row)} cells"
    wish, how, shown = row
    if shown == NOTHING:
        return None if _REASON.search(how) else f"{wish}: neither shown nor explained"
    if not _EVIDENCE.fullmatch(shown):
        return f"{wish}: {shown}"
    missing = [one for one in re.findall(r"`([^`]+)`", shown) if not is_there(one)]
    return f"{wish}: {', '.join(missing)}" if missing else None


def is_there(evidence: str) -> bool:
    """Whether a test, target, address or file exists. A command is for test_commands to read."""
    first, _, rest = evidence.partition(" ")
    if "::" in evidence:
        path, _, name = evidence.partition("::")
        return name in names_in(path) if path.endswith(".py") else has_title(path, name)
    if first == "aisubs":
        return bool(rest)
    if first == "make":
        return bool(re.search(rf"^{re.escape(rest)}:", (ROOT / "Makefile").read_text(), re.MULTILINE))
    return (first, _nameless(rest)) in served() if rest else (ROOT / evidence).is_file()


@cache
def names_in(path: str) -> frozenset[str]:
    """As pytest names them; none of a file that is not there."""
    if not (ROOT / path).is_file():
        return frozenset()
    names: list[str] = []
    for node in ast.parse((ROOT / path).read_text()).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        names += [before + one.name for one in inside if isinstance(one, ast.FunctionDef)]
    return frozenset(name for name in names if name.split("::")[-1].startswith("test_"))


def has_title(path: str, title: str) -> bool:
    """Whether a test of the page is called exactly so."""
    if not (ROOT / path).is_file():
        return False
    called = rf"\btest(?:\.each\b.*?|)\((['\"`]){re.escape(title)}\1"
    return re.search(called, (ROOT / path).read_text(), re.DOTALL) is not None


@cache
def served() -> frozenset[tuple[str, str]]:
    """Method and path of each route of the local edition, its doors for other programs included."""
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:9/none", store_url="file:///nowhere")
    app = make_app(settings, edition="local", on_object=lambda _: None)
    paths = create_http(app, doors_secret="none").openapi()["paths"]
    return frozenset((method.upper(), _nameless(path)) for path, methods in paths.items() for method in methods)


def _nameless(path: str) -> str:
    """Documents say {id} where the API says {job_id}."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_every_wish_is_shown_or_explained() -> None:
    assert [told for row in rows_of(PAGE) if (told := objection_to(row))] == []


def test_no_wish_stands_twice() -> None:
    assert [wish for wish, times in Counter(row[0] for row in rows_of(PAGE)).items() if times > 1] == []


@pytest.mark.parametrize("wish", MISSING)
def test_what_is_called_missing_is_missing(wish: str) -> None:
    file, _, word = MISSING[wish].partition(": ")
    (how,) = (row[1] for row in rows_of(PAGE) if row[0] == wish)
    assert ("**Not yet**" in how) == (word not in (ROOT / file).read_text().lower()), how


@pytest.mark.parametrize("sketch", SKETCHES)
def test_every_sketch_has_its_wishes(sketch: str) -> None:
    _, _, told = PAGE.partition(f"\n## {sketch}\n")
    assert len(rows_of(told.partition("\n## ")[0])) > 10


@pytest.mark.parametrize(
    "row",
    [
        "| a wish | yes | - |",
        "| a wish | **Not wanted**: no | - |",
        "| a wish | yes | believe it |",
        "| a wish | yes | |",
        "| a wish | yes |",
        "| a wish | yes | `tests/rules/test_features.py::test_that_is_not_there` |",
        "| a wish | yes | `tests/rules/test_features.py::rows_of` |",
        "| a wish | yes | `tests/rules/not_there.py::test_no_wish_stands_twice` |",
        "| a wish | yes | `README.md`, `tests/browser/viewer.test.ts::the recording plays` |",
        "| a wish | yes | `tests/browser/not_there.test.ts::the recording plays` |",
        "| a wish | yes | `make believe` |",
        "| a wish | yes | `GET /api/wishes` |",
        "| a wish | yes | `DELETE /api/jobs/submit` |",
        "| a wish | yes | `docs/wishes.md` |",
    ],
)
def test_what_is_not_there_is_found(row: str) -> None:
    """The rule above can fail."""
    (cells,) = rows_of(f"| asked | how it is | shown by |\n|---|---|---|\n{row}\n")
    assert objection_to(cells) is not None
