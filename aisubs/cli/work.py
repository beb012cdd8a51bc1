"""`aisubs work`: a worker in this process, as the cloud's GPU job is one."""

from __future__ import annotations

import argparse

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_model, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.speech_model import about, get_model
from aisubs.cli.terminal import say, stop_on_signals

SUMMARY = "transcribe what waits in line, then end"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "work",
        SUMMARY,
        "A worker in the foreground, on the database and the store that the settings name: to add a machine to the\n"
        "line, or to look at a problem closely. It logs JSON on stderr. Ctrl-C saves what it has and hands over.",
    )
    add_data_dir(parser)
    add_model(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.duties import make_worker
    from aisubs.heap import begin_with_huge_pages, keep_heap_small
    from aisubs.local.edition import Edition
    from aisubs.log import set_up_logging
    from aisubs.pipeline.work import own_name, work
    from aisubs.worker import ask_for_engine

    begin_with_huge_pages()
    keep_heap_small()
    ask_for_engine()

    settings = settings_of(args, "data_dir", "model")
    set_up_logging(settings.log_level)
    model = get_model(settings)
    edition = Edition(model.settings)
    with stop_on_signals(edition.abandon) as stop, edition:
        app = edition.open()
        say(f"Speech model: {about(model, app)}")
        code = work(make_worker(app, stop), own_name(app.runner, edition.settings.dispatch_id))
        if stop.is_set():
            return Exit.INTERRUPTED
    if code:
        say("The outcome of a job could not be recorded; the log above says why.")
        return Exit.ENVIRONMENT
    return Exit.OK
