"""`aisubs jobs speakers`: tell the speakers of a finished job apart again, with another number of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Actions, HelpFormatter, add_counts, add_data_dir, add_json, settings_of
from aisubs.cli.cancel_jobs import jobs_in, meant_by
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import printable, say, show
from aisubs.cli.this_machine import opened
from aisubs.model.options import COUNTS, Options
from aisubs.model.turns import SpeakerCount

if TYPE_CHECKING:
    from aisubs.pipeline.jobs import Holder
    from aisubs.wiring import App

DESCRIPTION = """\
Tell the speakers of a finished job apart again, with another number of them. Nothing is transcribed or heard again:
this takes seconds. The outcome is a new revision of the text, in which voices keep the names that you gave them; an
older one can be had back on the page. For jobs that were made with --speakers or a number of them.

  aisubs jobs speakers interview.wav --num-speakers 2
  aisubs jobs speakers 0f8a2c --max-speakers 4             by the first letters of the id"""


def add_redo(actions: Actions) -> None:
    parser = actions.add_parser(
        "speakers", help="another number of speakers", description=DESCRIPTION, formatter_class=HelpFormatter
    )
    parser.add_argument("wanted", metavar="NAME|ID", help="which job")
    add_counts(parser)
    # As in `jobs cancel`.
    add_data_dir(parser, default=argparse.SUPPRESS)
    add_json(parser, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from pydantic import ValidationError

    from aisubs.local.tokens import own_holder

    try:
        count = Options.model_validate({name: getattr(args, name) for name in COUNTS}).speaker_count
    except ValidationError as fault:
        for problem in fault.errors():
            say(
                " ".join(
                    [
                        *(f"--{str(name).replace('_', '-')}:" for name in problem["loc"]),
                        problem["msg"].removeprefix("Value error, "),
                    ]
                )
            )
        return Exit.USAGE
    with opened(settings_of(args, "data_dir")) as app:
        outcome = _redo(args.wanted, count, app, own_holder(app.settings.data_dir))
    if args.json:
        show(outcome)
    return Exit.JOB_FAILED if outcome["error"] else Exit.OK


def _redo(word: str, count: SpeakerCount, app: App, holder: Holder) -> dict[str, Any]:
    from aisubs.pipeline.redo_speakers import redo_speakers

    meant = meant_by(word, list(jobs_in(["completed"], app, holder)))
    if len(meant) != 1:
        ids = "".join(f"\n  {job_id}  {printable(name)}" for job_id, name in meant.items())
        sentence = f"Several jobs are called so; give an id:{ids}" if meant else "No finished job has this name or id."
        say(f"{printable(word)}: {sentence}")
        return {"wanted": word, "job_id": None, "revision": None, "error": "ambiguous" if meant else "job_not_found"}
    ((job_id, name),) = meant.items()
    job = app.jobs.get_job(job_id, holder)
    based_on = app.jobs.newest_revision(job_id, holder)
    saved = redo_speakers(job, holder, based_on, count, jobs=app.jobs, deciders=app.load_deciders())
    say(f"{printable(name)}: revision {saved.revision} has its speakers told apart anew.")
    return {"wanted": word, "job_id": job_id, "revision": saved.revision, "error": None}
