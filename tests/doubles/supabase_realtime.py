"""Supabase Realtime as far as broadcasts go: private and public channels over a WebSocket, on a real Postgres.

Who may join and send is decided as Realtime decides it: by asking the row level security of realtime.messages in a
transaction that is rolled back. What is stored in that table, and committed, goes to the members of its channel.
Frames, refusals and their order are those of https://supabase.com/docs/guides/realtime/protocol and …/authorization.
Left out: presence, postgres_changes, replay, rate limits, binary payloads, and the clock that ends a channel when its
token expires: an expired token is refused on joining and on renewal.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.rows import dict_row
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.doubles.phoenix_frames import VERSIONS, Frame, decode
from tests.doubles.postgrest_calls import Failure
from tests.doubles.realtime_rights import TELL_OF_ROWS, may_read, may_send
from tests.doubles.supabase_rpc import Keys

PATH = "/realtime/v1/websocket"
PREFIX = "realtime:"


@dataclass
class Member:
    """One client in one channel, by `topic` without the prefix. `may_send` is asked once, when first needed."""

    connection: ServerConnection
    version: str
    topic: str
    join_ref: str | None
    private: bool
    config: dict[str, Any]
    claims: dict[str, Any]
    may_send: bool | None = None

    def push(self, event: str, payload: dict[str, Any], *, join_ref: str | None = None) -> None:
        frame = Frame(PREFIX + self.topic, event, payload, None, join_ref)
        with suppress(ConnectionClosed):  # its own thread strikes it off
            self.connection.send(frame.encode(self.version))


class SupabaseRealtime:
    """The endpoint, running on a free port while the context lasts. `url` is what SUPABASE_URL would be.

    `refused` collects (topic, event) of every broadcast that a client sent and nobody got.
    """

    def __init__(self, database_url: str) -> None:
        self.keys = Keys()
        self.refused: list[tuple[str, str]] = []
        self._database_url = database_url
        self._members: list[Member] = []
        self._open: dict[ServerConnection, threading.Thread] = {}
        self._mutex = threading.RLock()
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        with psycopg.connect(self._database_url) as admin:
            admin.execute(TELL_OF_ROWS)
        self._rows = psycopg.connect(self._database_url, autocommit=True, row_factory=dict_row)
        self._rows.execute("listen realtime_double")
        self._server = serve(self._converse, "127.0.0.1", 0, process_request=self._handshake)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._threads = [threading.Thread(target=run) for run in (self._server.serve_forever, self._forward_rows)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        with self._mutex:
            conversations = list(self._open.values())
        self.cut()
        for thread in (*self._threads, *conversations):
            thread.join()
        self._rows.close()

    def cut(self) -> None:
        """Every connection breaks off, as when the network goes away."""
        with self._mutex:
            for connection in self._open:
                with suppress(OSError):
                    connection.socket.shutdown(socket.SHUT_RDWR)

    # ── one client ───────────────────────────────────────────────────────────────────────────────────────────────

    def _handshake(self, connection: ServerConnection, request: Request) -> Response | None:
        address = urlsplit(request.path)
        if address.path != PATH:
            return Response(404, "Not Found", Headers())
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if query.get("apikey") not in (self.keys.anon, self.keys.service) or query.get("vsn") not in VERSIONS:
            return Response(403, "Forbidden", Headers())
        return None

    def _converse(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        version = query["vsn"][0]
        role = "service_role" if query["apikey"][0] == self.keys.service else "anon"
        with self._mutex:
            self._open[connection] = threading.current_thread()
        try:
            with suppress(ConnectionClosed):
                for data in connection:
                    frame = decode(data, version)
                    answer = self._answer(connection, version, {"role": role}, frame)
                    if answer is not None:
                        connection.send(answer.encode(version))
        finally:
            with self._mutex:
                del self._open[connection]
                self._members = [member for member in self._members if member.connection is not connection]

    def _answer(
        self, connection: ServerConnection, version: str, key_claims: dict[str, Any], frame: Frame
    ) -> Frame | None:
        if frame.topic == "phoenix":
            return frame.reply("ok")
        topic = frame.topic.removeprefix(PREFIX)
        if frame.event == "phx_join":
            self._join(connection, version, key_claims, topic, frame)
            return None
        member = self._member(connection, topic)
        if member is None:
            return frame.reply("error", {"reason": "unmatched topic"})
        if frame.event == "phx_leave":
            self._strike_off(member)
            return frame.reply("ok")
        if frame.event == "access_token":
            self._renew(member, key_claims, frame.payload.get("access_token"))
        if frame.event == "broadcast":
            return self._broadcast(member, frame)
        return None

    def _join(
        self, connection: ServerConnection, version: str, key_claims: dict[str, Any], topic: str, frame: Frame
    ) -> None:
        config = frame.payload.get("config", {})
        private = bool(config.get("private"))
        try:
            claims = self._claims(frame.payload.get("access_token"), key_claims)
            if private:
                self._demand_reading(topic, claims)
        except Failure as refusal:
            connection.send(frame.reply("error", {"reason": str(refusal)}).encode(version))
            return
        with self._mutex:  # nothing is forwarded to it before it knows that it is in
            if (former := self._member(connection, topic)) is not None:
                self._strike_off(former)
            self._members.append(Member(connection, version, topic, frame.join_ref, private, config, claims))
            connection.send(frame.reply("ok", {"postgres_changes": []}).encode(version))

    def _renew(self, member: Member, key_claims: dict[str, Any], token: str | None) -> None:
        if token is None or token.startswith("sb_"):
            return
        member.may_send = None
        try:
            member.claims = self._claims(token, key_claims)
            if member.private:
                self._demand_reading(member.topic, member.claims)
        except Failure as refusal:
            message = str(refusal).partition(": ")[2]
            system = {"extension": "system", "status": "error", "message": message, "channel": member.topic}
            member.push("system", system, join_ref=member.join_ref)
            self._strike_off(member)

    def _broadcast(self, member: Member, frame: Frame) -> Frame | None:
        """To the other members. Whoever may not send gets no answer at all, not even when it asks for one."""
        if member.private and member.may_send is None:
            member.may_send = may_send(self._database_url, member.topic, member.claims)
        if member.private and not member.may_send:
            self.refused.append((member.topic, frame.payload["event"]))
            return None
        wanted = member.config.get("broadcast", {})
        self._forward(member.topic, member.private, frame.payload, None if wanted.get("self") else member)
        return frame.reply("ok") if wanted.get("ack") else None

    def _member(self, connection: ServerConnection, topic: str) -> Member | None:
        with self._mutex:
            found = [m for m in self._members if m.connection is connection and m.topic == topic]
        return found[0] if found else None

    def _strike_off(self, member: Member) -> None:
        with self._mutex:
            self._members.remove(member)
            member.push("phx_close", {}, join_ref=member.join_ref)

    # ── what the database says ───────────────────────────────────────────────────────────────────────────────────

    def _claims(self, token: str | None, key_claims: dict[str, Any]) -> dict[str, Any]:
        """Of the user's token, or else of the project's key. Raises Failure."""
        if token is None or token.startswith("sb_"):
            return key_claims
        try:
            claims = self.keys.claims_of(token)
        except Failure as problem:
            raise Failure(403, None, f"InvalidJWTToken: {problem}") from problem
        if not {"role", "exp"} <= claims.keys():
            raise Failure(403, None, "InvalidJWTToken: Fields `role` and `exp` are required in JWT")
        return claims

    def _demand_reading(self, topic: str, claims: dict[str, Any]) -> None:
        if not may_read(self._database_url, topic, claims):
            sentence = f"You do not have permissions to read from this Channel topic: {topic}"
            raise Failure(403, None, f"Unauthorized: {sentence}")

    def _forward_rows(self) -> None:
        while not self._stop.is_set():
            for told in list(self._rows.notifies(timeout=0.1, stop_after=1)):
                row = self._rows.execute("select * from realtime.messages where id = %s", [told.payload]).fetchone()
                if row is not None and row["event"] is not None and row["payload"] is not None:
                    message = {"type": "broadcast", "event": row["event"], "payload": row["payload"]}
                    self._forward(row["topic"], row["private"], message | {"meta": {"id": str(row["id"])}})

    def _forward(self, topic: str, private: bool, message: dict[str, Any], sender: Member | None = None) -> None:
        """A private channel and the public one of the same name have nothing in common."""
        with self._mutex:
            for member in self._members:
                if (member.topic, member.private) == (topic, private) and member is not sender:
                    member.push("broadcast", message)
