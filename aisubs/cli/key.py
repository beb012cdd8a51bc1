"""`aisubs key`: keys for programs that use the API as this machine's owner, or as an account."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_steps, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show
from aisubs.cli.this_machine import opened
from aisubs.model.errors import error

if TYPE_CHECKING:
    from aisubs.pipeline.jobs import Holder
    from aisubs.wiring import App

MAX_DAYS = 3660

SUMMARY = "keys for your own programs"

DESCRIPTION = """\
A key goes into the header `Authorization: Bearer key_…`, and opens what its scopes say: `read` looks, `write` sends,
changes and deletes, `admin` is for administrators. docs/accounts.md tells the rest.

  aisubs key create NAME --scope read --scope write    shows the key, this once
  aisubs key                                           those there are, and when each was used last
  aisubs key revoke ID

They are of this machine's owner, or with `--account ID` of an account (its page shows the id)."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "key", SUMMARY, DESCRIPTION)
    add_data_dir(parser)
    add_json(parser)
    _add_account(parser, None)
    parser.set_defaults(run=run)
    steps = (("create", "make a key"), ("list", "those there are"), ("revoke", "end a key, at once"))
    for name, step in add_steps(parser, steps):
        _add_account(step, argparse.SUPPRESS)
        add_json(step, default=argparse.SUPPRESS)
        if name == "create":
            step.add_argument("subject", metavar="NAME", help="what it is for")
            scopes = ("read", "write", "admin")
            step.add_argument("--scope", action="append", choices=scopes, help="what it opens (read and write)")
            step.add_argument("--days", type=_days, metavar="N", help="for how long (until it is revoked)")
        elif name == "revoke":
            step.add_argument("subject", metavar="ID")


def run(args: argparse.Namespace) -> Exit:
    settings = settings_of(args, "data_dir")
    if args.account is None and settings.supabase_url and not settings.database_url:
        say("These keys would be of an account: say which, by --account ID.")
        return Exit.USAGE
    with opened(settings) as app:
        found = _do(args, app)
    if args.json:
        show(found)
        return Exit.OK
    for row in found if isinstance(found, list) else [found]:
        print("  ".join(_shown(value) for value in row.values() if value not in (None, [])))
    if found == []:
        say("No keys yet.")
    return Exit.OK


def _do(args: argparse.Namespace, app: App) -> Any:
    """What is to be shown. Raises AisubsError."""
    from aisubs.pipeline.sign_in import READ, WRITE, make_key

    holder = _holder(args.account)
    if app.jobs.get_account(holder) is None:
        raise error("not_found", f"there is no account {args.account}")
    if args.what == "create":
        return make_key(app.jobs, holder, args.subject, args.scope or [READ, WRITE], args.days)
    if args.what == "revoke":
        app.jobs.revoke_key(holder, args.subject)
        return {"revoked": args.subject}
    return app.jobs.list_keys(holder)


def _holder(account_id: str | None) -> Holder:
    from aisubs.local.tokens import OWNER
    from aisubs.pipeline.jobs import Holder
    from aisubs.pipeline.sign_in import ACCOUNT_PREFIX

    return Holder((), OWNER if account_id is None else f"{ACCOUNT_PREFIX}{account_id}")


def _add_account(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument("--account", metavar="ID", default=default, help="of this account (this machine's owner)")


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= MAX_DAYS:
        raise ValueError
    return days


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
