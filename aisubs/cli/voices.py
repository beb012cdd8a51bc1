"""`aisubs voices`: people whose voices this machine's owner wants recognised."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_steps, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import printable, say, show
from aisubs.cli.this_machine import opened
from aisubs.model.errors import error

if TYPE_CHECKING:
    from aisubs.pipeline.jobs import Holder, Jobs

SUMMARY = "have people recognised whom you have named before"

DESCRIPTION = """\
A speaker whom you name is suggested in later recordings, by voice. This is off until you turn it on, for what is kept
of a voice then is biometric data: ask the people. It never leaves this machine, and is deleted at once when you say so.

  aisubs voices                  whom we know
  aisubs voices on               remember whoever is named from now on
  aisubs voices forget Anna
  aisubs voices forget --all
  aisubs voices off              forget all, and remember nobody"""


def add(commands: Commands) -> None:
    parser = add_command(commands, "voices", SUMMARY, DESCRIPTION)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    steps = (
        ("list", "whom we know"),
        ("on", "remember whoever is named from now on"),
        ("off", "forget all, and remember nobody"),
        ("forget", "delete what is kept of a voice"),
    )
    for name, step in add_steps(parser, steps):
        if name == "forget":
            whom = step.add_mutually_exclusive_group(required=True)
            whom.add_argument("name", metavar="NAME", nargs="?")
            whom.add_argument("--all", action="store_true", help="everybody")
        add_json(step, default=argparse.SUPPRESS)  # as in `jobs cancel`


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.tokens import OWNER
    from aisubs.pipeline.jobs import Holder

    holder = Holder((), OWNER)
    with opened(settings_of(args, "data_dir")) as app:
        jobs = app.jobs
        if args.what in ("on", "off"):
            jobs.switch_voices(holder, wanted=args.what == "on")
        elif args.what == "forget":
            _forget(None if args.all else args.name, holder, jobs)
        known = jobs.list_voices(holder)
    if args.json:
        show(known)
    else:
        _tell(known)
    return Exit.OK


def _forget(name: str | None, holder: Holder, jobs: Jobs) -> None:
    """Raises `not_found`."""
    if name is None:
        jobs.forget_voices(holder)
        return
    for voice in jobs.list_voices(holder)["voices"]:
        if voice["name"] == name:
            jobs.forget_voices(holder, voice["voice_id"])
            return
    raise error("not_found", f"nobody is called {name!r}")


def _tell(known: dict[str, Any]) -> None:
    for voice in known["voices"]:
        minutes = voice["heard_ms"] / 60_000
        print(f"{printable(voice['name'])}  {voice['recordings']} recording(s), {minutes:.1f} min, {voice['heard_at']}")
    if not known["enabled"]:
        say("Voices are not remembered. `aisubs voices on` turns that on.")
    elif not known["voices"]:
        say("Nobody is known yet: name a speaker of a recording that is made from now on.")
