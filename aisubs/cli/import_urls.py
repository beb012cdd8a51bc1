"""`aisubs import URL…`: recordings by their address, episodes of a feed, items of a playlist; and then their texts."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_model, settings_of
from aisubs.cli.choices import add_choices, checked_options
from aisubs.cli.exits import Exit
from aisubs.cli.folders import length_s, say_sum, size_bytes
from aisubs.cli.remote.command import add_server, opened_there, wrong_server
from aisubs.cli.terminal import printable, say
from aisubs.cli.transcribe import carry_out, format_names, wrong_choice

if TYPE_CHECKING:
    from aisubs.local.fetching.fetch import FetchLimits
    from aisubs.settings import Settings

NAME = "import"

SUMMARY = "fetch recordings by their address, and make subtitles for them"

MOST, MOST_ALLOWED = 10, 1000
MAX_BYTES, MAX_S = 4 << 30, 12 * 3600.0

DESCRIPTION = """\
yt-dlp (the extra `aisubs[import]`) brings the sound of what lies at each address into a folder, by its title, and all
else is as with `aisubs transcribe`. What was taken once is not taken again: said every morning, it brings the new
episodes of a feed. Nothing in private networks is reached, wherever an address leads, and no other program is started.

  aisubs import https://example.com/talk.mp3
  aisubs import https://example.com/podcast.xml --max-items 5 --output-dir podcast     a feed (RSS, Atom), or a playlist
  aisubs import https://example.com/talk --server https://nas.example.com --key-file key.txt

You are the one to know whether you may have a copy of what lies there."""


def add(commands: Commands) -> None:
    parser = add_command(commands, NAME, SUMMARY, DESCRIPTION)
    parser.add_argument("urls", nargs="+", metavar="URL", help="of a recording, a page with one, a playlist, a feed")
    parser.add_argument(
        "--output-dir", type=Path, default=Path(), metavar="FOLDER", help="for recordings and texts (the current one)"
    )
    parser.add_argument("--format", metavar="LIST", default="srt,txt", help="formats, see `aisubs formats` (srt,txt)")
    parser.add_argument("--profile", metavar="NAME", help="how cues are shaped: netflix, bbc, plain (netflix)")
    parser.add_argument("--max-items", type=_most, default=MOST, metavar="N", help=f"at most of one address ({MOST})")
    parser.add_argument(
        "--max-size", type=size_bytes, default=MAX_BYTES, metavar="SIZE", help="no larger ones: 500M (4GiB)"
    )
    parser.add_argument("--max-length", type=length_s, default=MAX_S, metavar="TIME", help="no longer ones: 2h (12h)")
    add_choices(parser)
    add_server(parser)
    parser.add_argument("--quiet", action="store_true", help="say only what is done")
    add_model(parser)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run, strict=False)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.cli.batch import Batch
    from aisubs.cli.here import opened_here
    from aisubs.wiring import make_limits

    settings = settings_of(args, "data_dir", "model")
    formats = format_names(args.format)
    options = checked_options(args, settings)
    if options is None:
        return Exit.USAGE
    if wrong := _wrong_use(args) or wrong_choice(formats, args.format, args.profile):
        say(wrong)
        return Exit.USAGE
    if find_spec("yt_dlp") is None:
        say("Importing needs yt-dlp, which is not installed: pip install 'aisubs[import]'")
        return Exit.ENVIRONMENT
    from aisubs.cli.importing import Importing

    batch = Batch([], formats, None, options, profile=args.profile, overwrite=False)
    importing = Importing(args.urls, args.output_dir, settings.data_dir.absolute(), batch, _limits(args, settings))
    batch.watching = True
    limits = make_limits(settings)
    opened = opened_there(args, settings, limits) if args.server is not None else opened_here(settings, options)
    ended = carry_out(batch, args, settings, opened, importing.running)
    if len(batch.items) > 1:
        say_sum(batch.items)
    if ended in (Exit.OK, Exit.JOB_FAILED) and not importing.whole:
        say("Stopped. Nothing is lost: the same command goes on.")
        return Exit.INTERRUPTED
    return Exit.JOB_FAILED if ended is Exit.OK and importing.failed else ended


def _limits(args: argparse.Namespace, settings: Settings) -> FetchLimits:
    from aisubs.local.fetching.fetch import FetchLimits

    named = tuple(name.strip() for name in settings.import_extractors.split(",") if name.strip())
    return FetchLimits(args.max_items, args.max_size, args.max_length, named, settings.import_private)


def _wrong_use(args: argparse.Namespace) -> str | None:
    for url in args.urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return f"{printable(url)} is no address on the web. It looks like https://example.com/talk.mp3."
    return wrong_server(args)


def _most(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_ALLOWED:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MOST_ALLOWED}")
    return number
