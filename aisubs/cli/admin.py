"""`aisubs admin`: the line of this machine's server, or of the one whose database DATABASE_URL names."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_steps, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show
from aisubs.cli.this_machine import opened

if TYPE_CHECKING:
    from aisubs.pipeline.jobs import Holder
    from aisubs.wiring import App

SUMMARY = "see the line and what was used, pause, raise, stop and retry"

DESCRIPTION = """\
For whoever runs the server. Recordings are shown by their number and for whom they are, never by name.

  aisubs admin queue                     at work, in line, being uploaded, failed lately
  aisubs admin usage                     what each account has used, today and this month (UTC)
  aisubs admin pause, resume             start nothing any more; go on
  aisubs admin raise JOB                 it is next
  aisubs admin fail JOB                  stop it, whatever it does
  aisubs admin retry JOB                 try it again
  aisubs admin delete JOB                delete one that is over, and say what went
  aisubs admin limit OWNER --minutes-per-month 600     OWNER is account:ID; without a number, the usual"""

_STEPS = (
    ("queue", "what is in line"),
    ("usage", "what each account has used"),
    ("pause", "start nothing any more"),
    ("resume", "go on"),
    ("raise", "let a job be next"),
    ("fail", "stop a job"),
    ("retry", "try a job again"),
    ("delete", "delete a job that is over"),
    ("limit", "allow an owner more or less than is usual"),
)
LIMITS = ("jobs_per_day", "bytes_per_day", "minutes_per_month")


def add(commands: Commands) -> None:
    parser = add_command(commands, "admin", SUMMARY, DESCRIPTION)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    for name, step in add_steps(parser, _STEPS):
        if name in ("raise", "fail", "retry", "delete"):
            step.add_argument("subject", metavar="JOB")
        if name == "limit":
            step.add_argument("subject", metavar="OWNER")
            for limit in LIMITS:
                step.add_argument(f"--{limit.replace('_', '-')}", type=int, metavar="N", help="0: any")


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.tokens import OWNER
    from aisubs.pipeline.jobs import Holder

    with opened(settings_of(args, "data_dir")) as app:
        found = _do(args, app, Holder((), OWNER))
    if args.json:
        show(found)
        return Exit.OK
    for row in found if isinstance(found, list) else [found]:
        print("  ".join(f"{name} {value}" for name, value in row.items() if value not in (None, False, 0)))
    if found == []:
        say("Nothing.")
    return Exit.OK


def _do(args: argparse.Namespace, app: App, holder: Holder) -> Any:
    """What is to be shown. Raises AisubsError."""
    from aisubs.pipeline.administer import delete_as_admin, fail_as_admin, raise_job, retry_as_admin, set_paused

    jobs, queue, store = app.jobs, app.queue, app.store
    if args.what in ("queue", "list"):
        return jobs.admin_queue(holder)
    if args.what == "usage":
        return jobs.admin_usage(holder)
    if args.what in ("pause", "resume"):
        set_paused(holder, paused=args.what == "pause", jobs=jobs, queue=queue)
        return {"paused": args.what == "pause"}
    if args.what == "limit":
        limits = {name: getattr(args, name) for name in LIMITS}
        jobs.admin_limit(holder, args.subject, limits)
        return {"owner": args.subject, **limits}
    if args.what == "raise":
        raise_job(args.subject, holder, jobs=jobs, queue=queue)
    elif args.what == "fail":
        fail_as_admin(args.subject, holder, jobs=jobs, store=store)
    elif args.what == "retry":
        retry_as_admin(args.subject, holder, jobs=jobs, queue=queue)
    else:
        delete_as_admin(args.subject, holder, jobs=jobs, store=store, mirror=app.mirror)
        return jobs.get_deletion(args.subject, holder)
    return {"job": args.subject, "done": args.what}
