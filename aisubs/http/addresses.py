"""Under which address this server is asked, and which one others may be given.

A link is made for the address that was asked: whoever asks at 192.168.1.5 cannot use one to 127.0.0.1. `PUBLIC_URL`
wins where it is set.

The local edition answers only to names that are its own, for a page of anywhere may have its name lead to 127.0.0.1 and
would then share an origin with us (DNS rebinding). Addresses in numbers cannot be had that way, nor can names without
dots or those that no public DNS serves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urljoin, urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from aisubs.http.faults import refuse
from aisubs.model.errors import error
from aisubs.settings import Settings
from aisubs.wiring import App

Reach = Literal["machine", "network"]

NetworkUrls = Callable[[], Sequence[str]]
"""Where other machines reach this server, best first; empty when they do not."""

_AT_HOME = (".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".fritz.box")
"""Names that only a network at home or at work gives (RFC 6761, 6762, 8375 and what routers use)."""


@dataclass(frozen=True, slots=True)
class Address:
    """The beginning of a link, without a slash at its end, and who can open it. None: the page's own address."""

    base_url: str | None
    reach: Reach


def absolute_url(url: str, request: Request, app: App) -> str:
    """A URL that may be only a path as whoever asks can use it."""
    return urljoin(f"{app.settings.public_url or _asked(request)}/", url)


def share_address(request: Request, app: App) -> Address:
    """What links begin with that are given to others."""
    if app.edition == "cloud":  # its page is served by others
        return Address(None, "network")
    if app.settings.public_url:
        return Address(app.settings.public_url, _reach(app.settings.public_url))
    asked = _asked(request)
    if _reach(asked) == "network":
        return Address(asked, "network")
    on_network: NetworkUrls = request.app.state.network_urls
    return next((Address(url, "network") for url in on_network()), Address(asked, "machine"))


def _asked(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _reach(url: str) -> Reach:
    return "machine" if is_loopback(urlsplit(url).hostname or "") else "network"


def is_loopback(host: str) -> bool:
    """Whether only this machine itself is reached so."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class KnownHosts:
    """Answers 421 `host_unknown` to requests for a name that is not ours, WebSockets among them."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        listed = {name.strip().lower().rstrip(".") for name in settings.allowed_hosts.split(",") if name.strip()}
        self._names = frozenset(listed | {urlsplit(settings.public_url).hostname or ""})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = host_of(Headers(scope=scope).get("host", ""))
        if self._is_ours(host):
            await self._app(scope, receive, send)
        else:
            await refuse(error("host_unknown", host=host), scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        if "." not in host or host.endswith(_AT_HOME) or host in self._names or "*" in self._names:
            return True  # HTTP/1.0 says no host at all, and browsers do not speak that
        try:
            ip_address(host)
        except ValueError:
            return False
        return True


def host_of(header: str) -> str:
    """The host of a Host header: without port and brackets, in lower case."""
    try:
        host = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        host = header
    return host.rstrip(".").lower()
