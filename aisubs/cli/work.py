"""`aisubs work`: a worker in this process, as the cloud's GPU job is one."""

from __future__ import annotations

import argparse
from functools import partial

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_model, settings_of
from aisubs.cli.exits import Exit
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
    from aisubs.local.edition import Edition
    from aisubs.log import set_up_logging
    from aisubs.pipeline.work import EngineShelf, Worker, own_name, work
    from aisubs.wiring import make_engine

    settings = settings_of(args, "data_dir", "model")
    set_up_logging(settings.log_level)
    edition = Edition(settings)
    with stop_on_signals(edition.abandon) as stop, edition:
        app = edition.open()
        worker = Worker(
            jobs=app.jobs,
            store=app.store,
            queue=app.queue,
            mirror=app.mirror,
            limits=edition.limits,
            settings=edition.settings,
            engines=EngineShelf(partial(make_engine, edition.settings)),
            stop=stop,
            notifier=app.notifier,
        )
        code = work(worker, own_name(app.runner, edition.settings.dispatch_id))
        if stop.is_set():
            return Exit.INTERRUPTED
    if code:
        say("The outcome of a job could not be recorded; the log above says why.")
        return Exit.ENVIRONMENT
    return Exit.OK
