"""By which addresses other machines reach this one."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

ANY = ("0.0.0.0", "::")

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that nobody has (RFC 5737, 3849): the way there begins at the interface that leads to the network."""

_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))


def network_urls(host: str, port: int) -> list[str]:
    """Where a server that listens on `host` answers other machines, best first; empty when it does not.

    In a container nobody knows: its own addresses mean nothing outside.
    """
    if host not in ANY:
        return [] if _only_here(host) else [url_of(host, port)]
    if any(mark.exists() for mark in _CONTAINER):
        return []
    found = [_own_address(family, there) for family, there in _ELSEWHERE if host == "::" or family == socket.AF_INET]
    return [url_of(address, port) for address in found if address]


def url_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _own_address(family: socket.AddressFamily, there: str) -> str | None:
    """Our own end of the way there. Nothing is sent: that of a datagram socket is found by the kernel's routes."""
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as way:
        way.connect((there, 9))
        address = str(way.getsockname()[0])
        return None if _only_here(address) else address
    return None


def _only_here(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified or address.is_link_local
