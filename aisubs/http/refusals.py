"""Which errors a route answers with: what its words say, and what follows from what it takes.

A docstring that names a code of the table in backticks promises it: of a route, and of whatever it depends on
("Raises `unauthorized`"). `refuses` names those for which a route has no words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from aisubs.http.access import bearer_tokens, job_in_path
from aisubs.model.errors import ERRORS

_NAMED = re.compile(r"`([a-z_]+)`")
_KEY = "x-refusals"

_ANY = ("internal", "database_unavailable", "host_unknown")
_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def refuses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route. Raises KeyError for a code that is not in the table."""
    said: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        said.setdefault(ERRORS[code].http_status, {_KEY: []})[_KEY].append(code)
    return said


def refusals_of(route: APIRoute) -> dict[int, list[str]]:
    """Codes by HTTP status, in the order of the statuses."""
    found: dict[int, set[str]] = {}
    for code in _codes(route):
        found.setdefault(ERRORS[code].http_status, set()).add(code)
    if route.body_field is not None:
        found[413] = {"bad_request"} | found.get(413, set())  # larger than any body may be (request_bodies.py)
    return {status: sorted(codes) for status, codes in sorted(found.items())}


def _codes(route: APIRoute) -> Iterator[str]:
    yield from _ANY
    for said in route.responses.values():
        yield from said.get(_KEY, ())
    calls = list(_calls(route.dependant))
    for call in calls:
        yield from (code for code in _NAMED.findall(call.__doc__ or "") if code in ERRORS)
    if route.body_field is not None:
        yield "too_busy"
    if route.body_field is not None or _takes_values(route.dependant):
        yield "bad_request"
    if bearer_tokens in calls:
        yield from ("bad_request", "signed_out", "key_refused", "key_scope")
    if job_in_path in calls:
        yield from ("job_not_found", "share_over")
        if _CHANGING.intersection(route.methods or ()):
            yield "read_only"


def takes_token(route: APIRoute) -> bool:
    """Whether a token in `Authorization` is looked at."""
    return bearer_tokens in _calls(route.dependant)


def needs_token(route: APIRoute) -> bool:
    """Whether nothing is answered without one."""
    return "unauthorized" in set(_codes(route))


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for other in dependant.dependencies:
        yield from _calls(other)


def _takes_values(dependant: Dependant) -> bool:
    """Path, query or header: what may be said wrong."""
    own = [*dependant.path_params, *dependant.query_params, *dependant.header_params]
    return bool(own) or any(_takes_values(other) for other in dependant.dependencies)
