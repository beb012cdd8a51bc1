"""The OpenAPI document: FastAPI's, with every error of every route in the one shape, and examples of all that is sent.

FastAPI would promise its own form for requests that are not valid, which nobody is sent, and knows no other error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from aisubs.http.examples import example_of
from aisubs.http.refusals import needs_token, refusals_of, takes_token
from aisubs.model.errors import ERRORS

_ERROR = "ErrorAnswer"
_ERROR_SCHEMA = {
    "title": _ERROR,
    "description": "Every error. `code` is the contract, `message` a sentence for people.",
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "retryable"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "enum": sorted(ERRORS)},
                "message": {"type": "string"},
                "retryable": {"type": "boolean"},
            },
        }
    },
}
_NOT_OURS = ("HTTPValidationError", "ValidationError")
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token of a job, of a session, of a library or of a link; several after commas.",
}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds, where a retry may help.", "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Seconds, where a retry may help.", "schema": {"type": "integer"}}},
}


def describe(http: FastAPI, routers: Sequence[APIRouter]) -> Callable[[], dict[str, Any]]:
    """What to put in the place of `http.openapi`. `routers` are all that were included."""

    def openapi() -> dict[str, Any]:
        if http.openapi_schema is None:
            http.openapi_schema = _document(http, routers)
        return http.openapi_schema

    return openapi


def _document(http: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    document = get_openapi(title=http.title, version=http.version, description=http.description, routes=http.routes)
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in _NOT_OURS:
        schemas.pop(name, None)
    schemas[_ERROR] = _ERROR_SCHEMA
    parts["securitySchemes"] = {"token": _BEARER}
    for route, operation in _operations(document, routers):
        if takes_token(route):
            operation["security"] = [{"token": []}] if needs_token(route) else [{}, {"token": []}]
        _add_refusals(operation, refusals_of(route))
        _add_examples(operation, schemas)
    return document


def _operations(document: dict[str, Any], routers: Sequence[APIRouter]) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in route.methods or ():
                    yield route, document["paths"][route.path_format][method.lower()]


def _add_refusals(operation: dict[str, Any], refusals: dict[int, list[str]]) -> None:
    answers: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    for status, codes in refusals.items():
        answer = answers.setdefault(str(status), {})
        answer.pop("x-refusals", None)
        answer["description"] = _phrase(status)
        if headers := _HEADERS.get(status):
            answer["headers"] = headers
        content = answer.setdefault("content", {}).setdefault("application/json", {})
        ours = {"$ref": f"#/components/schemas/{_ERROR}"}
        content["schema"] = {"anyOf": [content["schema"], ours]} if "schema" in content else ours
        content["examples"] = {code: {"value": _shown(code)} for code in codes}
    operation["responses"] = dict(sorted(answers.items()))


def _shown(code: str) -> dict[str, Any]:
    row = ERRORS[code]
    return {"error": {"code": code, "message": row.sentence, "retryable": row.retryable}}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else str(status)


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if "example" not in parameter and "examples" not in parameter["schema"]:
            parameter["example"] = example_of(parameter["schema"], schemas, parameter["name"])
    for message in (operation.get("requestBody"), *operation["responses"].values()):
        content = (message or {}).get("content", {}).get("application/json", {})
        if "schema" in content and not {"example", "examples"} & set(content):
            content["example"] = example_of(content["schema"], schemas)
