"""The OpenAPI document is whole: of every route what it is for, every error it may answer with, and an example of all
that is sent, which fits its own schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aisubs.http import create_http
from aisubs.http.watchers import Watchers
from aisubs.model.errors import ERRORS
from tests.doors.http_door import open_door

EVERYWHERE = {"500": "internal", "503": "database_unavailable", "421": "host_unknown"}


@pytest.fixture
def document(database_url: str, tmp_path: Path) -> Iterator[dict[str, Any]]:
    with open_door(database_url, tmp_path, edition="local") as door:
        yield create_http(door.app, watchers=Watchers(), doors_secret="of nobody").openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def examples(content: dict[str, Any]) -> list[Any]:
    return [content["example"]] if "example" in content else [row["value"] for row in content["examples"].values()]


def test_every_route_says_what_it_is_for_and_what_may_go_wrong(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation.get("summary"), name
        answers = operation["responses"]
        assert any(status < "400" or status == "499" for status in answers), name
        for status, code in EVERYWHERE.items():
            assert code in answers[status]["content"]["application/json"]["examples"], (name, code)
        if "{job_id}" in name:
            assert {"job_not_found", "unauthorized"} <= promised(operation), name
        if "requestBody" in operation and "PUT /upload" not in name:
            assert {"413", "422"} <= set(answers), name


def promised(operation: dict[str, Any]) -> set[str]:
    contents = [answer.get("content", {}).get("application/json", {}) for answer in operation["responses"].values()]
    return {code for content in contents for code in content.get("examples", {})}


def test_every_error_that_is_promised_has_the_status_of_the_table(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            for code in answer.get("content", {}).get("application/json", {}).get("examples", {}):
                assert int(status) in (ERRORS[code].http_status, 413), (name, status, code)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_all_that_is_sent_has_an_example_that_fits(document: dict[str, Any]) -> None:
    faults = []
    for name, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            faults += misfits(document, f"{name} {parameter['name']}", parameter["schema"], parameter["example"])
        for status, message in [("body", operation.get("requestBody", {})), *operation["responses"].items()]:
            content = message.get("content", {}).get("application/json", {})
            for example in examples(content) if "schema" in content else ():
                faults += misfits(document, f"{name} {status}", content["schema"], example)
    assert faults == [], "aisubs/http/examples.py knows no example for these fields"


def misfits(document: dict[str, Any], where: str, schema: dict[str, Any], example: Any) -> list[str]:
    validator = Draft202012Validator({**schema, "components": document["components"]})
    return [f"{where} {list(fault.path)}: {fault.message[:120]}" for fault in validator.iter_errors(example)]


def test_routes_that_look_at_tokens_say_so(document: dict[str, Any]) -> None:
    security = {name: operation.get("security") for name, operation in operations(document)}
    assert security["GET /api/jobs/{job_id}"] == [{"token": []}]
    assert security["POST /api/jobs/submit"] == [{}, {"token": []}]
    assert security["GET /api/config"] is None
