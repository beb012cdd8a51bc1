"""`aisubs token`: a key of its own for one component of the cloud edition."""

from __future__ import annotations

import argparse
import sys
from uuid import uuid4

from aisubs.cli.arguments import Commands, add_command
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say
from aisubs.model.component_token import COMPONENTS, make_token

SUMMARY = "a database key for one component (cloud)"
DAY_S = 86_400


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "token",
        SUMMARY,
        "The signing key of the Supabase project comes from standard input: a JWK, or the legacy secret. What is\n"
        "printed goes where a secret key would (SUPABASE_SERVICE_KEY), and may call that component's functions only.",
    )
    parser.add_argument("component", choices=COMPONENTS, help="whose database role it is")
    parser.add_argument("--days", type=int, default=365, help="for how long it works (default: 365)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    # A worker without an execution of Cloud Run's is one machine: its jobs are those that it has claimed.
    credential = str(uuid4()) if args.component == "worker" else None
    try:
        token = make_token(sys.stdin.read(), args.component, args.days * DAY_S, credential)
    except ValueError as fault:
        say(f"No token: {fault}.")
        return Exit.USAGE
    sys.stdout.write(token)
    return Exit.OK
