"""Another aisubs server, asked over HTTP: what it refuses in its own words, what passes is waited for and told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import httpx

from aisubs.cli.progress import Look
from aisubs.cli.terminal import clock, printable
from aisubs.local.cannot_start import CannotStart
from aisubs.local.deposit import CalledOff
from aisubs.model.errors import ERRORS, AisubsError, error

log = logging.getLogger(__name__)

PATIENCE_S = 600.0
"""How long a server may be away, once it has answered, before we give up waiting for it."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 15.0
CONNECT_S, ANSWER_S = 10.0, 60.0
_NO_ENTRY = frozenset({"key_scope", "not_allowed"})
"""What is said of whoever asks, and so holds for every recording; 401 always does."""

Tell = Callable[[Look], None]


class Server:
    """`key` is an API key, or None where the server takes recordings of anybody. Threads may share it."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url = url.rstrip("/")
        self.has_key = key is not None
        self._key = key
        # Our own machine is never behind a proxy, whatever the environment says.
        is_ours = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
        self._http = httpx.Client(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), trust_env=not is_ours)

    def greet(self) -> str:
        """The version of the server, which takes our key. Raises CannotStart, as a sentence that says what is wrong."""
        try:
            answer = self._http.get(f"{self.url}/api/config")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            raise CannotStart(
                f"Nothing answers at {self.url} ({_reason(fault)}). Is `aisubs up` running there?"
            ) from fault
        version = _version_in(answer)
        if version is None:
            to = answer.headers.get("location") if answer.is_redirect else None
            meant = f" It sends people to {printable(to)}: name that." if to else ""
            raise CannotStart(f"What answers at {self.url} is no aisubs server (HTTP {answer.status_code}).{meant}")
        if self.has_key:
            self.ask("GET", "/api/account/usage", stop=Event())
        return version

    def ask(
        self,
        method: str,
        path: str,
        *,
        stop: Event,
        tell: Tell = lambda _: None,
        token: str | None = None,
        **sent: Any,
    ) -> httpx.Response:
        """The answer to a request that went well; `token` opens a job where there is no key.

        Waits where the server is full, and, up to PATIENCE_S, where it is away. Raises AisubsError in the server's own
        words; CannotStart where it stays away, or wants nothing of us; CalledOff once `stop` is set.
        """
        shown = self._key or token
        headers = {**sent.pop("headers", {}), **({"Authorization": f"Bearer {shown}"} if shown else {})}
        return self.send(method, f"{self.url}{path}", stop=stop, tell=tell, headers=headers, **sent)

    def send(self, method: str, url: str, *, stop: Event, tell: Tell = lambda _: None, **sent: Any) -> httpx.Response:
        """The same to any address, without our key: a store has addresses of its own. 308 is an answer, too."""
        since_s, pause_s = time.monotonic(), FIRST_PAUSE_S
        while True:
            if stop.is_set():
                raise CalledOff
            try:
                answer = self._http.request(method, url, **sent)
            except httpx.TransportError as fault:
                away = _reason(fault)
            else:
                if answer.is_success or answer.status_code == 308:
                    return answer
                if answer.status_code not in (429, 502, 503, 504):
                    raise self._refusal(answer)
                if answer.status_code == 429:
                    _wait_as_told(answer, stop, tell)
                    since_s, pause_s = time.monotonic(), FIRST_PAUSE_S
                    continue
                away = f"HTTP {answer.status_code}"
            log.warning("server.away", extra={"reason": away})
            if time.monotonic() - since_s > PATIENCE_S:
                raise CannotStart(
                    f"{self.url} does not answer any more ({away}). Nothing is lost: the same command goes on."
                )
            tell(Look(f"{self.url} does not answer, it is asked again ({away})"))
            if stop.wait(pause_s):
                raise CalledOff
            pause_s = min(LONGEST_PAUSE_S, 2 * pause_s)

    def close(self) -> None:
        self._http.close()

    def _refusal(self, answer: httpx.Response) -> Exception:
        code, sentence = error_in(answer)
        if answer.status_code == 401 or code in _NO_ENTRY:
            advice = "" if self.has_key else " Give a key: --key-file, or AISUBS_API_KEY."
            return CannotStart(f"{self.url} refuses: {sentence}{advice}")
        return said_by(code, sentence, answer.status_code)


def said_by(code: str, sentence: str, status: int) -> AisubsError:
    """A refusal in the server's own words, which may be of another version than we are."""
    fault = error(code if code in ERRORS else "internal", sentence)
    fault.sentence, fault.http_status = sentence, status
    return fault


def error_in(answer: httpx.Response) -> tuple[str, str]:
    """Code and sentence of an answer that is none."""
    try:
        said = answer.json()["error"]
        return str(said["code"]), printable(str(said["message"]))
    except (ValueError, KeyError, TypeError):
        return "", f"It answered with HTTP {answer.status_code}."


def _wait_as_told(answer: httpx.Response, stop: Event, tell: Tell) -> None:
    """Raises CalledOff."""
    told = answer.headers.get("retry-after", "")
    wait_s = min(86_400.0, float(told)) if told.isdigit() else LONGEST_PAUSE_S
    again = datetime.now().astimezone() + timedelta(seconds=wait_s)
    when = f"in {clock(wait_s)}" if wait_s < 3600 else f"at {again:%H:%M}"
    tell(Look(f"waiting, again {when}: {error_in(answer)[1]}"))
    if stop.wait(max(wait_s, FIRST_PAUSE_S)):
        raise CalledOff


def _version_in(answer: httpx.Response) -> str | None:
    try:
        said = answer.json()
        return str(said["version"]) if answer.is_success and "limits" in said else None
    except (ValueError, KeyError, TypeError):
        return None


def _reason(fault: Exception) -> str:
    return printable(str(fault)) or type(fault).__name__
