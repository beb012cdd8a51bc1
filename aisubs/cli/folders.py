"""`aisubs transcribe FOLDER`: the recordings in it, by the rule of the inbox, and only those that are wanted."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.cli.terminal import clock, printable, say
from aisubs.local.dropped_files import dropped_files
from aisubs.model.job import Options

if TYPE_CHECKING:
    from aisubs.cli.item import Item
    from aisubs.media.probe import Limits

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|min)?", re.IGNORECASE)
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def add_filters(parser: argparse.ArgumentParser) -> None:
    """What of folders is taken; files that are named are taken in any case."""
    of = parser.add_argument_group("of folders", "everything below them that may be a recording, and of that only")
    of.add_argument(
        "--match", action="append", metavar="GLOB", help='of these names, such as "*.mp4" or "2026/*"; may come again'
    )
    of.add_argument("--min-size", type=size_bytes, metavar="SIZE", help="no smaller ones: 1M, 500k, 2GiB")
    of.add_argument("--max-size", type=size_bytes, metavar="SIZE", help="no larger ones")
    of.add_argument("--min-length", type=length_s, metavar="TIME", help="no shorter ones, by their headers: 5s, 2m, 1h")
    of.add_argument("--max-length", type=length_s, metavar="TIME", help="no longer ones")
    of.add_argument("--watch", action="store_true", help="take what comes into them, once it is whole, until Ctrl-C")
    of.add_argument("--dry-run", action="store_true", help="only say what would be done, and what is passed over")


def size_bytes(text: str) -> int:
    """1M is a million bytes, 1MiB 1,048,576. Raises ArgumentTypeError."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; try 500k, 1M or 2GiB")
    base = 1024.0 if found[3] else 1000.0
    exponent = " kmgt".index(found[2].lower() or " ")
    return int(float(found[1]) * base**exponent + 0.5)


def length_s(text: str) -> float:
    """Raises ArgumentTypeError."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no length; try 5s, 2m or 1h")
    return float(found[1]) * _SECONDS[(found[2] or "").lower()]


@dataclass(slots=True)
class Found:
    """The files of a command, in order; of folders what was passed over, with why."""

    files: list[Path] = field(default_factory=list)
    passed_over: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What came of folders; empty where nothing was passed over."""
        if not self.files and not self.passed_over:
            return "There is no recording."
        reasons = Counter(why for _, why in self.passed_over)
        told = "; ".join(f"{number} {why}" for why, number in reasons.most_common())
        return f"{len(self.files)} to do, {len(self.passed_over)} passed over ({told})." if told else ""


def find_files(given: Sequence[Path], args: argparse.Namespace, options: Options, limits: Limits) -> Found:
    """What `given` names, folders opened. `args` are those of `add_filters`; lengths are asked of the headers."""
    found = Found()
    for path in given:
        if not _is_folder(path):
            found.files.append(path)
            continue
        for file, why in _inside(path, args, options, limits):
            if why is None:
                found.files.append(file)
            else:
                found.passed_over.append((file, why))
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that no file can have, which is told of it later
        return False


def _inside(
    folder: Path, args: argparse.Namespace, options: Options, limits: Limits
) -> Iterator[tuple[Path, str | None]]:
    def complain(fault: OSError) -> None:
        say(f"{printable(str(fault.filename))} cannot be read: {fault.strerror}.")

    for one in dropped_files(folder, complain):
        yield one.path, one.why or why_not_wanted(one.path, one.name, args, options, limits)


def why_not_wanted(path: Path, name: str, args: argparse.Namespace, options: Options, limits: Limits) -> str | None:
    """Why a file of a folder is passed over, `name` being its path from there; None: it is taken."""
    if args.match and not any(fnmatch(name.lower(), glob.lower()) for glob in _globs(args.match)):
        return "of another name"
    try:
        size = path.stat().st_size
    except OSError:
        return "gone again, or a link to nowhere"
    if args.min_size is not None and size < args.min_size:
        return "smaller than wanted"
    if args.max_size is not None and size > args.max_size:
        return "larger than wanted"
    if args.min_length is None and args.max_length is None:
        return None
    from aisubs.local.film import look_at

    info = look_at(path, options, limits)
    if info is None or info.duration_ms is None:
        return "of a length that its header does not tell" if info else "not audio or video"
    if args.min_length is not None and info.duration_ms < args.min_length * 1000:
        return "shorter than wanted"
    if args.max_length is not None and info.duration_ms > args.max_length * 1000:
        return "longer than wanted"
    return None


def _globs(asked: Sequence[str]) -> Iterator[str]:
    """A glob without a slash is of the name alone, wherever it lies."""
    for glob in asked:
        yield glob
        if "/" not in glob:
            yield f"*/{glob}"


def say_plan(found: Found, items: Sequence[Item]) -> None:
    """For --dry-run: a line for each file."""
    for item in items:
        outputs = ", ".join(printable(path.name) for path in item.outputs.values())
        say(f"{printable(item.name)}: {item.sentence or f'→ {outputs}'}")
    for path, why in found.passed_over:
        say(f"{printable(str(path))}: passed over, {why}")
    say(found.sentence or f"{len(found.files)} to do.")


def say_sum(items: Sequence[Item]) -> None:
    """What came of many files together."""
    outcomes = Counter(item.outcome or "not done yet" for item in items)
    told = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
    sound_s = sum((item.job.duration_ms or 0) / 1000 for item in items if item.outcome == "completed" and item.job)
    say(f"{len(items)} recordings: {told}{f'; {clock(sound_s)} of sound' if sound_s else ''}.")
