"""`aisubs transcribe --server`: what of the command line is about another server, and the site that it opens."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aisubs.cli.terminal import printable, say, stop_on_signals
from aisubs.local.cannot_start import CannotStart

if TYPE_CHECKING:
    from aisubs.cli.site import Site
    from aisubs.media.probe import Limits
    from aisubs.settings import Settings

USUAL_PARALLEL, MAX_PARALLEL = 4, 32
MAX_KEY_CHARS = 8192


def add_server(parser: argparse.ArgumentParser) -> None:
    to = parser.add_argument_group("to another server", "which does the work; of videos only the sound is sent there")
    to.add_argument("--server", metavar="URL", help="its address, such as https://subtitles.example.com")
    to.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="holds an API key (its page or `aisubs key` makes one), so that all of it is in your library there; or "
        "AISUBS_API_KEY",
    )
    to.add_argument(
        "--parallel",
        type=_parallel,
        metavar="N",
        help=f"files prepared and sent at a time ({USUAL_PARALLEL})",
    )


def wrong_server(args: argparse.Namespace) -> str | None:
    """What is wrong with these arguments, as a sentence."""
    if args.server is None:
        given = [name for name in ("key_file", "parallel") if getattr(args, name) is not None]
        return f"--{given[0].replace('_', '-')} is about another server: say which, by --server." if given else None
    try:
        parts = urlsplit(args.server)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_url = False
    if not is_url or parts.query or parts.fragment:
        return (
            f"--server {printable(args.server)} is no address of a server. It looks like https://subtitles.example.com."
        )
    if parts.username or parts.password:
        return "--server is an address without a name or password. Keys come by --key-file, or AISUBS_API_KEY."
    return None


@contextmanager
def opened_there(args: argparse.Namespace, settings: Settings, limits: Limits) -> Iterator[tuple[Site, Event]]:
    """The server, which was asked whether it wants us, and the event that Ctrl-C sets. Raises CannotStart, OSError."""
    from aisubs.cli.remote.ledger import Ledger
    from aisubs.cli.remote.server import Server
    from aisubs.cli.remote.there import There
    from aisubs.local.data_folder import make_data_folder

    key = _key(args.key_file, settings)
    make_data_folder(settings.data_dir)
    server = Server(args.server, key)
    try:
        with stop_on_signals(lambda: None) as stop:
            say(f"Server: {printable(server.url)}, aisubs {printable(server.greet())}")
            ledger = Ledger(settings.data_dir / "servers.sqlite3", server.url, key)
            yield There(server, ledger, settings.data_dir, limits, args.parallel or USUAL_PARALLEL, stop), stop
    finally:
        server.close()


def _key(file: Path | None, settings: Settings) -> str | None:
    """Raises CannotStart, OSError."""
    if file is None:
        key = settings.aisubs_api_key.get_secret_value().strip() if settings.aisubs_api_key else ""
        if not key:
            return None
    else:
        with file.open("rb") as opened:
            key = opened.read(MAX_KEY_CHARS).decode("ascii", "replace").strip()
    if not key or not key.isascii() or any(char.isspace() or char == "," for char in key):
        raise CannotStart(f"{file or 'AISUBS_API_KEY'} holds no API key: that is one word, which begins with key_.")
    return key


def _parallel(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MAX_PARALLEL:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MAX_PARALLEL}")
    return number
