"""The error table holds for everybody who uses it: Python, SQL and documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aisubs.model.errors import ERRORS, AisubsError, error
from aisubs.model.language import LANGUAGES

ROOT = Path(__file__).parents[2]
SOURCES = [path for room in ("aisubs", "functions", "gpu_job") for path in (ROOT / room).rglob("*.py")]


@pytest.mark.parametrize("code", ERRORS)
def test_each_code_makes_its_exception(code: str) -> None:
    made = error(code, "for the log")
    assert isinstance(made, AisubsError)
    assert type(made).__name__ == ERRORS[code].kind
    assert made.http_status >= 400
    assert ("for the log" in made.sentence) == (code == "bad_request")
    assert made.sentence.endswith((".", "for the log"))


def test_an_unknown_code_is_told_as_internal() -> None:
    assert error("no_such_code").code == "internal"


def test_python_raises_only_codes_of_the_table() -> None:
    raised = {code for path in SOURCES for code in re.findall(r"\berror\(\s*\"([a-z_]+)\"", path.read_text())}
    assert raised - set(ERRORS) == set()


def test_languages_are_those_of_the_tokenizer() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert set(LANGUAGES) == set(_LANGUAGE_CODES)
