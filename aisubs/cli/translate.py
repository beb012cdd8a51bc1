"""`aisubs translate`: a finished text in another language, sentence by sentence."""

from __future__ import annotations

import argparse
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import clock, printable, say, show, stop_on_signals
from aisubs.model.errors import AisubsError

if TYPE_CHECKING:
    from aisubs.model.glossary import Term
    from aisubs.model.job import Job
    from aisubs.pipeline.jobs import Holder
    from aisubs.pipeline.translation.translate_text import Outcome
    from aisubs.wiring import App

SUMMARY = "have a finished text in another language"

DESCRIPTION = """\
The newest text of a job is translated: whole sentences, wherever its cues begin and end, and cut into cues anew for the
language. Nothing is sent anywhere unless TRANSLATOR says so; which host it is, is said first (docs/translation.md).

  aisubs translate talk.mp4 --to de                        writes talk.de.srt, and the job has the text in German
  aisubs translate talk.mp4 --to fr --format srt,docx --glossary terms.txt
  aisubs translate 0f8a2c                                  which languages there are, and what is wrong about them

A glossary has a term a line, "cluster = Cluster"; where one did not come out, its sentence is marked. Every sentence of
the original is accounted for: what stays without an answer stands there in its own words, and is told.

Ctrl-C, a crash or a power cut lose nothing: the same command goes on. After corrections of the original it makes anew
what they have changed, and nothing else."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "translate", SUMMARY, DESCRIPTION)
    parser.add_argument("wanted", metavar="NAME|ID", help="which job: its recording, or the first letters of its id")
    parser.add_argument("--to", metavar="CODE", help="the language, such as de or German")
    parser.add_argument("--glossary", type=Path, metavar="FILE", help="terms that must come out so, one a line")
    parser.add_argument("--anew", action="store_true", help="translate everything again, corrections of it included")
    parser.add_argument("--format", metavar="LIST", default="srt", help="formats, see `aisubs formats` (srt)")
    parser.add_argument("--profile", metavar="NAME", help="how cues are shaped: netflix, bbc, plain (the job's)")
    parser.add_argument("--output-dir", type=Path, metavar="FOLDER", help="write here (this folder)")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a sentence or a term did not come out")
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.cli.transcribe import format_names, wrong_choice
    from aisubs.formats.scripts import decode
    from aisubs.local.edition import Edition
    from aisubs.local.log_file import log_to_file
    from aisubs.local.tokens import own_holder
    from aisubs.model.glossary import read_glossary

    names = format_names(args.format)
    if wrong := wrong_choice(names, args.format, args.profile):
        say(wrong)
        return Exit.USAGE
    terms = read_glossary(decode(args.glossary.read_bytes())) if args.glossary else ()
    settings = settings_of(args, "data_dir")
    log_to_file(settings, "commands")
    edition = Edition(settings)
    with stop_on_signals(edition.abandon) as stop, edition:
        app = edition.open()
        holder = own_holder(app.settings.data_dir)
        job = _job(args.wanted, app, holder)
        if job is None:
            return Exit.JOB_FAILED
        if args.to is None:
            return _list(job, app, holder, as_json=args.json)
        return _translate(args, names, terms, job, app, holder, stop)


def _job(word: str, app: App, holder: Holder) -> Job | None:
    """The job that is meant; None where that is none or several, which is then said."""
    from aisubs.cli.cancel_jobs import jobs_in, meant_by

    finished = list(jobs_in(["completed"], app, holder))
    meant = meant_by(word, finished) or meant_by(Path(word).name, finished)
    if len(meant) == 1:
        return app.jobs.get_job(next(iter(meant)), holder)
    ids = "".join(f"\n  {job_id}  {printable(name)}" for job_id, name in meant.items())
    none = "No finished job has this name or id: `aisubs transcribe` makes one of a recording."
    say(f"{printable(word)}: {f'Several jobs are called so; give an id:{ids}' if meant else none}")
    return None


def _list(job: Job, app: App, holder: Holder, *, as_json: bool) -> Exit:
    rows = app.jobs.list_translations(job.job_id, holder)
    if as_json:
        show(rows)
        return Exit.OK
    for row in rows:
        print(f"{row['language']:<4}{row['state']:<10} {row['done']} of {row['sentences']} sentences{_losses(row)}")
        if row["error_message"]:
            print(f"    {row['error_message']}")
    if not rows:
        say(f"{printable(job.name)} has not been translated: --to names a language.")
    return Exit.OK


def _translate(
    args: argparse.Namespace,
    names: list[str],
    terms: tuple[Term, ...],
    job: Job,
    app: App,
    holder: Holder,
    stop: Event,
) -> Exit:
    from aisubs.pipeline.translation.request_translation import request_translation

    translator = app.load_translator()
    where = f"The text is sent to {translator.sent_to}" if translator.sent_to else "The text stays on this machine"
    say(f"Translator: {printable(translator.name)}. {where}.")
    if args.anew:
        _forget(args.to, job, app, holder)
    row = request_translation(job, holder, args.to, terms, jobs=app.jobs, translator=translator)
    language = row["language"]
    if row["state"] != "completed":
        outcome = _work(job, language, app, stop)
        if stop.is_set():
            say(f"Stopped. What is translated is saved; the same command goes on: aisubs translate … --to {language}")
            return Exit.INTERRUPTED
        if outcome.fault is not None:
            say(f"{outcome.fault.sentence} The same command goes on.")
            return Exit.JOB_FAILED
    (row,) = (one for one in app.jobs.list_translations(job.job_id, holder) if one["language"] == language)
    say(f"{printable(job.name)}: {row['sentences']} sentences in {language}{_losses(row)}.")
    files = _write(args, names, language, job, app, holder)
    if args.json:
        show({"job_id": job.job_id, **row, "files": files})
    return Exit.JOB_FAILED if args.strict and (row["untranslated"] or row["doubtful"]) else Exit.OK


def _forget(language: str, job: Job, app: App, holder: Holder) -> None:
    from aisubs.model.language import language_of

    try:
        app.jobs.delete_translation(job.job_id, holder, language_of(language) or language)
    except AisubsError as fault:
        if fault.code != "translation_not_found":
            raise


def _work(job: Job, language: str, app: App, stop: Event) -> Outcome:
    """To the end, waiting where the translator wants that. An `aisubs up` that has begun with it leaves it to us."""
    from aisubs.duties import translation_terms
    from aisubs.model.translation import TranslationState
    from aisubs.pipeline.translation.translate_text import Outcome, translate_claimed

    translator, terms = app.load_translator(), translation_terms(app.settings)
    while True:
        claim = app.jobs.claim_translation(terms.lease_s, translator.name, translator.sent_to, job.job_id, language)
        if claim is None:  # somebody else has just ended it
            return Outcome(TranslationState.COMPLETED)
        outcome = translate_claimed(claim, jobs=app.jobs, translator=translator, terms=terms, stop=stop, tell=_tell)
        if outcome.state is not TranslationState.WAITING or stop.is_set():
            return outcome
        if outcome.fault is not None:
            say(f"{outcome.fault.sentence} In {clock(outcome.retry_in_s)}; Ctrl-C stops.")
        stop.wait(outcome.retry_in_s)


def _tell(done: int, of: int) -> None:
    say(f"{done} of {of} sentences")


def _losses(row: dict[str, Any]) -> str:
    told = []
    if row["untranslated"]:
        told.append(f"{row['untranslated']} stay as they were said")
    if row["doubtful"]:
        told.append(f"in {row['doubtful']} a term did not come out")
    return f" ({', '.join(told)})" if told else ""


def _write(
    args: argparse.Namespace, names: list[str], language: str, job: Job, app: App, holder: Holder
) -> list[dict[str, Any]]:
    from aisubs.cli.export import write_files
    from aisubs.pipeline.jobs import HolderReads
    from aisubs.pipeline.translation.results import translated_result

    reads = HolderReads(app.jobs, holder)
    files = [translated_result(job, language, name, jobs=reads, profile=args.profile) for name in names]
    written = {file.filename: file.data for file in files}
    return write_files(written, args.output_dir or Path(), overwrite=args.overwrite)
