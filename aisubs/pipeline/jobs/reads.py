"""Whoever reads a text: a person with a holder, or the house. Both read the same way, each by its own right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from aisubs.model.transcript import Window
from aisubs.model.translation import Translation
from aisubs.model.turns import Turn
from aisubs.pipeline.jobs.house import House
from aisubs.pipeline.jobs.owner import Owner
from aisubs.pipeline.jobs.revisions import Revisions
from aisubs.pipeline.jobs.rights import Holder
from aisubs.pipeline.jobs.translations import Translations


class Reads(Protocol):
    """What is known of a text. Raises `job_not_found` and the like where the reader has no right to it."""

    def read_windows(self, job_id: str, since_seq: int, limit: int) -> list[Window]: ...
    def get_result(self, job_id: str) -> dict[str, Any] | None: ...
    def read_revision(self, job_id: str, revision: int | None = None) -> dict[str, Any] | None: ...
    def read_turns(self, job_id: str) -> tuple[Turn, ...]: ...


class PersonsJobs(Owner, Revisions, Translations):
    """What of the job book a person reads by."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class HolderReads:
    """What this holder may read."""

    jobs: PersonsJobs
    holder: Holder

    def read_windows(self, job_id: str, since_seq: int, limit: int) -> list[Window]:
        return self.jobs.read_windows(job_id, self.holder, since_seq, limit)

    def get_result(self, job_id: str) -> dict[str, Any] | None:
        return self.jobs.get_result(job_id, self.holder)

    def read_revision(self, job_id: str, revision: int | None = None, language: str = "") -> dict[str, Any] | None:
        return self.jobs.read_revision(job_id, self.holder, revision, language)

    def read_translation(self, job_id: str, language: str) -> Translation:
        return self.jobs.read_translation(job_id, self.holder, language)

    def read_turns(self, job_id: str) -> tuple[Turn, ...]:
        return self.jobs.read_turns(job_id, self.holder)


@dataclass(frozen=True, slots=True)
class HouseReads:
    """What was dropped, or came by a command."""

    jobs: House

    def read_windows(self, job_id: str, since_seq: int, limit: int) -> list[Window]:
        return self.jobs.house_windows(job_id, since_seq, limit)

    def get_result(self, job_id: str) -> dict[str, Any] | None:
        return self.jobs.house_result(job_id)

    def read_revision(self, job_id: str, revision: int | None = None) -> dict[str, Any] | None:
        return self.jobs.house_text(job_id, revision)

    def read_turns(self, job_id: str) -> tuple[Turn, ...]:
        return self.jobs.house_turns(job_id)
