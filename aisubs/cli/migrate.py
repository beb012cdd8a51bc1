"""`aisubs migrate`: bring the database to this release."""

from __future__ import annotations

import argparse

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show

SUMMARY = "bring the database to this release"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "migrate",
        SUMMARY,
        "DATABASE_URL names the database; for Supabase that is the URL of its session pooler. Without it, the\n"
        "embedded Postgres of the local edition, which `aisubs up` migrates by itself. Safe to repeat, also while\n"
        "everything runs.",
    )
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.database import embedded_database, migrate_database

    with embedded_database(settings_of(args, "data_dir")) as (settings, _):
        applied = migrate_database(settings)
    if args.json:
        show({"applied": applied})
    elif applied:
        for name in applied:
            say(f"Applied {name}")
    else:
        say("Nothing to do: the database is of this release.")
    return Exit.OK
