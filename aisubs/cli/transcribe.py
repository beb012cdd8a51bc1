"""`aisubs transcribe FILE…`: through the pipeline, with a progress bar, to subtitles beside each file."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from pydantic import ValidationError

from aisubs.cli.arguments import (
    Commands,
    add_channels,
    add_command,
    add_counts,
    add_data_dir,
    add_json,
    add_model,
    settings_of,
)
from aisubs.cli.exits import Exit
from aisubs.cli.folders import Found, add_filters, find_files, say_plan, say_sum
from aisubs.cli.terminal import say, show
from aisubs.model.job import Options

if TYPE_CHECKING:
    from aisubs.cli.batch import Batch
    from aisubs.cli.site import Site
    from aisubs.settings import Settings

SUMMARY = "make subtitles for files, and wait for them"

DESCRIPTION = """\
Every file becomes a job of the local edition, which this command runs by itself if no `aisubs up` does. It waits and
then writes the subtitles. Ctrl-C, a crash or a power cut lose nothing: the same command goes on where it was, for it
finds the job by the content of the file and the options.

  aisubs transcribe talk.mp4
  aisubs transcribe clips --max-length 5m             all recordings in a folder, and below it; --dry-run shows which
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
    _add_languages(parser)
    parser.add_argument(
        "--audio-track",
        metavar="WHICH",
        help="of several: number (2), language (de), speech for the one with most of it, each for all, with a speaker "
        "for each (by --language, else the default track, unless nobody speaks in it)",
    )
    _add_speakers(parser)
    parser.add_argument("--task", choices=["transcribe", "translate"], default="transcribe", help="translate: English")
    parser.add_argument("--prompt", metavar="TEXT", help="what it is about: spelling, names, style")
    parser.add_argument("--hotwords", metavar="WORDS", help="words to listen for")
    parser.add_argument(
        "--unclear",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="write [unclear] where speech could not be made out (in txt and docx unless --no-unclear, in subtitles "
        "only if asked)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 when any speech is missing or doubtful")
    parser.add_argument(
        "--second-opinion",
        metavar="MODEL",
        help="ask this larger model about the seconds that stay in doubt, or none (SECOND_OPINION; none)",
    )
    parser.add_argument("--quiet", action="store_true", help="say only what is done")
    add_filters(parser)
    add_model(parser)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def _add_languages(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", metavar="CODE", help="what is spoken, such as en or de (found out by listening)")
    parser.add_argument("--force-language", action="store_true", help="all of it is in --language: hear no other")
    parser.add_argument(
        "--languages", metavar="LIST", help="all that may be spoken, such as de,en: each stretch is in one of them"
    )


def _add_speakers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speakers",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="tell apart who speaks when (DIARIZE; no); naming a number, or a dialogue, means yes",
    )
    add_counts(parser)
    add_channels(parser)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.cli.here import opened_here
    from aisubs.wiring import make_limits

    formats = format_names(args.format if args.format is not None else "srt" if args.beside else "srt,vtt")
    settings = settings_of(args, "data_dir", "model")
    options = _checked_options(args, settings)
    if options is None:
        return Exit.USAGE
    if wrong := _wrong_use(args, formats):
        say(wrong)
        return Exit.USAGE
    found = find_files(args.files, args, options, make_limits(settings))
    batch = _batch(found, args, formats, options, settings)
    if args.dry_run:
        say_plan(found, batch.items)
        return Exit.OK
    if found.sentence:
        say(found.sentence)
    ended = carry_out(batch, args, settings, opened_here(settings, options))
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
) -> Exit:
    """Do the work of a batch at the site that is opened, and tell what came of it."""
    from aisubs.cli.progress import make_view
    from aisubs.local.log_file import log_to_file

    batch.say_what_is_over(make_view(quiet=True))
    interrupted = False
    if batch.needs_work:
        log_to_file(settings, "transcribe")
        with opened as (site, stop):
            with make_view(quiet=args.quiet) as view:
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


def _checked_options(args: argparse.Namespace, settings: Settings) -> Options | None:
    """With what is usual on this machine. None when something is wrong with them, which is then said."""
    try:
        return _options(args).with_usual(settings.languages, diarize=settings.diarize)
    except ValidationError as fault:
        for problem in fault.errors():
            option = ".".join(map(str, problem["loc"])).replace("_", "-") or "options"
            say(f"--{option}: {problem['msg'].removeprefix('Value error, ')}")
        return None


def _options(args: argparse.Namespace) -> Options:
    """Raises ValidationError. The profile is no option of the job: another one needs no new transcription."""
    return Options(
        language=args.language,
        force_language=args.force_language,
        languages=args.languages or (),
        audio_track=args.audio_track,
        second_opinion=_model_named(args.second_opinion),
        diarize=args.speakers,
        num_speakers=args.num_speakers,
        min_speakers=args.min_speakers,
        max_speakers=args.max_speakers,
        channels=args.channels,
        task=args.task,
        initial_prompt=args.prompt,
        hotwords=args.hotwords,
    )


def _model_named(name: str | None) -> str | None:
    """As every worker understands it, wherever it runs on this machine."""
    if name is None or not Path(name).is_dir():
        return name
    return str(Path(name).resolve())
