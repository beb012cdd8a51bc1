"""`aisubs transcribe FILE…`: through the pipeline, with a progress bar, to subtitles beside each file."""

from __future__ import annotations

import argparse
from pathlib import Path

from pydantic import ValidationError

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_model, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show, stop_on_signals
from aisubs.model.job import Options

SUMMARY = "make subtitles for files, and wait for them"

DESCRIPTION = """\
Every file becomes a job of the local edition, which this command runs by itself if no `aisubs up` does. It waits and
then writes the subtitles. Ctrl-C, a crash or a power cut lose nothing: the same command goes on where it was, for it
finds the job by the content of the file and the options.

  aisubs transcribe talk.mp4
  aisubs transcribe *.mp3 --format srt,docx --language de --output-dir subtitles
  aisubs transcribe interview.wav --prompt "Interview with Dr. Vávra about OpenTofu." --json

Files that are there already are kept, unless --overwrite is given."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "transcribe", SUMMARY, DESCRIPTION)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a recording: audio or video")
    parser.add_argument("--format", default="srt,vtt", metavar="LIST", help="formats, see `aisubs formats` (srt,vtt)")
    parser.add_argument("--output-dir", type=Path, metavar="FOLDER", help="write here instead of beside each file")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    parser.add_argument("--profile", metavar="NAME", help="how cues are shaped: netflix, bbc, plain (netflix)")
    parser.add_argument("--language", metavar="CODE", help="what is spoken, such as en or de (found out by listening)")
    parser.add_argument("--task", choices=["transcribe", "translate"], default="transcribe", help="translate: English")
    parser.add_argument("--prompt", metavar="TEXT", help="what it is about: spelling, names, style")
    parser.add_argument("--hotwords", metavar="WORDS", help="words to listen for")
    parser.add_argument("--quiet", action="store_true", help="say only what is done")
    add_model(parser)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.cli.batch import Batch
    from aisubs.cli.progress import make_view
    from aisubs.formats import FORMATS, PROFILES
    from aisubs.local.edition import Edition
    from aisubs.local.log_file import log_to_file

    formats = list(dict.fromkeys(name.strip() for name in args.format.split(",") if name.strip()))
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        say(f"There is no format called {', '.join(unknown) or repr(args.format)}. Known: {', '.join(FORMATS)}.")
        return Exit.USAGE
    if args.profile is not None and args.profile not in PROFILES:
        say(f"There is no profile called {args.profile}. Known: {', '.join(PROFILES)}.")
        return Exit.USAGE
    try:
        options = _options(args)
    except ValidationError as fault:
        for problem in fault.errors():
            say(f"--{'.'.join(map(str, problem['loc'])) or 'options'}: {problem['msg'].removeprefix('Value error, ')}")
        return Exit.USAGE

    settings = settings_of(args, "data_dir", "model")
    batch = Batch(args.files, formats, args.output_dir, options, profile=args.profile, overwrite=args.overwrite)
    batch.say_what_is_over(make_view(quiet=True))
    interrupted = False
    if batch.needs_work:
        log_to_file(settings, "transcribe")
        edition = Edition(settings)
        with stop_on_signals(edition.abandon) as stop, edition:
            edition.open()
            with make_view(quiet=args.quiet) as view:
                batch.carry_out(edition, view, stop)
            interrupted = batch.needs_work
            if interrupted:
                say(batch.farewell(edition))
    if args.json:
        show(batch.as_json())
    if interrupted:
        return Exit.INTERRUPTED
    return Exit.JOB_FAILED if batch.failed else Exit.OK


def _options(args: argparse.Namespace) -> Options:
    """Raises ValidationError. The profile is no option of the job: another one needs no new transcription."""
    return Options(language=args.language, task=args.task, initial_prompt=args.prompt, hotwords=args.hotwords)
