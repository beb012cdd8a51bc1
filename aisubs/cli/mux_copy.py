"""`aisubs export … --mux VIDEO`: the subtitles inside a copy of the video."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.cli.exits import Exit
from aisubs.cli.outputs import folder_problem
from aisubs.cli.progress import Look, make_view
from aisubs.cli.terminal import printable, say, show
from aisubs.model.errors import AisubsError

if TYPE_CHECKING:
    from aisubs.model.transcript import Transcript


def mux_copy(args: argparse.Namespace, transcript: Transcript, profile: str, choices: dict[str, bool]) -> Exit:
    """Write `talk.subtitled.mp4` beside `talk.mp4`, or where the command line says. Ctrl-C leaves nothing behind."""
    from aisubs.formats import shape
    from aisubs.formats.unclear import with_marks
    from aisubs.media.mux import Track, mux, muxed_suffix

    video: Path = args.mux
    target = (args.output_dir or video.parent) / f"{video.stem}.subtitled{muxed_suffix(video)}"
    if target.exists() and not args.overwrite:
        return _told(args, target, written=False)
    if problem := folder_problem(target.parent):
        say(problem)
        return Exit.ENVIRONMENT
    shown = with_marks(transcript) if choices.get("unclear") else transcript
    cues = shape(shown, profile, labels=choices.get("speakers", True), sounds=choices.get("sounds", True))
    if not cues:
        say(f"{printable(args.wanted)}: nothing is said in it, so there is nothing to put in.")
        return Exit.JOB_FAILED
    with make_view() as view:
        try:
            mux(
                video,
                target,
                Track(cues, transcript.text_language),
                lambda share: view.show(str(video), Look("copying", 100 * share)),
            )
        except AisubsError as fault:
            say(f"{printable(str(video))}: {fault.sentence}")
            return Exit.JOB_FAILED
    return _told(args, target, written=True)


def _told(args: argparse.Namespace, target: Path, *, written: bool) -> Exit:
    say(f"{'wrote' if written else 'kept'} {printable(str(target))}{'' if written else ' (--overwrite replaces it)'}")
    if args.json:
        show([{"path": str(target), "written": written}])
    return Exit.OK
