"""What the parts of the job book share: one database, and jobs as its functions return them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aisubs.model.job import Job
from aisubs.ports import Database


@dataclass(frozen=True, slots=True)
class Book:
    """Over one database."""

    database: Database

    def _job(self, function: str, **arguments: Any) -> Job:
        return Job.model_validate(self.database.call(function, **arguments)[0])
