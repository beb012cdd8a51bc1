"""`aisubs up`: everything on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_model, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.speech_model import about, get_model
from aisubs.cli.terminal import printable, say, show, stop_on_signals
from aisubs.local.owner import own_job
from aisubs.local.tokens import sign_in_url
from aisubs.model.job import Status

if TYPE_CHECKING:
    from aisubs.local.edition import Edition
    from aisubs.model.change import Change
    from aisubs.weights.auto import Resolved

SUMMARY = "run everything on this machine"

DESCRIPTION = """\
Starts a private Postgres, the web API, a watched folder, the queue and its workers. Needs no account and no network.
Drop recordings into the inbox (they are only read, never moved); subtitles appear in the results folder.

  aisubs up
  cp talk.mp4 inbox/            → results/talk.mp4.srt .vtt .json .txt
  curl http://127.0.0.1:8000/api/health

Ctrl-C stops it and loses nothing: `aisubs up` again goes on in the middle of a recording, as it does after a crash.
A second Ctrl-C does not wait for anything."""

_TOLD = (Status.PENDING, *(status for status in Status if status.over))


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
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    parser.add_argument("--json", action="store_true", help="print one line of JSON on stdout once it runs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.edition import Edition
    from aisubs.local.instance import InstanceLock
    from aisubs.local.log_file import log_to_file

    settings = settings_of(args, "host", "port", "inbox_dir", "results_dir", "data_dir", "model")
    with InstanceLock(settings.data_dir) as lock:
        log = log_to_file(settings, "up")
        model = get_model(settings)
        edition = Edition(model.settings)
        with stop_on_signals(edition.abandon) as stop, edition:
            edition.open(web=True)
            edition.on_change(lambda change: _tell(edition, change))
            edition.start_loops()
            edition.start_doors()
            lock.announce(edition.url, edition.urls)
            _welcome(edition, model, log, as_json=args.json)
            if sys.stdout.isatty() and not (args.json or args.no_browser):
                signs_in = edition.settings.local_sign_in
                link = edition.sign_in.one_time_url(edition.url) if signs_in else edition.url
                Thread(target=_open_page, args=(link,), name="browser", daemon=True).start()
            stop.wait()
            say("Stopping: workers save what they have … (Ctrl-C again: at once)")
    say("Stopped. Nothing is lost; `aisubs up` goes on.")
    return Exit.OK


def _welcome(edition: Edition, model: Resolved, log: Path, *, as_json: bool) -> None:
    settings = edition.settings
    if as_json:
        folders = {"inbox": str(settings.inbox_dir), "results": str(settings.results_dir)}
        show({"url": edition.url, "pid": os.getpid(), **folders, "log": str(log)})
    say(
        f"aisubs runs.\n"
        f"  Drop recordings into  {settings.inbox_dir}\n"
        f"  Find subtitles in     {settings.results_dir}\n"
        f"{_page_lines(edition)}"
        f"  Web API               {edition.url}/docs\n"
        f"  Speech model          {about(model, edition.app)}\n"
        f"  Log                   {log}\n"
        f"Ctrl-C stops it; nothing is lost."
    )


def _page_lines(edition: Edition) -> str:
    """The links that sign in, for a person at a terminal. Never for a log: whoever reads it would be the owner."""
    where = "  ".join(edition.urls)
    if not edition.settings.local_sign_in:
        return f"  Page                  {where}\n"
    if not sys.stderr.isatty():
        return f"  Page                  {where}  (`aisubs link` shows the link that signs you in)\n"
    links = [sign_in_url(url, edition.settings.data_dir) for url in edition.urls]
    others = "".join(f"    from elsewhere      {link}\n" for link in links[1:])
    return f"  Page, signed in       {links[0]}\n{others}"


def _open_page(url: str) -> None:
    """In a browser with a window of its own, if this session has one; a browser in this terminal would take it over."""
    try:
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)
    except (webbrowser.Error, OSError):
        return  # the link is on the screen


def _tell(edition: Edition, change: Change) -> None:
    """One line for each job that comes into line or is over."""
    if change.status not in _TOLD or not change.on_own_topic:
        return
    job = own_job(change.job_id, edition.app)
    name = printable(job.filename) if job else f"web upload {change.job_id[:8]}"
    reason = f": {job.error_message}" if job and job.error_message else ""
    say(f"{name}: {'in line' if change.status == 'pending' else change.status}{reason}")
