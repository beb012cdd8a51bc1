"""Who listens to which topics. Changes are told from any thread; each listener lives in one event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from threading import Lock

from aisubs.model.change import Change

MAX_TOPICS = 500
"""That one connection may watch; also the most that waits to be sent to it."""

MAX_CONNECTIONS = 500
MAX_PER_ADDRESS = 200


class Watcher:
    """One connection: its topics and what waits for it, of each topic the newest change."""

    def __init__(self, loop: asyncio.AbstractEventLoop, address: str | None = None) -> None:
        self.address = address
        self.topics: frozenset[str] = frozenset()
        self._loop = loop
        self._wakened = asyncio.Event()
        self._mutex = Lock()
        self._pending: dict[str, Change] = {}
        self._readies = 0

    def replace(self, topics: frozenset[str]) -> None:
        """Watch these from now on. What is pending of others is not said any more."""
        with self._mutex:
            self.topics = topics
            self._pending = {topic: change for topic, change in self._pending.items() if topic in topics}
            self._readies += 1
        self._wake()

    def tell(self, change: Change) -> None:
        with self._mutex:
            if change.topic not in self.topics:
                return
            waiting = self._pending.get(change.topic)
            if waiting is None or waiting.version <= change.version:
                self._pending[change.topic] = change
        self._wake()

    def ask_again(self) -> None:
        """Say "ready" once more: something may have been missed."""
        with self._mutex:
            if not self.topics:
                return
            self._readies += 1
        self._wake()

    async def wait(self) -> tuple[int, list[Change]]:
        """How many times to say "ready", then which changes to tell of; at least one thing."""
        await self._wakened.wait()
        self._wakened.clear()
        with self._mutex:
            readies, self._readies = self._readies, 0
            changes, self._pending = list(self._pending.values()), {}
        return readies, changes

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop has been closed: nobody is there to be told
            self._loop.call_soon_threadsafe(self._wakened.set)


class Watchers:
    """All connections. Threads may share it."""

    def __init__(self, max_connections: int = MAX_CONNECTIONS, max_per_address: int = MAX_PER_ADDRESS) -> None:
        self._max_connections = max_connections
        self._max_per_address = max_per_address
        self._addresses: Counter[str | None] = Counter()
        self._mutex = Lock()
        self._everybody: set[Watcher] = set()
        self._by_topic: dict[str, set[Watcher]] = {}

    def join(self, loop: asyncio.AbstractEventLoop, address: str | None = None) -> Watcher | None:
        """A new connection that runs in `loop`; None when there are too many, of all or from this address."""
        with self._mutex:
            if len(self._everybody) >= self._max_connections or self._addresses[address] >= self._max_per_address:
                return None
            watcher = Watcher(loop, address)
            self._addresses[address] += 1
            self._everybody.add(watcher)
            return watcher

    def watch(self, watcher: Watcher, topics: frozenset[str]) -> None:
        with self._mutex:
            self._forget(watcher)
            for topic in topics:
                self._by_topic.setdefault(topic, set()).add(watcher)
            watcher.replace(topics)

    def leave(self, watcher: Watcher) -> None:
        with self._mutex:
            self._forget(watcher)
            if watcher in self._everybody:
                self._everybody.discard(watcher)
                self._addresses -= Counter([watcher.address])  # drops what is zero

    def tell(self, change: Change) -> None:
        """To those who watch its topic."""
        with self._mutex:
            listening = list(self._by_topic.get(change.topic, ()))
        for watcher in listening:
            watcher.tell(change)

    def ask_again(self) -> None:
        """To everybody: changes may have been missed."""
        with self._mutex:
            listening = list(self._everybody)
        for watcher in listening:
            watcher.ask_again()

    def _forget(self, watcher: Watcher) -> None:
        for topic in watcher.topics:
            others = self._by_topic[topic]
            others.discard(watcher)
            if not others:
                del self._by_topic[topic]
