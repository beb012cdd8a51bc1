"""A link to a server on the loopback that can be cut, slowed, stalled and made to swallow answers."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

_PIECE_BYTES = 65_536


class DatabaseLink:
    """Listens on `port` and passes everything on to `target_port`, until `close`."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._open = threading.Event()
        self._open.set()
        self._delay_until = (0.0, 0.0)
        self._answers_to_lose = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection ends without a word."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair)

    def lose_answers(self, number: int) -> None:
        """The next so many answers are lost with their connections, after the server has done what it was asked."""
        self._answers_to_lose = number

    def slow(self, delay_s: float, for_s: float) -> None:
        """Each piece takes `delay_s` longer."""
        self._delay_until = (delay_s, time.monotonic() + for_s)

    def stall(self, for_s: float) -> None:
        """Half open: nothing passes and nobody is told; in the end all connections are cut."""
        self._open.clear()

        def end() -> None:
            self.cut()
            self._open.set()

        threading.Timer(for_s, end).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._open.set()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
                there.settimeout(None)
            except OSError:  # the server is away
                here.close()
                continue
            pair = (here, there)
            with self._lock:
                self._pairs.add(pair)
            for source, target, is_answer in ((here, there, False), (there, here, True)):
                threading.Thread(target=self._pass_on, args=(source, target, pair, is_answer), daemon=True).start()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, pair: tuple[socket.socket, socket.socket], is_answer: bool
    ) -> None:
        try:
            while data := source.recv(_PIECE_BYTES):
                self._open.wait()
                delay_s, until_s = self._delay_until
                if time.monotonic() < until_s:
                    time.sleep(delay_s)
                if is_answer and self._loses_one():
                    break
                target.sendall(data)
        except OSError:
            pass  # one of both has ended
        self._end(pair)

    def _loses_one(self) -> bool:
        with self._lock:
            if self._answers_to_lose == 0:
                return False
            self._answers_to_lose -= 1
            return True

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
