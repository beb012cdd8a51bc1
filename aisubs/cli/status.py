"""`aisubs status`: the line as it is now, and what workers have cost today and this month."""

from __future__ import annotations

import argparse
from typing import Any

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.terminal import show
from aisubs.cli.this_machine import opened
from aisubs.model.price import cost_of
from aisubs.settings import Settings

SUMMARY = "the line, and what workers cost today and this month"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "status",
        SUMMARY,
        "Of the database that the settings name: the embedded one, DATABASE_URL, or a Supabase project.\n"
        "Hours of workers are those for which they held jobs, by day and month of UTC; PRICE_PER_HOUR makes costs of\n"
        "them.",
    )
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    settings = settings_of(args, "data_dir")
    with opened(settings) as app:
        spent, line = app.jobs.spending(), app.jobs.queue_state(settings.concurrency, app.queue_capacity)
    if args.json:
        counts = {name: line[name] for name in ("active", "pending", "uploading")}
        price = {"price_per_hour": settings.price_per_hour, "currency": settings.price_currency}
        show({**counts, **spent, **price})
        return Exit.OK
    print(f"line: {line['active']} at work, {line['pending']} waiting, {line['uploading']} on their way")
    print(spending_line(spent, settings))
    return Exit.OK


def spending_line(spent: dict[str, Any], settings: Settings) -> str:
    """What workers had, from Jobs.spending, and until when nothing is started if today's limit is reached."""
    limit_s = spent["daily_gpu_seconds"]
    today, month = (_hours(spent[name], settings) for name in ("today_s", "month_s"))
    most = f" of {limit_s / 3600:.1f} h" if limit_s else ", without a limit"
    until = f"; nothing is started until {spent['spent_until']}" if spent["spent_until"] else ""
    return f"workers: today {today}{most}; this month {month}{until}"


def _hours(seconds: float, settings: Settings) -> str:
    price = settings.price_per_hour
    cost = "" if price is None else f" ({cost_of(seconds, price):.2f} {settings.price_currency})"
    return f"{seconds / 3600:.1f} h{cost}"
