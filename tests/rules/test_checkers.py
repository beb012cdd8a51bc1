"""The checkers check: each one finds what is planted for it in a copy of the house."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aisubs.settings import Settings

ROOT = Path(__file__).parents[2]
ROOMS = ("aisubs", "functions", "gpu_job")

PLANTED_IMPORTS = {
    "Imports point downwards": ("aisubs/model/names.py", "import aisubs.pipeline.sweep"),
    "Doors stand on the house, never the other way": ("aisubs/wiring.py", "import functions.main"),
    "Only the wiring plugs adapters in": ("aisubs/http/health.py", "import aisubs.adapters.store.folder"),
    # In the room that once had no __init__.py and so was not looked into.
    "Adapters do not know each other": (
        "aisubs/adapters/engine/faster_whisper/plug.py",
        "import aisubs.adapters.store.folder",
    ),
    "The core touches no cloud, no driver, no framework": ("aisubs/media/probe.py", "import httpx"),
}
"""contract → a file and the line that breaks it there."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house without what a checker does not read."""
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "page", "*.bin"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint_imports(folder: Path) -> str:
    """What import-linter says of the packages there. They come before those that are installed."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr == "", done.stderr
    return done.stdout


def plant(folder: Path, name: str, line: str) -> None:
    file = folder / name
    file.write_text(f"{file.read_text()}\n\n{line}\n")


def test_each_contract_of_the_floor_plan_finds_what_breaks_it(copy: Path) -> None:
    kept = lint_imports(copy)
    for contract in PLANTED_IMPORTS:
        assert re.search(rf"^{re.escape(contract)} KEPT", kept, re.MULTILINE), contract
    for name, line in PLANTED_IMPORTS.values():
        plant(copy, name, line)
    said = lint_imports(copy)
    for contract, (name, line) in PLANTED_IMPORTS.items():
        assert re.search(rf"^{re.escape(contract)} BROKEN", said, re.MULTILINE), contract
        importer = name.removesuffix(".py").replace("/", ".")
        assert f"{importer} -> {line.removeprefix('import ')}" in said, contract


def test_a_new_room_without_a_floor_is_found(copy: Path) -> None:
    (copy / "aisubs/attic.py").write_text('"""Nobody said where this belongs."""\n')
    assert "attic" in lint_imports(copy)


@pytest.mark.parametrize(
    ("name", "line", "rule"),
    [
        ("aisubs/model/planted.py", "import os\n\nHOME = os.environ['HOME']", "TID251"),
        ("aisubs/local/planted.py", "import os\n\nHOME = os.getenv('HOME')", "TID251"),
        ("functions/planted.py", "from os import environ\n\nHOME = environ['HOME']", "TID251"),
        ("aisubs/pipeline/planted.py", "print('done')", "T201"),
        ("aisubs/pipeline/planted.py", "try:\n    pass\nexcept Exception:\n    pass", "BLE001"),
    ],
)
def test_ruff_finds_what_is_banned(copy: Path, name: str, line: str, rule: str) -> None:
    planted = copy / name
    planted.write_text(f'"""Planted."""\n\n{line}\n')
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", str(planted)]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=60, check=False)
    planted.unlink()
    assert done.returncode == 1
    assert rule in done.stdout


def test_every_folder_with_code_is_a_package() -> None:
    """Or import-linter and mypy pass by it."""
    folders = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    parents = {parent for folder in folders for parent in [folder, *folder.parents] if parent.is_relative_to(ROOT)}
    bare = sorted(str(folder.relative_to(ROOT)) for folder in parents - {ROOT} if not (folder / "__init__.py").exists())
    assert bare == []


def settings_read_in(tree: ast.AST) -> set[str]:
    """Names of what is read of something that is called settings."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and "settings" in (getattr(node.value, "attr", None) or getattr(node.value, "id", None) or "")
    }


def unread_settings(fields: set[str], sources: list[str], properties: dict[str, set[str]]) -> set[str]:
    """Settings that no source reads, neither by name nor through a property of Settings."""
    read = {name for source in sources for name in settings_read_in(ast.parse(source))}
    return fields - read - {name for known in read & set(properties) for name in properties[known]}


def test_each_setting_has_a_reader() -> None:
    """A setting that changes nothing is a lie."""
    house = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    sources = [path.read_text() for path in house if path != ROOT / "aisubs/settings.py"]
    tree = ast.parse((ROOT / "aisubs/settings.py").read_text())
    (settings,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    properties = {
        node.name: {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        for node in settings.body
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(one) == "property" for one in node.decorator_list)
    }
    assert unread_settings(set(Settings.model_fields), sources, properties) == set()
    planted = {*Settings.model_fields, "nobody_asks_me"}
    assert unread_settings(planted, sources, properties) == {"nobody_asks_me"}
