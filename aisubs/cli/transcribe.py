"""`aisubs transcribe FILE…`: through the pipeline, with a progress bar, to subtitles beside each file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_model, settings_of
from aisubs.cli.choices import add_choices, checked_options
from aisubs.cli.exits import Exit
from aisubs.cli.folders import Found, add_filters, find_files, say_plan, say_sum, why_not_wanted
from aisubs.cli.remote.command import add_server, opened_there, wrong_server
from aisubs.cli.terminal import say, show
from aisubs.model.job import Options

if TYPE_CHECKING:
    from aisubs.cli.batch import Batch
    from aisubs.cli.progress import View
    from aisubs.cli.site import Site
    from aisubs.settings import Settings

SUMMARY = "make subtitles for files, and wait for them"

DESCRIPTION = """\
Every file becomes a job of the local edition, which this command runs by itself if no `aisubs up` does. It waits and
then writes the subtitles. Ctrl-C, a crash or a power cut lose nothing: the same command goes on where it was, for it
finds the job by the content of the file and the options.

  aisubs transcribe talk.mp4
  aisubs transcribe clips --max-length 5m             all recordings in a folder, and below it; --dry-run shows which
  aisubs transcribe clips --watch                     and what comes into it, until Ctrl-C
  aisubs transcribe clips --server http://nas:8000 --key-file key.txt      another machine does the work; of videos
                                                      only the sound is sent, and what was cut goes on where it was
  aisubs transcribe *.mp3 --format srt,docx --language de --output-dir subtitles
  aisubs transcribe --beside films/*.mkv              film.en.srt beside film.mkv, as players look for it
  aisubs transcribe call.mkv --audio-track 2
  aisubs transcribe interview.wav --num-speakers 2    who speaks when
  aisubs transcribe interview.wav --prompt "Interview with Dr. Vávra about OpenTofu." --json

Files that are there already are kept, unless --overwrite is given."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "transcribe", SUMMARY, DESCRIPTION)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a recording, or a folder of such")
    parser.add_argument(
        "--format", metavar="LIST", help="formats, see `aisubs formats` (srt,vtt; with --beside only srt)"
    )
    parser.add_argument("--output-dir", type=Path, metavar="FOLDER", help="write here instead of beside each file")
    parser.add_argument(
        "--beside",
        action="store_true",
        help="name files as Jellyfin, Plex, Kodi and Bazarr read them (talk.en.srt); pass over recordings that have "
        "subtitles in that language already, beside them or inside",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    parser.add_argument("--profile", metavar="NAME", help="how cues are shaped: netflix, bbc, plain (netflix)")
    add_choices(parser)
    parser.add_argument(
        "--unclear",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="write [unclear] where speech could not be made out (in txt and docx unless --no-unclear, in subtitles "
        "only if asked)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 when any speech is missing or doubtful")
    parser.add_argument("--quiet", action="store_true", help="say only what is done")
    add_filters(parser)
    add_server(parser)
    add_model(parser)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.cli.here import opened_here
    from aisubs.cli.watch import watching
    from aisubs.wiring import make_limits

    formats = format_names(args.format if args.format is not None else "srt" if args.beside else "srt,vtt")
    settings = settings_of(args, "data_dir", "model")
    options = checked_options(args, settings)
    if options is None:
        return Exit.USAGE
    if wrong := _wrong_use(args, formats):
        say(wrong)
        return Exit.USAGE
    limits = make_limits(settings)
    folders = [path for path in args.files if args.watch and path.is_dir()]
    found = find_files([path for path in args.files if path not in folders], args, options, limits)
    batch = _batch(found, args, formats, options, settings)
    if args.dry_run:
        say_plan(found, batch.items)
        return Exit.OK
    if found.sentence and not folders:
        say(found.sentence)
    batch.watching = bool(folders)
    watched = partial(watching, folders, batch, partial(why_not_wanted, args=args, options=options, limits=limits))
    opened = opened_there(args, settings, limits) if args.server is not None else opened_here(settings, options)
    ended = carry_out(batch, args, settings, opened, watched if folders else lambda *_: nullcontext())
    if len(batch.items) > 1:
        say_sum(batch.items)
    return ended


Opened = AbstractContextManager["tuple[Site, Event]"]
"""A site to work at, and the event that Ctrl-C sets."""


def carry_out(
    batch: Batch,
    args: argparse.Namespace,
    settings: Settings,
    opened: Opened,
    watched: Callable[[View, Event], AbstractContextManager[None]] = lambda *_: nullcontext(),
) -> Exit:
    """Do the work of a batch at the site that is opened, and tell what came of it; `watched` may add to it."""
    from aisubs.cli.progress import make_view
    from aisubs.local.log_file import log_to_file

    batch.say_what_is_over(make_view(quiet=True))
    interrupted = False
    if batch.needs_work or batch.watching:
        log_to_file(settings, "transcribe")
        with opened as (site, stop):
            with make_view(quiet=args.quiet) as view, watched(view, stop):
                batch.carry_out(site, view, stop)
            interrupted = batch.needs_work
            if interrupted:
                say(batch.farewell(site))
    if args.json:
        show(batch.as_json())
    if interrupted:
        return Exit.INTERRUPTED
    return Exit.JOB_FAILED if batch.failed or (args.strict and batch.lost_something) else Exit.OK


def _wrong_use(args: argparse.Namespace, formats: list[str]) -> str | None:
    """What is wrong with the command line, as a sentence."""
    if args.beside and args.output_dir is not None:
        return "--beside writes beside each recording, --output-dir into one folder: choose one of them."
    if args.watch and args.dry_run:
        return "--watch goes on until Ctrl-C, --dry-run only says what would be done: choose one of them."
    if args.watch and not any(path.is_dir() for path in args.files):
        return "--watch is of folders, and none is named."
    if wrong := wrong_server(args):
        return wrong
    return wrong_choice(formats, args.format, args.profile)


def format_names(asked: str) -> list[str]:
    """Each once, as they were listed."""
    return list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))


def wrong_choice(formats: list[str], asked: str | None, profile: str | None) -> str | None:
    """What is wrong with the formats and the profile, as a sentence."""
    from aisubs.formats import FORMATS, PROFILES

    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        return f"There is no format called {', '.join(unknown) or repr(asked)}. Known: {', '.join(FORMATS)}."
    if profile is not None and profile not in PROFILES:
        return f"There is no profile called {profile}. Known: {', '.join(PROFILES)}."
    return None


def _batch(found: Found, args: argparse.Namespace, formats: list[str], options: Options, settings: Settings) -> Batch:
    from aisubs.cli.batch import Batch
    from aisubs.cli.beside import Beside
    from aisubs.wiring import make_limits

    beside = Beside(formats, options, args.overwrite, make_limits(settings), settings.results_dir)
    return Batch(
        found.files,
        formats,
        args.output_dir,
        options,
        profile=args.profile,
        overwrite=args.overwrite,
        unclear=args.unclear,
        beside=beside if args.beside else None,
    )
