"""Commands in documents are ones that exist: each is read by the parser that a terminal would hand it to, each address
of the API is one that the API has, each module that is run can be, and each setting takes the value that is told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import ValidationError

from aisubs.cli.command_line import make_parser
from aisubs.http import create_http
from aisubs.settings import Settings
from aisubs.wiring import make_app
from tests.rules.test_documents import PAGES, ROOT

_FENCED = re.compile(r"^[ ]*```[^\n]*\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_SUBSTITUTION = re.compile(r"\$\([^()]*\)")
_ENDS = re.compile(r"\s#\s.*|\s[|;<>].*|\s&&.*|\s·.*|\s─.*|\s{3,}\S.*|…")
"""Where a command ends in a line of a document: a comment, a pipe, the next command, or what is said beside it."""

_COMMAND = re.compile(r"(?:^|[\s/'])aisubs(?= [a-z-])")
_PATH = re.compile(r"(?:\$API|127\.0\.0\.1:\d+|`)(/api/[^\s`'\"?;)]*)")
_MODULE = re.compile(r"python3? -m ((?:tests|aisubs)[\w.]*)")
_SETTING = re.compile(r"\b([A-Z][A-Z_]+)=([^\s`'\";,)|]+)")
_LEFT_OPEN = re.compile(r"are required|invalid choice: '(\$\w+|[A-Z]+)'")
_FILLED = re.compile(r"\{[^}]*\}|\$\w+|[A-Z]{2,}")


def _lines(document: Path) -> Iterator[str]:
    """Lines of blocks, joined where they go on, and what stands in backticks."""
    text = document.read_text()
    for block in _FENCED.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from _INLINE.findall(_FENCED.sub("", text))


def _commands(document: Path) -> Iterator[list[str]]:
    """The arguments of each `aisubs …`, without what is only for the shell."""
    for line in _lines(document):
        said = _SUBSTITUTION.sub("X", line)
        for found in _COMMAND.finditer(said):
            arguments = shlex.split(_ENDS.sub("", said[found.end() :]))
            yield [argument for argument in arguments if argument != "aisubs"]


_parser = cache(make_parser)


def _objection(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str | None:
    """What the parser has against them: a command, a step or an option that is not there. A missing FILE is none, and
    what readers fill in themselves (COMPONENT, $component) may stand for a choice."""
    try:
        _parser().parse_args(arguments)
    except SystemExit as ended:
        told = capsys.readouterr().err.strip().splitlines()
        if ended.code and not _LEFT_OPEN.search(told[-1]):
            return f"aisubs {' '.join(arguments)}: {told[-1]}"
    return None


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_are_read_by_the_command_line(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [_objection(arguments, capsys) for arguments in _commands(document)]
    assert [objection for objection in told if objection] == []


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:9/none", store_url="file:///nowhere")
    paths = create_http(make_app(settings, edition="local")).openapi()["paths"]
    return tuple(re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))) for path in paths)


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_addresses_of_the_api_are_served(document: Path) -> None:
    named = {path.rstrip("/.,") for path in _PATH.findall(document.read_text())} - {"/api/live"}  # (a WebSocket)
    filled = {path: _FILLED.sub("x", path) for path in named if "…" not in path and "*" not in path}
    assert {path for path, like in filled.items() if not any(one.fullmatch(like) for one in _addresses())} == set()


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_that_are_run_are_there(document: Path) -> None:
    assert {name for name in _MODULE.findall(document.read_text()) if find_spec(name) is None} == set()


def _wrong_value(name: str, value: str) -> bool:
    """Whether it is a setting that does not take this. What readers fill in themselves may stand for any value."""
    field = name.lower()
    if field not in Settings.model_fields or "…" in value or _FILLED.search(value):
        return False
    try:
        Settings(**{field: value})
    except ValidationError as fault:
        return any(problem["loc"][:1] == (field,) for problem in fault.errors())
    return False


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_settings_take_the_values_that_are_told(document: Path) -> None:
    assert [one for one in _SETTING.findall(document.read_text()) if _wrong_value(*one)] == []


def test_the_parser_objects_to_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """The rules above can fail."""
    assert _objection(["transcribe", "talk.mp4", "--no-such-option"], capsys)
    assert _objection(["no-such-command"], capsys)
    assert _objection(["models", "no-such-step"], capsys)
    assert _objection(["transcribe"], capsys) is None
    assert _wrong_value("ANONYMOUS", "false")
    assert not _wrong_value("ANONYMOUS", "no")
    assert not any(one.fullmatch("/api/no-such-address") for one in _addresses())
