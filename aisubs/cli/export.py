"""`aisubs export`: a finished text in any format, of a job of this machine or of a JSON file that we wrote."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.cancel_jobs import jobs_in, meant_by
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import printable, say, show
from aisubs.cli.this_machine import opened

if TYPE_CHECKING:
    from aisubs.model.job import Job
    from aisubs.model.transcript import Transcript
    from aisubs.pipeline.jobs import Holder
    from aisubs.wiring import App

SUMMARY = "write a finished text in other formats"

DESCRIPTION = """\
Nothing is transcribed: the newest text of a job, with what people corrected and decided about captions, or a .json
file that aisubs wrote, is written in other formats. Files that are there already are kept, unless --overwrite is given.

  aisubs export talk.mp4 --format srt,ttml            by the name of the recording, or the first letters of the job's id
  aisubs export talk.mp4 --revision 0 --format txt    as the machine wrote it
  aisubs export talk.mp4 --language de                its German translation, in talk.de.srt
  aisubs export talk.json --format vtt --profile bbc --no-speakers
  aisubs export talk.mp4 --format all --zip           everything there is of it, in talk.zip
  aisubs export talk.mp4 --mux films/talk.mp4         a copy with the subtitles inside, to switch on
  aisubs export talk.mp4 --burn films/talk.mp4        or drawn into its picture, which takes an FFmpeg and its time
  aisubs formats                                      what there is"""

SWITCHES = {
    "speakers": (False, "--no-speakers", "do not name speakers"),
    "sounds": (False, "--no-sounds", "leave out sounds and music"),
    "times": (True, "--times", "put the time before each paragraph (txt, docx)"),
    "links": (False, "--no-links", "without times as links (md)"),
    "voices": (True, "--voices", "name speakers in tags (vtt)"),
    "unclear": (True, "--unclear", "write [unclear] where speech could not be made out"),
    "crlf": (True, "--crlf", "end lines as Windows does"),
    "bom": (True, "--bom", "begin with a byte order mark"),
}
"""Of each choice of formats: what the switch makes of it, the switch, and what it means."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "export", SUMMARY, DESCRIPTION)
    parser.add_argument("wanted", metavar="NAME|ID|FILE", help="which job, or a .json file of ours")
    parser.add_argument("--format", metavar="LIST", help="formats, see `aisubs formats`, or all (srt)")
    parser.add_argument("--zip", action="store_true", help="all of them in one archive")
    parser.add_argument("--mux", type=Path, metavar="VIDEO", help="put the subtitles into a copy of this file")
    parser.add_argument("--burn", type=Path, metavar="VIDEO", help="draw them into the picture of a copy, for good")
    parser.add_argument("--profile", metavar="NAME", help="how cues are shaped: netflix, bbc, plain (the job's)")
    parser.add_argument("--revision", type=int, metavar="N", help="of a job: 0 is the machine's text (the newest)")
    parser.add_argument("--language", metavar="CODE", help="of a job: its translation, see `aisubs translate`")
    for name, (value, switch, meaning) in SWITCHES.items():
        parser.add_argument(switch, dest=name, action="store_const", const=value, help=meaning)
    parser.add_argument(
        "--output-dir", type=Path, metavar="FOLDER", help="write here (beside FILE or VIDEO, or this folder)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.formats import FORMATS

    names = _names(args)
    choices = {name: getattr(args, name) for name in SWITCHES if getattr(args, name) is not None}
    problem = next(_problems(args, names, choices), None)
    if problem:
        say(problem)
        return Exit.USAGE
    if args.mux or args.burn:
        return _into_video(args, choices)
    taken = {name: {key: choices[key] for key in choices.keys() & FORMATS[name].choices} for name in names}
    file = _file(args)
    written = _of_file(file, taken, args.profile or "netflix") if file else _of_job(args, taken)
    if written is None:
        return Exit.JOB_FAILED
    if args.zip:
        written = _zipped(written, names)
    folder: Path = args.output_dir or (file.parent if file else Path())
    rows = write_files(written, folder, overwrite=args.overwrite)
    if args.json:
        show(rows)
    return Exit.OK


def _names(args: argparse.Namespace) -> list[str]:
    """The formats asked for; srt, which has all choices of subtitles in a container, where they go into one."""
    from aisubs.cli.transcribe import format_names
    from aisubs.formats import FORMATS

    asked = args.format or "srt"
    return list(FORMATS) if asked == "all" else format_names(asked)


def _zipped(written: dict[str, bytes], names: list[str]) -> dict[str, bytes]:
    """One archive of them, named as the texts are."""
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile

    from aisubs.formats import FORMATS

    stem = next(iter(written)).removesuffix(FORMATS[names[0]].suffix)
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as made:
        for name, data in written.items():
            made.writestr(name, data)
    return {f"{stem}.zip": archive.getvalue()}


def _file(args: argparse.Namespace) -> Path | None:
    """What is meant, if that is a file and no job: recordings lie in folders, too."""
    file = Path(args.wanted)
    return file if file.suffix.lower() == ".json" and file.is_file() else None


def _problems(args: argparse.Namespace, names: list[str], choices: dict[str, bool]) -> Iterator[str]:
    from aisubs.formats import FORMATS, PROFILES

    for name in names:
        if name not in FORMATS:
            yield f"There is no format called {printable(name)}: see `aisubs formats`."
    if not names:
        yield "--format names no format."
    for choice in choices:
        if not any(choice in FORMATS[name].choices for name in names if name in FORMATS):
            yield f"{SWITCHES[choice][1]} is nothing that {', '.join(names)} can be told."
    if args.profile and args.profile not in PROFILES:
        yield f"There is no subtitle profile called {printable(args.profile)}. Known: {', '.join(PROFILES)}."
    if args.revision is not None and _file(args):
        yield "A file has no revisions: --revision is for jobs."
    if args.language is not None and _file(args):
        yield "A file has one language: --language is for jobs."
    if args.mux and args.burn:
        yield "--mux puts subtitles beside the picture, --burn into it: choose one of them."
    if (args.mux or args.burn) and (args.format or args.zip):
        yield "--mux and --burn write a video and no other file: leave out --format and --zip."
    if (args.mux or args.burn) and {"bom", "crlf"} & choices.keys():
        yield "--bom and --crlf are for files of text."


def _of_file(file: Path, taken: dict[str, dict[str, bool]], profile: str) -> dict[str, bytes]:
    """By the name of the file to write."""
    from aisubs.formats import FORMATS, render
    from aisubs.formats.json import parse

    transcript = parse(file.read_bytes())
    return {
        f"{file.stem}{FORMATS[name].suffix}": render(transcript, name, profile, **choices)
        for name, choices in taken.items()
    }


def _of_job(args: argparse.Namespace, taken: dict[str, dict[str, bool]]) -> dict[str, bytes] | None:
    from aisubs.local.tokens import own_holder

    with opened(settings_of(args, "data_dir")) as app:
        return _render(args, taken, app, own_holder(app.settings.data_dir))


def _into_video(args: argparse.Namespace, choices: dict[str, bool]) -> Exit:
    from aisubs.cli.into_video import into_video
    from aisubs.formats.json import parse
    from aisubs.local.tokens import own_holder

    file = _file(args)
    if file:
        return into_video(args, parse(file.read_bytes()), args.profile or "netflix", choices)
    with opened(settings_of(args, "data_dir")) as app:
        found = _text(args, app, own_holder(app.settings.data_dir))
    return into_video(args, *found, choices) if found else Exit.JOB_FAILED


def _text(args: argparse.Namespace, app: App, holder: Holder) -> tuple[Transcript, str] | None:
    """With its profile."""
    from aisubs.model.job import Options
    from aisubs.pipeline.jobs import HolderReads
    from aisubs.pipeline.translation.read_translation import read_in

    job = _job(args, app, holder)
    if job is None:
        return None
    text = read_in(args.language or "", job, jobs=HolderReads(app.jobs, holder), revision=args.revision)
    return text.transcript, args.profile or Options.model_validate(job.options).cue_profile


def _job(args: argparse.Namespace, app: App, holder: Holder) -> Job | None:
    """The job that is meant; None where that is none or several, which is then said."""
    meant = meant_by(args.wanted, list(jobs_in(["completed"], app, holder)))
    if len(meant) == 1:
        return app.jobs.get_job(next(iter(meant)), holder)
    ids = "".join(f"\n  {job_id}  {printable(name)}" for job_id, name in meant.items())
    sentence = f"Several jobs are called so; give an id:{ids}" if meant else "No finished job has this name or id."
    say(f"{printable(args.wanted)}: {sentence}")
    return None


def _render(
    args: argparse.Namespace, taken: dict[str, dict[str, bool]], app: App, holder: Holder
) -> dict[str, bytes] | None:
    from aisubs.pipeline.jobs import HolderReads
    from aisubs.pipeline.results import read_result
    from aisubs.pipeline.translation.results import translated_result

    job = _job(args, app, holder)
    if job is None:
        return None
    reads = HolderReads(app.jobs, holder)
    files = []
    for name, choices in taken.items():
        how = {"jobs": reads, "profile": args.profile, "choices": choices, "revision": args.revision}
        if args.language:
            files.append(translated_result(job, args.language, name, **how))
        else:
            files.append(read_result(job, name, store=app.store, **how))
    return {file.filename: file.data for file in files}


def write_files(written: dict[str, bytes], folder: Path, *, overwrite: bool) -> list[dict[str, Any]]:
    """By name, each said; what is there already is kept unless it may be replaced. {path, written} of each."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, data in written.items():
        path = folder / name
        kept = path.exists() and not overwrite
        if not kept:
            path.write_bytes(data)
        say(f"{'kept' if kept else 'wrote'} {printable(str(path))}{' (--overwrite replaces it)' if kept else ''}")
        rows.append({"path": str(path), "written": not kept})
    return rows
