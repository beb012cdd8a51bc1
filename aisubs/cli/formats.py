"""`aisubs formats`: what a transcript can be written as."""

from __future__ import annotations

import argparse

from aisubs.cli.arguments import Commands, add_command, add_json
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import show

SUMMARY = "list the subtitle and transcript formats"


def add(commands: Commands) -> None:
    parser = add_command(commands, "formats", SUMMARY)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.formats import FORMATS

    if args.json:
        rows = FORMATS.values()
        show([{"name": row.name, "suffix": row.suffix, "description": row.sentence} for row in rows])
    else:
        for row in FORMATS.values():
            print(f"{row.name:<14}{row.suffix:<18}{row.sentence}")
    return Exit.OK
