"""`aisubs export … --mux VIDEO` and `--burn VIDEO`: the subtitles inside a copy of the video, or in its picture."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.cli.exits import Exit
from aisubs.cli.outputs import folder_problem
from aisubs.cli.progress import Look, make_view
from aisubs.cli.terminal import printable, say, show
from aisubs.model.errors import AisubsError

if TYPE_CHECKING:
    from aisubs.model.transcript import Transcript

Tell = Callable[[float], None]


def into_video(args: argparse.Namespace, transcript: Transcript, profile: str, choices: dict[str, bool]) -> Exit:
    """Write `talk.subtitled.mp4` or `talk.burned.mp4` beside `talk.mp4`, or where the command line says. Ctrl-C leaves
    nothing behind."""
    from aisubs.media.mux import muxed_suffix

    video: Path = args.mux or args.burn
    name = f"{video.stem}.subtitled{muxed_suffix(video)}" if args.mux else f"{video.stem}.burned{muxed_suffix(video)}"
    target = (args.output_dir or video.parent) / name
    if target.exists() and not args.overwrite:
        return _told(args, target, written=False)
    if problem := folder_problem(target.parent):
        say(problem)
        return Exit.ENVIRONMENT
    if not transcript.text and not transcript.own:
        say(f"{printable(args.wanted)}: nothing is said in it, so there is nothing to put in.")
        return Exit.JOB_FAILED
    write = _muxed if args.mux else _burned
    with make_view() as view:
        try:
            write(
                transcript,
                profile,
                choices,
                video,
                target,
                lambda share: view.show(str(video), Look("copying" if args.mux else "drawing", 100 * share)),
            )
        except AisubsError as fault:
            say(f"{printable(str(video))}: {fault.sentence}")
            return Exit.ENVIRONMENT if fault.code == "no_ffmpeg" else Exit.JOB_FAILED
    return _told(args, target, written=True)


def _muxed(
    transcript: Transcript, profile: str, choices: dict[str, bool], video: Path, target: Path, tell: Tell
) -> None:
    from aisubs.formats import shape
    from aisubs.formats.unclear import with_marks
    from aisubs.media.mux import Track, mux

    shown = with_marks(transcript) if choices.get("unclear") else transcript
    cues = shape(shown, profile, labels=choices.get("speakers", True), sounds=choices.get("sounds", True))
    mux(video, target, Track.of(cues, transcript.text_language), tell)


def _burned(
    transcript: Transcript, profile: str, choices: dict[str, bool], video: Path, target: Path, tell: Tell
) -> None:
    from aisubs.formats import render
    from aisubs.media.burn import burn

    burn(video, target, render(transcript, "ass", profile, **choices), tell)


def _told(args: argparse.Namespace, target: Path, *, written: bool) -> Exit:
    say(f"{'wrote' if written else 'kept'} {printable(str(target))}{'' if written else ' (--overwrite replaces it)'}")
    if args.json:
        show([{"path": str(target), "written": written}])
    return Exit.OK
