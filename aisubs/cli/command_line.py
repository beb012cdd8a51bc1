"""Which commands there are, what `aisubs --help` says, and how a command that fails is reported."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType

from pydantic import ValidationError

import aisubs
from aisubs import __version__
from aisubs.cli import (
    admin,
    align,
    demo,
    doctor,
    export,
    formats,
    import_urls,
    jobs,
    key,
    link,
    migrate,
    models,
    status,
    token,
    transcribe,
    translate,
    up,
    voices,
    webhooks,
    work,
)
from aisubs.cli.arguments import HelpFormatter
from aisubs.cli.exits import MEANINGS, Exit
from aisubs.cli.installed import missing_local_parts, sentence_of
from aisubs.cli.terminal import say
from aisubs.local.cannot_start import CannotStart
from aisubs.model.errors import AisubsError
from aisubs.settings import problems_of
from aisubs.worker import not_installed

COMMANDS = (
    *(up, transcribe, import_urls, align, demo, jobs, export, translate, link, key, models, formats),
    *(webhooks, voices, admin, doctor, status, migrate, token, work),
)

LOCAL_COMMANDS = (up, transcribe, import_urls, align, demo, translate)
"""Those that are nothing without the extra `local`; others get as far as the settings lead them."""

EXAMPLES = """\
Examples
  aisubs demo                                 see it work, offline, in a minute
  aisubs transcribe talk.mp4                  writes talk.srt and talk.vtt beside it
  aisubs transcribe *.mp3 --format srt,docx --language de --output-dir subtitles
  aisubs align talk.mp4 script.txt            puts a script on the sound, or re-times subtitles
  aisubs export talk.mp4 --format ttml        a finished text in other formats
  aisubs translate talk.mp4 --to de           a finished text in another language
  aisubs up                                   web API on http://127.0.0.1:8000 and a watched inbox/
  aisubs doctor                               what works, and what to do about the rest

Exit codes
"""


def name_of(command: ModuleType) -> str:
    """That of its module, unless no module can have it."""
    return str(getattr(command, "NAME", command.__name__.rpartition(".")[2]))


def make_parser() -> argparse.ArgumentParser:
    codes = "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANINGS.items())
    parser = argparse.ArgumentParser(
        prog="aisubs",
        description="Hours-long recordings in, subtitles out, on this machine or in the cloud.",
        epilog=f"{EXAMPLES}{codes}\n\nEvery setting is an environment variable: docs/settings.md lists them.",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"aisubs {__version__}")
    summaries = "\n".join(f"{name_of(command):<12}{command.SUMMARY}" for command in COMMANDS)
    commands = parser.add_subparsers(
        title="commands", description=summaries, metavar="COMMAND", help=argparse.SUPPRESS, required=True
    )
    for command in COMMANDS:
        command.add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Every failure that we foresee is one sentence on stderr."""
    args = make_parser().parse_args(argv)
    try:
        if args.run in [command.run for command in LOCAL_COMMANDS] and (missing := missing_local_parts()):
            say(sentence_of(missing))
            return Exit.ENVIRONMENT
        return int(args.run(args))
    except KeyboardInterrupt:
        say("Stopped.")
        return Exit.INTERRUPTED
    except ImportError as fault:
        if fault.name is None or fault.name.split(".")[0] == aisubs.__name__:
            raise  # that is not for the user to mend
        say(not_installed(fault))
        return Exit.ENVIRONMENT
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone, as in `aisubs jobs | head`
        return Exit.OK
    except ValidationError as fault:
        for problem in problems_of(fault):
            say(problem)
        return Exit.ENVIRONMENT
    except AisubsError as fault:
        say(f"{fault.sentence} ({fault.reason})" if fault.reason else fault.sentence)
        return Exit.ENVIRONMENT
    except (CannotStart, OSError) as fault:
        say(str(fault))
        return Exit.ENVIRONMENT
