"""The process that fetches: `python -m aisubs.local.fetching.child`. What to do comes as JSON on standard input, what
becomes of it goes to standard output, a line of JSON each. It has no keys and no environment of ours."""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.utils import DownloadError, unsmuggle_url

from aisubs.local.fetching.guard import NotAllowed, give_up_surroundings

TIMEOUT_S = 30
_ROOM_BYTES = 16 << 20
"""What a file may have beyond its limit: the last piece, and headers."""


def tell(said: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


class Quiet:
    """yt-dlp's log; what matters comes as an exception."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


class Fetching:
    """Of one address. `told` is as fetch.py says it."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._key = ""

    def carry_out(self) -> None:
        for number, entry in enumerate(self._entries()):
            if number >= self._told["most"]:
                tell({"capped": self._told["most"]})
                return
            url = entry.get("url") or entry.get("webpage_url") or self._told["url"]
            self._key = unsmuggle_url(entry.get("webpage_url") or url)[0]
            title = entry.get("title") or self._key
            if self._key in self._told["taken"]:
                tell({"kept": self._key, "title": title})
                continue
            try:
                self._fetch(url, title)
            except DownloadError as fault:
                tell({"failed": self._key, "title": title, "why": reason(fault)})

    def _entries(self) -> Iterator[dict[str, Any]]:
        flat = {"extract_flat": "in_playlist", "playlistend": self._told["most"] + 1, "lazy_playlist": True}
        with YoutubeDL({**self._options(), **flat}) as looking:
            found = looking.extract_info(self._told["url"], download=False) or {}
        if found.get("_type") != "playlist":
            yield {"webpage_url": found.get("webpage_url"), "url": self._told["url"], "title": found.get("title")}
            return
        for entry in found["entries"]:
            if entry:
                yield entry

    def _fetch(self, url: str, title: str) -> None:
        self._why_not = ""
        name = sha256(self._key.encode()).hexdigest()[:20]
        options = {
            "noplaylist": True,
            "playlistend": 1,
            "format": "bestaudio/best",
            "outtmpl": {"default": f"{self._told['folder']}/{name}.%(ext)s"},
            "match_filter": self._not_wanted,
            "progress_hooks": [self._progress],
            "max_filesize": self._told["max_bytes"],
        }
        with YoutubeDL({**self._options(), **options}) as fetching:
            found = fetching.extract_info(url, download=True) or {}
        first = next(iter(found.get("entries") or ()), None) or found  # a page may hold it as a list of one
        files = first.get("requested_downloads") or [{}]
        path = files[0].get("filepath")
        if self._why_not or path is None:
            tell({"failed": self._key, "title": title, "why": self._why_not or self._too_large()})
            return
        # A feed knows what an episode is called; the address of its file rarely does.
        tell({"fetched": self._key, "title": title, "path": path})

    def _options(self) -> dict[str, Any]:
        return {
            "quiet": True,
            "logger": Quiet(),
            "cachedir": False,
            "proxy": "",
            "socket_timeout": TIMEOUT_S,
            "retries": 3,
            "fragment_retries": 3,
            "allowed_extractors": self._told["extractors"] or ["default"],
            # Nothing is put together or mended by another program, and no other program downloads.
            "ffmpeg_location": "/nonexistent",
            "fixup": "never",
            "hls_prefer_native": True,
            "external_downloader": {"default": "native"},
        }

    def _not_wanted(self, info: dict[str, Any], *, incomplete: bool = False) -> str | None:  # noqa: ARG002
        """Before the download: yt-dlp asks this of what it knows of a recording."""
        duration_s, size_bytes = info.get("duration"), info.get("filesize") or info.get("filesize_approx")
        if info.get("is_live") or info.get("live_status") == "is_upcoming":
            self._why_not = "it is live: its end is not known"
        elif duration_s and duration_s > self._told["max_s"]:
            self._why_not = f"it is longer than {self._told['max_s'] / 3600:g} hours"
        elif size_bytes and size_bytes > self._told["max_bytes"]:
            self._why_not = self._too_large()
        return self._why_not or None

    def _progress(self, state: dict[str, Any]) -> None:
        done, total = state.get("downloaded_bytes") or 0, state.get("total_bytes") or state.get("total_bytes_estimate")
        if done > self._told["max_bytes"]:
            raise DownloadError(self._too_large())
        tell({"progress": self._key, "share": min(1.0, done / total) if total else 0.0})

    def _too_large(self) -> str:
        return f"it is larger than {self._told['max_bytes'] / 1e6:,g} MB"


def reason(fault: DownloadError) -> str:
    """yt-dlp's sentence, without the colours, the extractor's name and the advice to report it."""
    refused = fault.exc_info[1] if fault.exc_info else None
    while refused is not None:
        if isinstance(refused, NotAllowed):
            return str(refused)
        refused = getattr(refused, "cause", None) or refused.__cause__ or refused.__context__
    text = str(fault).partition("; please report")[0].partition(" (caused by")[0].removeprefix("ERROR: ")
    return re.sub(r"^\[[^]]*\] (?:\S+: )?", "", text)


def main() -> None:
    told = json.load(sys.stdin)
    most = told["max_bytes"] + _ROOM_BYTES
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    give_up_surroundings(private=told["private"])
    try:
        Fetching(told).carry_out()
    except DownloadError as fault:
        tell({"failed": told["url"], "title": told["url"], "why": reason(fault)})
    tell({"end": True})


if __name__ == "__main__":
    main()
