"""The whole machine."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis.stateful import rule

from tests.state_machine.invariants import Invariants
from tests.state_machine.known import Person
from tests.state_machine.oracle_uploads import upload_name
from tests.state_machine.place import Place
from tests.state_machine.rules import contents, options, people
from tests.state_machine.rules_people import PeopleRules
from tests.state_machine.rules_starts import StartRules
from tests.state_machine.rules_uploads import UploadRules
from tests.state_machine.rules_worker import WorkerRules


class JobBook(UploadRules, StartRules, WorkerRules, PeopleRules, Invariants):
    """Everybody at once; and a short way to many texts, without which twins would be rare."""

    @rule(person=people, content=contents, options=options)
    def a_text_is_made(self, person: Person, content: str, options: dict[str, Any]) -> None:
        job_id = self.new_id()
        self.announcements.append((job_id, person, content, options))
        self._offer(*self.announcements[-1])
        if job_id not in self.oracle.jobs or self.oracle.jobs[job_id].status != "uploading":
            return
        self._land(upload_name(job_id), fit=True, lost=False)
        self._claim_next("a quick worker")
        for claim in [claim for claim in self.given.claims if self.oracle.is_live(claim)]:
            self._finish(claim, content)


def machine_for(place: Place) -> type[JobBook]:
    """The machine over this place; its `steps` count what it did."""

    class Placed(JobBook):
        steps: ClassVar[int] = 0

    Placed.place = place
    return Placed
