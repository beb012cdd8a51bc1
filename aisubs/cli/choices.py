"""What `aisubs transcribe` may be told about how a recording is heard, and the options of a job that it means."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pydantic import ValidationError

from aisubs.cli.arguments import add_channels, add_counts
from aisubs.cli.speech_model import model_named
from aisubs.cli.terminal import say
from aisubs.model.job import Options

if TYPE_CHECKING:
    from aisubs.settings import Settings


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Languages, tracks, speakers, and what it is about."""
    _add_languages(parser)
    parser.add_argument(
        "--audio-track",
        metavar="WHICH",
        help="of several: number (2), language (de), speech for the one with most of it, each for all, with a speaker "
        "for each (by --language, else the default track, unless nobody speaks in it)",
    )
    _add_speakers(parser)
    parser.add_argument("--task", choices=["transcribe", "translate"], default="transcribe", help="translate: English")
    parser.add_argument("--prompt", metavar="TEXT", help="what it is about: spelling, names, style")
    parser.add_argument("--hotwords", metavar="WORDS", help="words to listen for")
    parser.add_argument(
        "--second-opinion",
        metavar="MODEL",
        help="ask this larger model about the seconds that stay in doubt, or none (SECOND_OPINION; none)",
    )


def _add_languages(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", metavar="CODE", help="what is spoken, such as en or de (found out by listening)")
    parser.add_argument("--force-language", action="store_true", help="all of it is in --language: hear no other")
    parser.add_argument(
        "--languages", metavar="LIST", help="all that may be spoken, such as de,en: each stretch is in one of them"
    )


def _add_speakers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speakers",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="tell apart who speaks when (DIARIZE; no); naming a number, or a dialogue, means yes",
    )
    add_counts(parser)
    add_channels(parser)


def checked_options(args: argparse.Namespace, settings: Settings) -> Options | None:
    """With what is usual on this machine, where it does the work: another server has its own usual. None when something
    is wrong with them, which is then said."""
    try:
        if args.server is not None:
            return _options(args).model_copy(update={"model": args.model})
        return _options(args).with_usual(settings.languages, diarize=settings.diarize)
    except ValidationError as fault:
        for problem in fault.errors():
            option = ".".join(map(str, problem["loc"])).replace("_", "-") or "options"
            say(f"--{option}: {problem['msg'].removeprefix('Value error, ')}")
        return None


def _options(args: argparse.Namespace) -> Options:
    """Raises ValidationError. The profile is no option of the job: another one needs no new transcription."""
    return Options(
        language=args.language,
        force_language=args.force_language,
        languages=args.languages or (),
        audio_track=args.audio_track,
        second_opinion=model_named(args.second_opinion),
        diarize=args.speakers,
        num_speakers=args.num_speakers,
        min_speakers=args.min_speakers,
        max_speakers=args.max_speakers,
        channels=args.channels,
        task=args.task,
        initial_prompt=args.prompt,
        hotwords=args.hotwords,
    )
