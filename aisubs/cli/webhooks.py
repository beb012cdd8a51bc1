"""`aisubs webhooks`: programs of this machine's owner that are told what becomes of the jobs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_steps, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show
from aisubs.cli.this_machine import opened
from aisubs.model.events import EVENTS

if TYPE_CHECKING:
    from aisubs.pipeline.jobs import Holder
    from aisubs.wiring import App

SUMMARY = "have your own programs told when a job is over"

DESCRIPTION = """\
Messages are signed JSON over https (standardwebhooks.com), and are sent while `aisubs up` runs. One that is not taken
is tried again for three days. docs/webhooks.md tells the rest.

  aisubs webhooks add https://example.org/aisubs     shows the secret, this once
  aisubs webhooks                                    those there are
  aisubs webhooks test ID                            send a message that tells nothing
  aisubs webhooks log ID                             what was sent, and what was answered
  aisubs webhooks rotate ID                          another secret; for a day both sign
  aisubs webhooks remove ID"""


def add(commands: Commands) -> None:
    parser = add_command(commands, "webhooks", SUMMARY, DESCRIPTION)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    steps = (
        ("add", "tell this address"),
        ("test", "send a message that tells nothing"),
        ("log", "what was sent in the last week"),
        ("rotate", "sign with another secret"),
        ("remove", "tell it nothing any more"),
    )
    for name, step in add_steps(parser, steps):
        step.add_argument("subject", metavar="URL" if name == "add" else "ID")
        if name == "add":
            step.add_argument("--event", action="append", choices=EVENTS, help="only these")


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.tokens import OWNER
    from aisubs.pipeline.jobs import Holder

    with opened(settings_of(args, "data_dir")) as app:
        found = _do(args, app, Holder((), OWNER))
    if args.json:
        show(found)
        return Exit.OK
    for row in found if isinstance(found, list) else [found]:
        print("  ".join(f"{value}" for value in row.values() if value not in (None, [])))
    if args.what == "list" and not found:
        say("No webhooks yet.")
    return Exit.OK


def _do(args: argparse.Namespace, app: App, holder: Holder) -> Any:
    """What is to be shown. Raises AisubsError."""
    from aisubs.pipeline.send_webhooks import make_webhook, new_secret

    if args.what == "list":
        return app.jobs.list_webhooks(holder)
    if args.what == "add":
        return make_webhook(args.subject, args.event or list(EVENTS), holder, jobs=app.jobs, webhooks=app.webhooks)
    if args.what == "log":
        return app.jobs.list_deliveries(args.subject, holder)
    if args.what == "test":
        return {"message_id": app.jobs.test_webhook(args.subject, holder)}
    if args.what == "rotate":
        secret = new_secret()
        return app.jobs.rotate_webhook(args.subject, holder, secret) | {"secret": secret}
    app.jobs.delete_webhook(args.subject, holder)
    return {"removed": args.subject}
