"""The network as far as it is public: for speaking to addresses that a stranger gives.

A name is resolved once, every address of it must be public, and the connection goes to the very address that was
looked at: a name that is answered differently the next time (DNS rebinding) leads nowhere. All of a request, reading
the answer included, has one deadline, so that nobody holds us by a byte now and then.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from aisubs.model.public_address import is_loopback, is_public


class NotPublic(httpcore.ConnectError):
    """The name leads into a private network."""


class PublicNetwork(httpcore.NetworkBackend):
    """For one request, which ends `total_s` from now. With `loopback` this machine counts as public."""

    def __init__(self, total_s: float, *, loopback: bool = False) -> None:
        self._ends_s = time.monotonic() + total_s
        self._loopback = loopback
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises httpcore's ConnectError, ConnectTimeout, and NotPublic."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            raise httpcore.ConnectError(f"the name is not known: {fault}") from fault
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not (is_public(address) or (self._loopback and is_loopback(address))):
                raise NotPublic("the name leads into a private network")
        inner = self._plain.connect_tcp(addresses[0], port, self.left_s(), local_address, socket_options)
        return _Timed(inner, self)

    def left_s(self) -> float:
        """Raises httpcore's ReadTimeout when there is none."""
        left = self._ends_s - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("no whole answer in time")
        return left


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends with the request."""

    def __init__(self, inner: httpcore.NetworkStream, network: PublicNetwork) -> None:
        self._inner = inner
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._inner.read(max_bytes, self._network.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, self._network.left_s())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, self._network.left_s()), self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
