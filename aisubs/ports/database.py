"""The database port: the job state machine, behind one method."""

from __future__ import annotations

from typing import Any, Protocol


class Database(Protocol):
    """The job state machine, reached through the functions of schema `aisubs_api`."""

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        """Run one function in one transaction and return its rows as JSON values (times are ISO 8601 with zone).

        Arguments are JSON values and are passed by name. A function that raises SQLSTATE `PTxyz` with one of our codes
        as its message raises that error here, its DETAIL (a JSON object) filled into the sentence.
        A call that times out may have been carried out: every function is safe to call again.
        """
        ...

    def ping(self) -> str:
        """Return a short description of the server, or raise `database_unavailable`."""
        ...
