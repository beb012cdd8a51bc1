"""Arguments that several commands share, and how they change the settings."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aisubs.settings import Settings, read_settings

Commands = Any
"""What argparse returns from add_subparsers; its type is private."""

Actions = Any
"""The same, of a command that has several things to do."""


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps our line breaks and leaves room for long options."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)


def add_command(commands: Commands, name: str, summary: str, description: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        description=f"{summary[0].upper()}{summary[1:]}.\n\n{description}".strip(),
        formatter_class=HelpFormatter,
    )
    return parser


def add_data_dir(parser: argparse.ArgumentParser, **more: Any) -> None:
    meaning = "where database, store and logs are kept (DATA_DIR; .aisubs)"
    parser.add_argument("--data-dir", type=Path, metavar="FOLDER", help=meaning, **more)


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME", help="speech model: auto, large-v3-turbo, a folder, … (MODEL; auto)")


def add_counts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--num-speakers", type=int, metavar="N", help="exactly so many people speak (found out)")
    parser.add_argument("--min-speakers", type=int, metavar="N", help="at least so many")
    parser.add_argument("--max-speakers", type=int, metavar="N", help="at most so many")


def add_channels(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--channels",
        choices=["dialogue", "mono"],
        help="of two channels: dialogue has a person on each, mono is one mix (found out by levels)",
    )


def add_steps(
    parser: argparse.ArgumentParser, summaries: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Commands of a command: each name with its parser. `what` says which was named, `list` that none was."""
    parser.set_defaults(what="list")
    steps = parser.add_subparsers(metavar="STEP")
    for name, summary in summaries:
        step = steps.add_parser(name, help=summary, description=summary, formatter_class=HelpFormatter)
        add_data_dir(step, default=argparse.SUPPRESS)
        step.set_defaults(what=name)
        yield name, step


def add_json(parser: argparse.ArgumentParser, **more: Any) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON on stdout, for scripts", **more)


def settings_of(args: argparse.Namespace, *names: str, **overrides: object) -> Settings:
    """The settings of the environment; arguments with the names of settings win when they were given."""
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    return read_settings(**given, **overrides)
