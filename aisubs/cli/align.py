"""`aisubs align RECORDING SCRIPT`: a text that is there already, put on the sound."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_model, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.outputs import name_key, plan_outputs
from aisubs.cli.terminal import printable, say
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options

if TYPE_CHECKING:
    from aisubs.settings import Settings

SUMMARY = "put a script, or subtitles that are off, on the sound of a recording"

DESCRIPTION = """\
You have the text of a recording: a manuscript, a corrected transcript, subtitles of another cut. Its words get the
times at which they are said, and the result is a job like any other: subtitles beside the recording, in every format,
to be corrected in the page.

  aisubs align talk.mp4 talk.txt                      a manuscript: cues are made of it, as of a transcript
  aisubs align talk.mp4 talk.srt                      re-times subtitles: every cue keeps its words and its lines
  aisubs align play.mkv play.txt --format srt,docx    "ANNA: …" names who speaks, (directions) are not looked for
  aisubs align vortrag.mp3 vortrag.txt --language de --encoding windows-1252

The recording is transcribed first, and its words are compared with yours. What is told at the end: words of the script
that were never said, and speech that is not in it; --json has both with their places. Paragraphs may come in another
order than in the script. A script that has nothing to do with the recording is refused, and nothing is written.

Of subtitles, those without a spoken word ([door slams], ♪, a sign in the picture) move with those around them. The
speech model has to know the language that is spoken: a script in another one than the sound cannot be aligned.

Where the result would have the name of the script, it is called talk.aligned.srt. Ctrl-C, a crash or a power cut lose
nothing: the same command goes on where it was."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "align", SUMMARY, DESCRIPTION)
    parser.add_argument("recording", type=Path, metavar="RECORDING", help="audio or video")
    parser.add_argument("script", type=Path, metavar="SCRIPT", help="plain text, SRT, WebVTT or SubStation Alpha")
    parser.add_argument("--format", metavar="LIST", default="srt,vtt", help="formats, see `aisubs formats` (srt,vtt)")
    parser.add_argument("--profile", metavar="NAME", help="how cues are shaped: netflix, bbc, plain (netflix)")
    parser.add_argument("--output-dir", type=Path, metavar="FOLDER", help="write here instead of beside the recording")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    parser.add_argument("--encoding", metavar="NAME", help="how the script is written (UTF-8, else found out)")
    parser.add_argument("--language", metavar="CODE", help="what is spoken, such as en or de (found out by listening)")
    parser.add_argument("--audio-track", metavar="WHICH", help="of several: its number or language")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when script and sound are not the same")
    parser.add_argument("--quiet", action="store_true", help="say only what is done")
    add_model(parser)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.cli.batch import Batch
    from aisubs.cli.here import opened_here
    from aisubs.cli.transcribe import carry_out, format_names, wrong_choice

    names = format_names(args.format)
    if wrong := wrong_choice(names, args.format, args.profile):
        say(wrong)
        return Exit.USAGE
    settings = settings_of(args, "data_dir", "model")
    text = _text(args.script, args.encoding)
    options = _options(args, settings, text) if text is not None else None
    if text is None or options is None:
        return Exit.USAGE
    batch = Batch(
        [args.recording],
        names,
        args.output_dir,
        options,
        profile=args.profile,
        overwrite=args.overwrite,
        script=text,
        mark=_mark(args, names),
    )
    code = carry_out(batch, args, settings, opened_here(settings, options))
    return Exit.JOB_FAILED if code is Exit.OK and args.strict and batch.differs_from_script else code


def _text(path: Path, encoding: str | None) -> str | None:
    """None when it cannot be used, which is then said, before any work."""
    from aisubs.formats.scripts import decode, read_script

    try:
        text = decode(path.read_bytes(), encoding)
        read_script(text)
    except AisubsError as fault:
        say(f"{printable(str(path))}: {fault.sentence}")
    except OSError as fault:
        say(f"{printable(str(path))} cannot be read: {fault.strerror or fault}.")
    else:
        return text
    return None


def _options(args: argparse.Namespace, settings: Settings, text: str) -> Options | None:
    try:
        options = Options(language=args.language, audio_track=args.audio_track)
        return options.with_usual(settings.languages).with_script(text)
    except ValidationError as fault:
        for problem in fault.errors():
            say(problem["msg"].removeprefix("Value error, "))
        return None


def _mark(args: argparse.Namespace, names: list[str]) -> str:
    """What comes between name and suffix, so that the script is not written over."""
    from aisubs.formats import FORMATS

    suffixes = [FORMATS[name].suffix for name in names]
    (outputs,) = plan_outputs([args.recording], suffixes, args.output_dir).values()
    taken = {name_key(path.resolve()) for path in outputs}
    return ".aligned" if name_key(args.script.resolve()) in taken else ""
