"""`aisubs demo`: the main job for real, on this machine, without a network: upload, transcription, subtitles."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, settings_of
from aisubs.cli.demo_sample import VIDEO, compare, print_table
from aisubs.cli.exits import Exit
from aisubs.cli.progress import Look, make_view
from aisubs.cli.speech_model import get_model, named
from aisubs.cli.terminal import clock, printable, say, size, stop_on_signals
from aisubs.model.job import Status

if TYPE_CHECKING:
    from aisubs.cli.api_client import ApiClient
    from aisubs.settings import Settings

FORMATS = ("srt", "vtt", "json", "txt")
MODEL = "base"
"""The least Whisper that knows about 100 languages; `aisubs[base]` brings it along."""
MAX_WORD_ERRORS = 0.05
"""Share of the words said. Processors round differently, so no number of errors is the same everywhere."""

SUMMARY = "see it work: from an upload to subtitles"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "demo",
        SUMMARY,
        "Starts the local edition on a free port, uploads a short video through the web API in resumable chunks,\n"
        "follows the transcription by Whisper base, prints the subtitles, shows beside what was said what was heard,\n"
        "counts the wrong words, and stops everything again. Needs no network where `aisubs[base]` is installed.\n"
        "Exits 0 when at most 5 % of the words are wrong.",
    )
    parser.add_argument("--file", type=Path, help="another recording than the sample video")
    parser.add_argument("--output-dir", type=Path, default=Path("demo-results"), metavar="FOLDER", help="demo-results")
    parser.add_argument(
        "--data-dir", type=Path, metavar="FOLDER", help="keep database and store here (a temporary one)"
    )
    parser.add_argument("--model", metavar="NAME", help=f"speech model ({MODEL}; for another recording MODEL)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    recording: Path = args.file or VIDEO
    if not recording.is_file():
        say(f"{printable(str(recording))} is not there.")
        return Exit.ENVIRONMENT
    with tempfile.TemporaryDirectory(prefix="aisubs-demo-") as folder:
        data_dir = args.data_dir or Path(folder)
        return _show(recording, _settings(args, data_dir), args.output_dir, is_sample=args.file is None)


def _settings(args: argparse.Namespace, data_dir: Path) -> Settings:
    """Nothing but this machine, whatever the environment says."""
    model = args.model or (None if args.file else MODEL)
    return settings_of(
        args,
        data_dir=data_dir,
        inbox_dir=data_dir / "inbox",
        results_dir=data_dir / "results",
        **({"model": model} if model else {}),
        host="127.0.0.1",
        port=0,
        public_url="",
        database_url=None,
        supabase_url=None,
        store_url="",
        cloud_tasks_queue=None,
        cloud_run_job=None,
    )


def _show(recording: Path, settings: Settings, output_dir: Path, *, is_sample: bool) -> Exit:
    from aisubs.cli.api_client import ApiClient
    from aisubs.local.edition import Edition
    from aisubs.local.log_file import log_to_file

    log_to_file(settings, "demo")
    began = monotonic()
    settings = get_model(settings).settings
    edition = Edition(settings)
    with stop_on_signals(edition.abandon) as stop, edition:
        say("1. Starting Postgres, the web API, the queue and its workers …")
        edition.open(web=True)
        edition.start_loops()
        edition.start_doors()
        say(f"   {_since(began)}: the web API answers on {edition.url}")
        with ApiClient(edition.url) as client:
            job = _transcribe(client, recording, settings, stop)
            if job is None:
                return Exit.INTERRUPTED
            if job["status"] != "completed":
                say(f"   The job {job['status']}: {job['error_message']} Log: {settings.data_dir / 'logs'}")
                return Exit.JOB_FAILED
            transcripts = {name: client.download(job["job_id"], name) for name in FORMATS}
        output_dir.mkdir(parents=True, exist_ok=True)
        for name, data in transcripts.items():
            (output_dir / f"{recording.stem}.{name}").write_bytes(data)
        say("4. The subtitles\n")
        print(transcripts["srt"].decode(), flush=True)
        verdict = _judge(transcripts["txt"].decode()) if is_sample else Exit.OK
        say(f"Files: {', '.join(str(output_dir / f'{recording.stem}.{name}') for name in FORMATS)}")
        say("Stopping everything …")
    say(f"Done in {_since(began)}. Next: `aisubs up` and drop recordings into inbox/, or `aisubs transcribe FILE`.")
    return verdict


def _transcribe(client: ApiClient, recording: Path, settings: Settings, stop: Event) -> dict[str, Any] | None:
    """Upload and follow; the job when it is over, None when stopped."""
    total_bytes, began = recording.stat().st_size, monotonic()
    say(f"2. Uploading {printable(recording.name)} ({size(total_bytes)}) in resumable chunks …")
    with make_view() as view:
        for sent_bytes in client.upload(recording):
            view.show(recording.name, Look("uploading", 100 * sent_bytes / total_bytes))
            if stop.is_set():
                return None
        view.done(recording.name, f"sent in {_since(began)}")
    began = monotonic()
    say(f"3. Transcribing with the speech model {named(settings.model)} …")
    with make_view() as view:
        for job, text in client.follow(stop):
            doing = job["progress_stage"] or job["status"]
            view.show(recording.name, Look(doing, float(job["progress"]), job["eta_s"], text))
            if Status(job["status"]).over:
                sound = clock((job["duration_ms"] or 0) / 1000)
                view.done(recording.name, f"{job['status']}, {sound} of sound in {_since(began)}")
                return job
    return None


def _judge(transcript: str) -> Exit:
    comparison = compare(transcript)
    say("5. What was said, and what was heard. [Brackets] are errors.")
    print_table(comparison)
    fine = comparison.rate <= MAX_WORD_ERRORS
    allowed = f"{MAX_WORD_ERRORS * 100:.0f} %"
    verdict = f"{allowed} are allowed" if fine else f"that is more than {allowed}: not good enough"
    say(f"{comparison.errors} of {comparison.said} words are wrong, {comparison.rate * 100:.1f} %; {verdict}.")
    return Exit.OK if fine else Exit.JOB_FAILED


def _since(began: float) -> str:
    return f"{monotonic() - began:.1f} s"
