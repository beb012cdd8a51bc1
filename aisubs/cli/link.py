"""`aisubs link`: the link by which the owner of this machine signs in to the page, from this or another device."""

from __future__ import annotations

import argparse

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show

SUMMARY = "show the link that signs you in to the page"

DESCRIPTION = """\
Whoever opens it sees, hears and edits everything that was dropped, sent by commands or uploaded while signed in. Open
it on your phone, or on another computer that reaches this one (see "On a network" in docs/local.md).

  aisubs link           the link, for this machine and for others
  aisubs link --new     make another one; whoever was signed in is signed out"""


def add(commands: Commands) -> None:
    parser = add_command(commands, "link", SUMMARY, DESCRIPTION)
    parser.add_argument("--new", action="store_true", help="make a new link, end the old one and all sessions")
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.addresses import ANY, url_of
    from aisubs.local.instance import running_instance
    from aisubs.local.tokens import sign_in_url

    settings = settings_of(args, "data_dir")
    if not settings.local_sign_in:
        say("LOCAL_SIGN_IN is false: no link signs in here.")
        return Exit.ENVIRONMENT
    if args.new:
        _make_another(args)
    instance = running_instance(settings.data_dir)
    host = "127.0.0.1" if settings.host in ANY else settings.host
    urls = instance.urls if instance and instance.urls else (settings.public_url or url_of(host, settings.port),)
    links = [sign_in_url(url, settings.data_dir) for url in urls]
    if args.json:
        show({"links": links, "running": instance is not None})
        return Exit.OK
    for link in links:
        print(link)
    if instance is None:
        say("No `aisubs up` runs here now: the link leads somewhere once it does.")
    return Exit.OK


def _make_another(args: argparse.Namespace) -> None:
    from aisubs.local.edition import Edition
    from aisubs.local.log_file import log_to_file

    settings = settings_of(args, "data_dir")
    log_to_file(settings, "commands")
    with Edition(settings) as edition:
        edition.open()
        edition.sign_in.end_all()
    say("The old link is worth nothing from now on, and nobody is signed in.")
