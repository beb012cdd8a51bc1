"""`aisubs jobs`: what was dropped in the inbox or sent by commands of this machine."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.cancel_jobs import add_cancel, name_of
from aisubs.cli.exits import Exit
from aisubs.cli.redo_speakers import add_redo
from aisubs.cli.terminal import clock, printable, say, show
from aisubs.cli.this_machine import opened
from aisubs.model.job import Job, Status

SUMMARY = "list this machine's jobs, newest first, cancel some, or redo their speakers"

DESCRIPTION = """\
Jobs of the inbox, of `aisubs transcribe`, and of pages that are signed in. Other uploads belong to whoever holds their
token. Whoever corrected a text is warned before it is deleted by its age.

  aisubs jobs                           who is next, how far, what went wrong
  aisubs jobs cancel talks/monday.mp4   by the name in the inbox, or by the id
  aisubs jobs speakers talk.mp4 --num-speakers 2
  aisubs jobs --passed-over             what in the inbox is no recording, and why"""


def add(commands: Commands) -> None:
    parser = add_command(commands, "jobs", SUMMARY, DESCRIPTION)
    parser.add_argument("--status", action="append", choices=[status.value for status in Status], help="only these")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (20)")
    parser.add_argument("--passed-over", action="store_true", help="list what the inbox passes over, and why")
    parser.add_argument(
        "--inbox", dest="inbox_dir", type=Path, metavar="FOLDER", help="with --passed-over: this one (INBOX_DIR; inbox)"
    )
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(title="actions", metavar="")
    add_cancel(actions)
    add_redo(actions)


def run(args: argparse.Namespace) -> Exit:
    if args.limit < 1:
        say("--limit must be at least 1.")
        return Exit.USAGE
    return _list_passed_over(args) if args.passed_over else _list_jobs(args)


def _list_jobs(args: argparse.Namespace) -> Exit:
    from aisubs.local.tokens import own_holder

    with opened(settings_of(args, "data_dir")) as app:
        rows = app.jobs.list_jobs(own_holder(app.settings.data_dir), 1, args.limit, {"statuses": args.status})
    if args.json:
        show([Job.model_validate(row).model_dump(mode="json") for row in rows])
        return Exit.OK
    for row in rows:
        print(_line(row))
    for warning in warnings(map(Job.model_validate, rows), datetime.now(UTC)):
        say(warning)
    total = rows[0]["total"] if rows else 0
    say(f"{len(rows)} of {total} jobs" if total else "No jobs yet.")
    return Exit.OK


def _list_passed_over(args: argparse.Namespace) -> Exit:
    from aisubs.local.dropped_files import dropped_files

    folder = settings_of(args, "inbox_dir").inbox_dir
    unreadable: list[OSError] = []
    found = [file for file in dropped_files(folder, unreadable.append) if file.why]
    if args.json:
        show([{"name": file.name, "why": file.why} for file in found])
    else:
        for file in found:
            print(f"{printable(file.name)}: {file.why}")
    for fault in unreadable:
        say(f"{fault.filename} cannot be read ({fault.strerror}).")
    say(f"{len(found)} passed over in {folder}")
    return Exit.JOB_FAILED if unreadable else Exit.OK


def warnings(jobs: Iterable[Job], now: datetime) -> Iterator[str]:
    """A sentence for each text that somebody corrected and retention is about to take."""
    for job in jobs:
        if job.warn_at and job.expires_at and datetime.fromisoformat(job.warn_at) <= now:
            yield f"{printable(job.name)}: your text is deleted {_when(job.expires_at)}. The page can keep it."


def _line(row: dict[str, Any]) -> str:
    job = Job.model_validate(row)
    tags = "".join(f"  #{printable(tag)}" for tag in job.tags)
    kept = "  (kept)" if job.kept else ""
    name = name_of(row) if job.name == job.filename else job.name
    return f"{job.job_id}  {_when(job.created_at)}  {_state(job):<22}  {printable(name)}{tags}{kept}{_losses(job)}"


def _when(time: str) -> str:
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")


def _losses(job: Job) -> str:
    """What the text does not tell, in brackets."""
    sentence = job.losses.sentence if job.losses else ""
    return f"  ({sentence.rstrip('.')})" if sentence else ""


def _state(job: Job) -> str:
    if job.status is Status.PROCESSING:
        left = f", {clock(job.eta_s)} left" if job.eta_s is not None else ""
        return f"{job.progress} %{left}"
    if job.status is Status.PENDING and job.position:
        return f"pending, number {job.position}"
    return f"{job.status.value}, {job.error_code}" if job.error_code else job.status.value
