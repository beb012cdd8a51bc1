"""Messages between a process that holds keys and one that reads what strangers send: a header in JSON, then bytes."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from typing import Any

from aisubs.media.source import Stopped

MAX_HEADER_BYTES, MAX_DATA_BYTES = 1 << 18, 1 << 26
_LENGTHS = struct.Struct(">II")
_POLL_S = 0.1
"""How often somebody who waits looks at `stop`."""

Header = dict[str, Any]


class Gone(Exception):
    """The other side has ended, is silent, or says what is no message."""


class Wire:
    """One end of a socket. With `patience_s` nobody waits longer than that for the other side, nor once `stop` is set.

    Raises Gone, and Stopped.
    """

    def __init__(
        self, connection: socket.socket, patience_s: float | None = None, stop: threading.Event | None = None
    ) -> None:
        self._connection = connection
        self._patience_s = patience_s
        self._stop = stop
        connection.settimeout(None if patience_s is None else _POLL_S)

    def send(self, header: Header, data: bytes = b"") -> None:
        said = json.dumps(header).encode()
        self._send(_LENGTHS.pack(len(said), len(data)) + said)
        self._send(data)

    def receive(self) -> tuple[Header, bytearray]:
        header_bytes, data_bytes = _LENGTHS.unpack(self._receive(_LENGTHS.size))
        if header_bytes > MAX_HEADER_BYTES or data_bytes > MAX_DATA_BYTES:
            raise Gone(f"a message of {header_bytes} and {data_bytes} bytes")
        try:
            header = json.loads(self._receive(header_bytes))
        except (ValueError, RecursionError) as fault:
            raise Gone("a message without sense") from fault
        if not isinstance(header, dict):
            raise Gone("a message without sense")
        return header, self._receive(data_bytes)

    def _send(self, data: bytes) -> None:
        rest, since_s = memoryview(data), time.monotonic()
        while rest:
            try:
                rest = rest[self._connection.send(rest) :]
            except TimeoutError:
                self._waited(since_s)
            except OSError as fault:
                raise Gone(str(fault)) from fault

    def _receive(self, length: int) -> bytearray:
        data, since_s = bytearray(length), time.monotonic()
        rest = memoryview(data)
        while rest:
            try:
                count = self._connection.recv_into(rest)
            except TimeoutError:
                self._waited(since_s)
                continue
            except OSError as fault:
                raise Gone(str(fault)) from fault
            if count == 0:
                raise Gone("it ended without a word: out of memory or time, or a crash")
            rest = rest[count:]
        return data

    def _waited(self, since_s: float) -> None:
        if self._stop is not None and self._stop.is_set():
            raise Stopped
        if self._patience_s is not None and time.monotonic() - since_s > self._patience_s:
            raise Gone(f"silent for {self._patience_s:g} s")
