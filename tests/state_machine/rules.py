"""What all rules have in common: the book and the oracle are asked the same, and must say the same."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar, cast
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from aisubs.model.errors import AisubsError
from tests.state_machine.known import PEOPLE, Given, Known, Refusal
from tests.state_machine.oracle_people import OracleOfPeople
from tests.state_machine.place import Place

picks = st.integers(0, 11)
"""Which of those there are; more than there are begin again."""
people = st.sampled_from(PEOPLE)
options = st.sampled_from([{}, {"language": "en"}])
contents = st.sampled_from(["a" * 64, "b" * 64])
seldom = st.sampled_from([False, False, False, True])
"""Is the first answer lost?"""

T = TypeVar("T")
E = TypeVar("E")


class Rules(RuleBasedStateMachine):
    """`place` is set by `machine.machine_for`."""

    place: ClassVar[Place]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.place.clear()
        self.oracle = OracleOfPeople()
        self.given = Given()

    def both(
        self,
        function: str,
        asked: Callable[[], T],
        expected: Callable[[], E],
        lost: bool = False,
        as_expected: Callable[[T], Any] = lambda answer: answer,
    ) -> T | None:
        """Ask the book, whose answer must be the oracle's; the answer, or None for a refusal. `lost`: the call is
        carried out, its answer never arrives, and it is made again."""
        type(self).steps += 1
        self.oracle.day = self.place.day
        if lost:
            self.place.lost.add(function)
            with contextlib.suppress(Refusal):
                expected()
        try:
            wanted: Any = expected()
        except Refusal as refusal:
            wanted = refusal
        answer = refused = None
        try:
            answer = asked()
        except AisubsError as fault:
            refused = fault
        if refused is not None or isinstance(wanted, Refusal):
            said = (refused and refused.code, getattr(wanted, "code", None))
            assert said[0] == said[1], f"{function}, refused with, and must be: {said}; {refused and refused.reason}"
            return None
        seen = as_expected(cast(T, answer))
        assert seen == wanted, f"{function}: {seen} instead of {wanted}"
        return answer

    def job(self, pick: int, *statuses: str) -> Known:
        """One of those that there are, in these states if any is."""
        known = list(self.oracle.jobs.values())
        return chosen([job for job in known if job.status in statuses] or known, pick)

    @property
    def has_jobs(self) -> bool:
        return bool(self.oracle.jobs)

    def new_id(self) -> str:
        return str(uuid4())


def chosen(these: Sequence[T], pick: int) -> T:
    return these[pick % len(these)]
