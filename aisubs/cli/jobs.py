"""`aisubs jobs`: what was dropped in the inbox or sent by commands of this machine."""

from __future__ import annotations

import argparse
from datetime import datetime

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import clock, printable, say, show
from aisubs.model.job import Job, Status

SUMMARY = "list this machine's jobs, newest first"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "jobs",
        SUMMARY,
        "Jobs of the inbox and of `aisubs transcribe`. Web uploads belong to whoever holds their token.",
    )
    parser.add_argument("--status", action="append", choices=[status.value for status in Status], help="only these")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (20)")
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.edition import Edition
    from aisubs.local.log_file import log_to_file
    from aisubs.local.tokens import own_holder

    if args.limit < 1:
        say("--limit must be at least 1.")
        return Exit.USAGE
    settings = settings_of(args, "data_dir")
    log_to_file(settings, "commands")
    with Edition(settings) as edition:
        app = edition.open()
        rows = app.jobs.list_jobs(own_holder(edition.settings.data_dir), 1, args.limit, args.status)
    found = [Job.model_validate(row) for row in rows]
    if args.json:
        show([job.model_dump(mode="json") for job in found])
        return Exit.OK
    for job in found:
        print(_line(job))
    total = rows[0]["total"] if rows else 0
    say(f"{len(found)} of {total} jobs" if total else "No jobs yet.")
    return Exit.OK


def _line(job: Job) -> str:
    made = datetime.fromisoformat(job.created_at).astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{job.job_id}  {made}  {_state(job):<22}  {printable(job.filename)}"


def _state(job: Job) -> str:
    if job.status is Status.PROCESSING:
        left = f", {clock(job.eta_s)} left" if job.eta_s is not None else ""
        return f"{job.progress} %{left}"
    if job.status is Status.PENDING and job.position:
        return f"pending, number {job.position}"
    return f"failed, {job.error_code}" if job.error_code else job.status.value
