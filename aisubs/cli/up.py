"""`aisubs up`: everything on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_model, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import printable, say, show, stop_on_signals

if TYPE_CHECKING:
    from aisubs.local.edition import Edition
    from aisubs.model.change import Change

SUMMARY = "run everything on this machine"

DESCRIPTION = """\
Starts a private Postgres, the web API, a watched folder, the queue and its workers. Needs no account and no network.
Drop recordings into the inbox (they are only read, never moved); subtitles appear in the results folder.

  aisubs up
  cp talk.mp4 inbox/            → results/talk.mp4.srt .vtt .json .txt
  curl http://127.0.0.1:8000/api/health

Ctrl-C stops it and loses nothing: `aisubs up` again goes on in the middle of a recording, as it does after a crash.
A second Ctrl-C does not wait for anything."""


def add(commands: Commands) -> None:
    parser = add_command(commands, "up", SUMMARY, DESCRIPTION)
    parser.add_argument("--host", metavar="ADDRESS", help="listen here (HOST; 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="and on this port; 0 takes a free one (PORT; 8000)")
    parser.add_argument("--inbox", dest="inbox_dir", type=Path, metavar="FOLDER", help="watch this (INBOX_DIR; inbox)")
    parser.add_argument(
        "--results", dest="results_dir", type=Path, metavar="FOLDER", help="write here (RESULTS_DIR; results)"
    )
    add_data_dir(parser)
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="print one line of JSON on stdout once it runs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.edition import Edition
    from aisubs.local.instance import InstanceLock
    from aisubs.local.log_file import log_to_file

    settings = settings_of(args, "host", "port", "inbox_dir", "results_dir", "data_dir", "model")
    edition = Edition(settings)
    with stop_on_signals(edition.abandon) as stop, InstanceLock(settings.data_dir) as lock:
        log = log_to_file(settings, "up")
        with edition:
            edition.open(web=True)
            edition.on_change(lambda change: _tell(edition, change))
            edition.start_loops()
            edition.start_doors()
            lock.announce(edition.url)
            _welcome(edition, log, as_json=args.json)
            stop.wait()
            say("Stopping: workers save what they have … (Ctrl-C again: at once)")
    say("Stopped. Nothing is lost; `aisubs up` goes on.")
    return Exit.OK


def _welcome(edition: Edition, log: Path, *, as_json: bool) -> None:
    settings = edition.settings
    if as_json:
        folders = {"inbox": str(settings.inbox_dir), "results": str(settings.results_dir)}
        show({"url": edition.url, "pid": os.getpid(), **folders, "log": str(log)})
    toy = " (a toy with a small vocabulary; MODEL=large-v3-turbo is a real one)" if settings.model == "demo" else ""
    say(
        f"aisubs runs.\n"
        f"  Drop recordings into  {settings.inbox_dir}\n"
        f"  Find subtitles in     {settings.results_dir}\n"
        f"  Web API               {edition.url}/docs\n"
        f"  Speech model          {settings.model}{toy}\n"
        f"  Log                   {log}\n"
        f"Ctrl-C stops it; nothing is lost."
    )


def _tell(edition: Edition, change: Change) -> None:
    """One line for each job that comes into line or is over."""
    if change.status not in ("pending", "completed", "failed", "cancelled") or not change.on_own_topic:
        return
    job = edition.own_job(change.job_id)
    name = printable(job.filename) if job else f"web upload {change.job_id[:8]}"
    reason = f": {job.error_message}" if job and job.error_message else ""
    say(f"{name}: {'in line' if change.status == 'pending' else change.status}{reason}")
