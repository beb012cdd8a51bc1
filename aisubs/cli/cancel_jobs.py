"""`aisubs jobs cancel`: take jobs of this machine out of the line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Actions, HelpFormatter, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import printable, say, show
from aisubs.cli.this_machine import opened
from aisubs.model.errors import AisubsError
from aisubs.model.job import Source, Status
from aisubs.model.places import dropped_name

if TYPE_CHECKING:
    from aisubs.pipeline.jobs import Holder
    from aisubs.wiring import App

ROWS_PER_PAGE = 100
SHORTEST_ID = 4
OPEN = tuple(status for status in Status if not status.over)

DESCRIPTION = """\
Cancel jobs that wait. The recording stays where it was dropped; touch it, and it is taken again.

  aisubs jobs cancel talk.mp4 talks/monday.mp4    by the name of the file, or its path in the inbox
  aisubs jobs cancel 0f8a2c                       by the first letters of the id
  aisubs jobs cancel --running talk.mp4           stop it too if it is being processed"""


def add_cancel(actions: Actions) -> None:
    cancel = actions.add_parser("cancel", help="cancel jobs", description=DESCRIPTION, formatter_class=HelpFormatter)
    cancel.add_argument("wanted", nargs="+", metavar="NAME|ID", help="which")
    cancel.add_argument("--running", action="store_true", help="also what is being processed")
    # Said before `cancel` they count too: what is not said here must not unsay it.
    add_data_dir(cancel, default=argparse.SUPPRESS)
    add_json(cancel, default=argparse.SUPPRESS)
    cancel.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.tokens import own_holder

    with opened(settings_of(args, "data_dir")) as app:
        holder = own_holder(app.settings.data_dir)
        open_jobs = list(jobs_in(OPEN, app, holder))
        outcomes = [_cancel(word, open_jobs, app, holder, running=args.running) for word in args.wanted]
    if args.json:
        show(outcomes)
    return Exit.JOB_FAILED if any(outcome["error"] for outcome in outcomes) else Exit.OK


def name_of(row: dict[str, Any]) -> str:
    """How people know the recording of a job: its path in the inbox, or the name of the file that was sent."""
    return dropped_name(row["object_name"]) if row["source"] == Source.FOLDER else str(row["filename"])


def jobs_in(statuses: Sequence[str], app: App, holder: Holder) -> Iterator[dict[str, Any]]:
    """All with one of the statuses: as a list this long is read page by page, it may hold one twice, which does no
    harm."""
    page, total = 1, 1
    while (page - 1) * ROWS_PER_PAGE < total:
        rows = app.jobs.list_jobs(holder, page, ROWS_PER_PAGE, {"statuses": [*statuses]})
        total = int(rows[0]["total"]) if rows else 0
        yield from rows
        page += 1


def _cancel(word: str, rows: list[dict[str, Any]], app: App, holder: Holder, *, running: bool) -> dict[str, Any]:
    meant = meant_by(word, rows)
    if len(meant) != 1:
        ids = "".join(f"\n  {job_id}  {printable(name)}" for job_id, name in meant.items())
        sentence = f"Several jobs are called so; give an id:{ids}" if meant else "No open job has this name or id."
        say(f"{printable(word)}: {sentence}")
        return {"wanted": word, "job_id": None, "error": "ambiguous" if meant else "job_not_found"}
    ((job_id, name),) = meant.items()
    try:
        app.jobs.cancel_job(job_id, holder, running)
    except AisubsError as fault:
        more = " Say --running to stop it all the same." if fault.code == "not_cancellable" else ""
        say(f"{printable(name)}: {fault.sentence}{more}")
        return {"wanted": word, "job_id": job_id, "error": fault.code}
    say(f"{printable(name)}: cancelled.")
    return {"wanted": word, "job_id": job_id, "error": None}


def meant_by(word: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """id → name of the jobs that these words mean: by path or name, else by the beginning of the id."""
    by_name = {
        row["job_id"]: name for row in rows if word in ((name := name_of(row)), Path(name).name, row.get("title"))
    }
    exact = {job_id: name for job_id, name in by_name.items() if name == word}
    by_id = {row["job_id"]: name_of(row) for row in rows if row["job_id"].startswith(word.lower())}
    return exact or by_name or (by_id if len(word) >= SHORTEST_ID else {})
