"""Bring recordings of an address: a page, a file, a playlist, or a feed (RSS, Atom) whose new episodes are wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aisubs.local.deposit import CalledOff


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What is fetched of one address: at most so many recordings, each of at most so many bytes and seconds.

    `extractors` are those of yt-dlp that may be used, as regular expressions (none: its usual ones); `private` opens
    the network around this machine.
    """

    most: int
    max_bytes: int
    max_s: float
    extractors: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording at an address, `key`: lying at `path`; or, without one, `why` it does not (None: it was taken)."""

    key: str
    title: str
    path: Path | None = None
    why: str | None = None


def fetch(
    url: str, folder: Path, taken: list[str], limits: FetchLimits, tell: Callable[[str, float], None], stop: Event
) -> Iterator[Fetched | str]:
    """Each recording as it has come, or a sentence about all of them. What was cut short in `folder` goes on there.

    `taken` are keys that are wanted no more; `tell` hears a key and the share of it that is here. Raises CalledOff once
    `stop` is set.
    """
    told = {"url": url, "folder": str(folder.absolute()), "taken": taken, "most": limits.most} | {
        "max_bytes": limits.max_bytes,
        "max_s": limits.max_s,
        "extractors": list(limits.extractors),
        "private": limits.private,
    }
    # No proxy and no key of ours: its environment is this.
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "HOME": str(folder.absolute())}
    with subprocess.Popen(
        [sys.executable, "-m", "aisubs.local.fetching.child"],
        env=paths,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in our terminal is not for it
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        watcher = Thread(target=_end_when, args=(stop, child), daemon=True)
        watcher.start()
        child.stdin.write(json.dumps(told))
        child.stdin.close()
        try:
            for line in child.stdout:
                yield from _read(json.loads(line), folder, tell)
        finally:
            child.kill()
    if stop.is_set():
        raise CalledOff


def _read(said: dict[str, Any], folder: Path, tell: Callable[[str, float], None]) -> Iterator[Fetched | str]:
    match said:
        case {"progress": str(key), "share": float() | int() as share}:
            tell(key, 100.0 * share)
        case {"fetched": str(key), "title": str(title), "path": str(path)}:
            yield Fetched(key, title, folder / Path(path).name)
        case {"failed": str(key), "title": str(title), "why": str(why)}:
            yield Fetched(key, title, why=why)
        case {"kept": str(key), "title": str(title)}:
            yield Fetched(key, title)
        case {"capped": int(most)}:
            yield f"There is more than the {most} that are taken of one address; --max-items takes more."


def _end_when(stop: Event, child: subprocess.Popen[str]) -> None:
    while child.poll() is None:
        if stop.wait(0.2):
            child.kill()
