"""`aisubs demo`: the main job for real, on this machine, without a network: upload, transcription, subtitles."""

from __future__ import annotations

import argparse
import re
import tempfile
from difflib import SequenceMatcher
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from aisubs.cli.arguments import Commands, add_command, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import printable, say, size, stop_on_signals

if TYPE_CHECKING:
    from aisubs.cli.api_client import ApiClient
    from aisubs.settings import Settings

SAMPLES = Path(__file__).parents[2] / "gpu_job" / "demo_model" / "samples"
"""They and the demo model are part of the repository, not of the installed package."""

FORMATS = ("srt", "vtt", "json", "txt")
LEAST_RIGHT = 0.95
"""Share of the expected words, in order. Other processors round differently, so one word may differ."""

SUMMARY = "see it work: from an upload to subtitles"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "demo",
        SUMMARY,
        "Starts the local edition on a free port, uploads a short video through the web API in resumable chunks,\n"
        "follows the transcription, prints the subtitles, and stops everything again. Needs no network. The speech\n"
        "model is a toy that knows some two hundred words; a real one is one setting away (MODEL=large-v3-turbo).",
    )
    parser.add_argument("--file", type=Path, help="another recording than the sample video")
    parser.add_argument("--output-dir", type=Path, default=Path("demo-results"), metavar="FOLDER", help="demo-results")
    parser.add_argument(
        "--data-dir", type=Path, metavar="FOLDER", help="keep database and store here (a temporary one)"
    )
    parser.add_argument("--model", default="demo", metavar="NAME", help="speech model (demo)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    recording: Path = args.file or SAMPLES / "sample.mp4"
    if not recording.is_file():
        say(f"{recording} is not there. The demo runs in a clone of the repository, or with --file RECORDING.")
        return Exit.ENVIRONMENT
    with tempfile.TemporaryDirectory(prefix="aisubs-demo-") as folder:
        data_dir = args.data_dir or Path(folder)
        return _show(recording, _settings(args, data_dir), args.output_dir, is_sample=args.file is None)


def _settings(args: argparse.Namespace, data_dir: Path) -> Settings:
    """Nothing but this machine, whatever the environment says."""
    return settings_of(
        args,
        data_dir=data_dir,
        inbox_dir=data_dir / "inbox",
        results_dir=data_dir / "results",
        model=args.model,
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
    edition = Edition(settings)
    with stop_on_signals(edition.abandon) as stop, edition:
        say("1. Starting Postgres, the web API, the queue and its workers …")
        edition.open(web=True)
        edition.start_loops()
        edition.start_doors()
        say(f"   The web API answers on {edition.url} (try {edition.url}/docs)")
        with ApiClient(edition.url) as client:
            job = _transcribe(client, recording, stop)
            if job is None:
                return Exit.INTERRUPTED
            if job["status"] != "completed":
                say(f"   The job {job['status']}: {job['error_message']} Log: {settings.data_dir / 'logs'}")
                return Exit.JOB_FAILED
            transcripts = {name: client.download(job["job_id"], name) for name in FORMATS}
        output_dir.mkdir(parents=True, exist_ok=True)
        for name, data in transcripts.items():
            (output_dir / f"{recording.stem}.{name}").write_bytes(data)
        say("4. The subtitles:\n")
        print(transcripts["srt"].decode(), flush=True)
        verdict = _compare(transcripts["txt"].decode()) if is_sample else Exit.OK
        say(f"   Files: {', '.join(str(output_dir / f'{recording.stem}.{name}') for name in FORMATS)}")
        say("5. Stopping everything …")
    say("   Done. Next: `aisubs up` and drop recordings into inbox/, or `aisubs transcribe FILE`.")
    return verdict


def _transcribe(client: ApiClient, recording: Path, stop: Event) -> dict[str, Any] | None:
    """Upload and follow; the job when it is over, None when stopped."""
    total_bytes = recording.stat().st_size
    say(f"2. Uploading {printable(recording.name)} ({size(total_bytes)}) in resumable chunks …")
    for sent_bytes in client.upload(recording):
        say(f"   {100 * sent_bytes // total_bytes:3} %  {size(sent_bytes)}")
        if stop.is_set():
            return None
    say("3. Transcribing …")
    said = ""
    for job, text in client.follow(stop):
        words = f"  “{printable(text)}”" if text else ""
        line = f"   {job['progress']:3} %  {job['progress_stage'] or job['status']}{words}"
        if line != said:
            say(line)
            said = line
        if job["status"] in ("completed", "failed", "cancelled"):
            return job
    return None


def _compare(transcript: str) -> Exit:
    expected = _words((SAMPLES / "sample.txt").read_text())
    heard = _words(transcript)
    matches = SequenceMatcher(None, expected, heard, autojunk=False).get_matching_blocks()
    right = sum(block.size for block in matches)
    fine = right >= LEAST_RIGHT * len(expected) and len(heard) <= len(expected) / LEAST_RIGHT
    say(f"   {right} of {len(expected)} words are what was said.{'' if fine else ' That is not good enough!'}")
    return Exit.OK if fine else Exit.JOB_FAILED


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
