"""Browser tabs with the real supabase-js, run by Node: one process for all tabs of a test."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.supabase_realtime import SupabaseRealtime

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 60.0
REFUSAL_MS = 300
"""How long a tab waits for an answer that it is not going to get."""


class Tabs:
    """Gives the orders to tests/contract/live_client.mjs, and keeps what it tells by tab."""

    def __init__(self, process: subprocess.Popen[str], endpoint: SupabaseRealtime) -> None:
        self._process = process
        self._endpoint = endpoint
        self._told: dict[str, list[dict[str, Any]]] = {}
        self._changed = threading.Condition()
        self._ended = False

    def open(self, name: str, *, vsn: str = "2.0.0", token: str | None = None, key: str | None = None) -> Tab:
        """A tab of somebody with the project's public key, and with a user's `token` if signed in."""
        tab = Tab(self, name)
        url = self._endpoint.url
        tab.order("open", url=url, key=key or self._endpoint.keys.anon, vsn=vsn, token=token)
        tab.wait_for("opened")
        return tab

    def order(self, tab: str, order: str, **given: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"tab": tab, "order": order, **given}) + "\n")
        self._process.stdin.flush()

    def listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._changed:
                self._told.setdefault(told["tab"], []).append(told)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def take(self, tab: str, what: str) -> dict[str, Any]:
        """The first thing of this kind that was not taken before, waiting for it if need be."""

        def there() -> bool:
            return self._ended or any(told["what"] == what for told in self._told.get(tab, []))

        with self._changed:
            in_time = self._changed.wait_for(there, PATIENCE_S)
            for told in self._told.get(tab, []):
                if told["what"] == what:
                    self._told[tab].remove(told)
                    return told
        why = "Node has ended" if in_time else f"nothing in {PATIENCE_S:.0f} s"
        raise AssertionError(f"waiting for {what!r} in tab {tab!r}: {why}; it told {self._told.get(tab)}")

    def waiting(self, tab: str, what: str) -> list[dict[str, Any]]:
        """What `take` would give, as far as it is here."""
        with self._changed:
            return [told for told in self._told.get(tab, []) if told["what"] == what]


class Tab:
    """One client with one channel."""

    def __init__(self, tabs: Tabs, name: str) -> None:
        self._tabs = tabs
        self._name = name

    def order(self, order: str, **given: Any) -> None:
        self._tabs.order(self._name, order, **given)

    def wait_for(self, what: str) -> dict[str, Any]:
        return self._tabs.take(self._name, what)

    def join(self, topic: str | None, *, private: bool = True) -> tuple[str, str | None]:
        """What `subscribe` calls back with: the status, and the sentence of a refusal."""
        self.order("join", topic=topic, private=private)
        return self.status()

    def status(self) -> tuple[str, str | None]:
        told = self.wait_for("status")
        return told["status"], told.get("problem")

    def hear(self) -> dict[str, Any]:
        """The payload of the next hint."""
        told = self.wait_for("heard")
        assert told["event"] == "job"
        payload: dict[str, Any] = told["payload"]
        return payload

    def send(self, payload: dict[str, Any], timeout_ms: int) -> str:
        """ "ok", "error", or "timed out" if there was no answer within `timeout_ms`."""
        self.order("send", event="job", payload=payload, timeout_ms=timeout_ms)
        return str(self.wait_for("sent")["answer"])

    def has_heard(self) -> list[dict[str, Any]]:
        """What came and was not taken. All that was sent to this tab before now is here: a heartbeat goes round."""
        self.order("heartbeat")
        assert self.wait_for("heartbeat")["status"] == "ok"
        return [told["payload"] for told in self._tabs.waiting(self._name, "heard")]


@contextmanager
def live_tabs(endpoint: SupabaseRealtime) -> Iterator[Tabs]:
    """Skips the test where there is no supabase-js."""
    if shutil.which("node") is None or not (REPOSITORY / "web/node_modules/@supabase/supabase-js").is_dir():
        pytest.skip("supabase-js is not installed here; `make web` does that, given Node 20.19 or newer.")
    command = ["node", str(Path(__file__).with_name("live_client.mjs"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        tabs = Tabs(process, endpoint)
        listener = threading.Thread(target=tabs.listen)
        listener.start()
        try:
            yield tabs
        finally:
            assert process.stdin is not None
            process.stdin.close()
            listener.join()
