"""The whole API, asked at random by its own description: requests that fit it and requests that do not, by several
callers, each answer held against what is promised. The same requests for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from aisubs.model.errors import ERRORS

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class Asker:
    """Asks at `base_url`. `callers` are headers by name; `known` are values for parameters of paths, such as a job's
    id: every second request takes them, for what is not there is answered by the first look."""

    def __init__(self, base_url: str, callers: dict[str, dict[str, str]], known: dict[str, str]) -> None:
        self._schema = schemathesis.openapi.from_url(f"{base_url}/openapi.json")
        self._callers = callers
        self._known = known
        self.asked: dict[int, int] = {}
        """How many answers had which status."""

    def faults(self, examples: int, seed: int) -> Iterator[str]:
        """Each breach of a promise, once for each operation and kind of request."""
        # What deletes comes last: there would be nothing left to ask for.
        found = [result.ok() for result in self._schema.get_all_operations()]
        for operation in sorted(found, key=lambda one: (one.method == "delete", one.label)):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                for caller, headers in self._callers.items():
                    for told in self._asked(operation, mode, headers, examples, seed):
                        yield f"{operation.label} ({mode.value}, {caller}): {told}"

    def _asked(
        self, operation: APIOperation, mode: GenerationMode, headers: dict[str, str], examples: int, seed: int
    ) -> list[str]:
        told: list[str] = []
        turn = 0

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case) -> None:
            nonlocal turn
            turn += 1
            if turn % 2:
                case.path_parameters.update({k: v for k, v in self._known.items() if k in case.path_parameters})
            told.extend(self._breaches(case, headers))

        with suppress(hypothesis.errors.Unsatisfiable):  # nothing that does not fit can be said to it
            ask()
        return told[:1]

    def _breaches(self, case: Case, headers: dict[str, str]) -> list[str]:
        answer = case.call(headers=headers, allow_redirects=False)
        self.asked[answer.status_code] = self.asked.get(answer.status_code, 0) + 1
        if answer.status_code >= 500 and not _is_told(case, answer):
            return [_told(AssertionError("a fault of the server"), case, answer)]
        try:
            case.validate_response(answer, checks=CHECKS, headers=headers)
        except FailureGroup as group:
            return [_told(fault, case, answer) for fault in group.exceptions]
        except Failure as fault:
            return [_told(fault, case, answer)]
        return []


def _is_told(case: Case, answer: Any) -> bool:
    """Whether it is refused for what this server has not got (a model, a diarizer), and the operation says so."""
    code = answer.json()["error"]["code"]
    promised = case.operation.definition.raw["responses"][str(answer.status_code)]["content"]["application/json"]
    return ERRORS[code].kind == "Refused" and code in promised["examples"]


def _told(fault: BaseException, case: Case, answer: Any) -> str:
    return f"{answer.status_code} {answer.text[:200]!r}: {fault} with {case.as_curl_command()[:400]}"
