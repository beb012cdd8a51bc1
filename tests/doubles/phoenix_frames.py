"""The frames of Phoenix channels, as supabase-js writes and reads them. Used by supabase_realtime.py.

Version 1.0.0 has JSON objects, 2.0.0 has JSON arrays, to which Supabase adds a binary frame for what a client sends:
https://supabase.com/docs/guides/realtime/protocol
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

VERSIONS = ("1.0.0", "2.0.0")

_USER_BROADCAST_PUSH = 3
_JSON = 1


@dataclass(frozen=True)
class Frame:
    """`ref` ties a reply to what it answers, `join_ref` both to one joining of the channel."""

    topic: str
    event: str
    payload: dict[str, Any] = field(default_factory=dict)
    ref: str | None = None
    join_ref: str | None = None

    def reply(self, status: str, response: dict[str, Any] | None = None) -> Frame:
        """`status` is "ok" or "error"."""
        answer = {"status": status, "response": response or {}}
        return Frame(self.topic, "phx_reply", answer, self.ref, self.join_ref)

    def encode(self, version: str) -> str:
        if version == "1.0.0":
            return json.dumps(vars(self))
        return json.dumps([self.join_ref, self.ref, self.topic, self.event, self.payload])


def decode(data: str | bytes, version: str) -> Frame:
    """Raises ValueError for what no client of this version sends."""
    if isinstance(data, bytes):
        if version == "1.0.0" or data[0] != _USER_BROADCAST_PUSH:
            raise ValueError(f"no binary frame of version {version}: {data[:1]!r}")
        return _user_broadcast_push(data)
    fields = json.loads(data)
    if version == "1.0.0":
        return Frame(*(fields.get(name) for name in ("topic", "event", "payload", "ref", "join_ref")))
    join_ref, ref, topic, event, payload = fields
    return Frame(topic, event, payload, ref, join_ref)


def _user_broadcast_push(data: bytes) -> Frame:
    """The lengths of five texts in one byte each, the encoding of the payload, the five texts, the payload."""
    if data[6] != _JSON:
        raise ValueError("a payload that is not JSON")
    texts, at = [], 7
    for length in data[1:6]:
        texts.append(data[at : at + length].decode())
        at += length
    join_ref, ref, topic, event, _ = texts
    payload = {"type": "broadcast", "event": event, "payload": json.loads(data[at:])}
    return Frame(topic, "broadcast", payload, ref or None, join_ref or None)
