"""What Supabase puts before a database, as far as functions go: the gateway's keys and PostgREST's `POST /rpc/…`.

Runs on the loopback over a real, migrated Postgres. Role switch, claims, typed arguments, one transaction per request
(read only for functions that promise it), bodies, status codes and error shapes are those of
https://docs.postgrest.org/en/v14/references/api/functions.html, …/errors.html and …/transactions.html.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

import psycopg

from tests.doubles.loopback import ClosingServer
from tests.doubles.postgrest_calls import Call, Failure, answer_to, failure_of

PREFIX = "/rest/v1/rpc/"


@dataclass(frozen=True)
class Keys:
    """The two keys of a project, and the secret that signs its users' tokens."""

    service: str = "sb_secret_double"
    anon: str = "sb_publishable_double"
    jwt_secret: str = "a secret of at least thirty-two characters"

    def sign(self, **claims: Any) -> str:
        """A user's token (HS256), as Supabase Auth would issue it."""
        head = _base64url(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        body = _base64url(json.dumps(claims).encode())
        return f"{head}.{body}.{self._signature(f'{head}.{body}')}"

    def claims_of(self, token: str) -> dict[str, Any]:
        """Raises Failure for a token that is malformed, badly signed or expired."""
        signed, _, signature = token.rpartition(".")
        if signed.count(".") != 1:
            raise Failure(401, "PGRST301", "Expected 3 parts in JWT; got 1")
        if not hmac.compare_digest(signature, self._signature(signed)):
            raise Failure(401, "PGRST301", "No suitable key or wrong key type")
        try:
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        except (binascii.Error, ValueError):
            raise Failure(401, "PGRST301", "JWT couldn't be decoded") from None
        if claims.get("exp", time.time() + 1) < time.time():
            raise Failure(401, "PGRST303", "JWT expired")
        return claims

    def _signature(self, signed: str) -> str:
        return _base64url(hmac.new(self.jwt_secret.encode(), signed.encode(), hashlib.sha256).digest())


class SupabaseRpc:
    """The endpoint, running on `port` (0: a free one) while the context lasts. `url` is what SUPABASE_URL would be.

    `seen` collects (path, headers) of every request, `clients` the ports that they came from. Of the functions in
    `lost`, the next call is carried out and its answer never arrives. While `away`, nobody answers; `turned_away`
    counts who tried.
    """

    def __init__(
        self,
        database_url: str,
        *,
        schemas: tuple[str, ...] = ("aisubs_api",),
        statement_timeout_s: float = 8.0,
        max_rows: int = 1000,
        port: int = 0,
    ) -> None:
        self.keys = Keys()
        self.schemas = schemas
        self.statement_timeout_s = statement_timeout_s
        self.max_rows = max_rows
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.clients: set[int] = set()
        self.lost: set[str] = set()
        self.away = False
        self.turned_away = 0
        self._database_url = database_url
        self._port = port
        self._idle: list[psycopg.Connection] = []
        self._mutex = threading.Lock()

    def __enter__(self) -> SupabaseRpc:
        endpoint = self

        class Handler(_Handler):
            supabase = endpoint

        self._server = ClosingServer(("127.0.0.1", self._port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in self._idle:
            connection.close()

    def role_and_claims(self, headers: dict[str, str]) -> tuple[str, dict[str, Any]]:
        """Whom the request speaks for: by its token, or by the project's key. Raises Failure."""
        key = headers.get("apikey")
        if key is None:
            raise Failure(401, None, "No API key found in request", hint="No `apikey` request header was found.")
        roles = {self.keys.service: "service_role", self.keys.anon: "anon"}
        if key not in roles:
            hint = "Double check your Supabase `anon` or `service_role` API key."
            raise Failure(401, None, "Invalid API key", hint=hint)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token == key:
            return roles[key], {"role": roles[key]}
        claims = self.keys.claims_of(token)
        return str(claims.get("role", "anon")), claims

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A pooled connection as role `authenticator`. Raises Failure when the server is not there."""
        try:
            with self._mutex:
                connection = self._idle.pop() if self._idle else None
            connection = connection or self._connect()
        except psycopg.OperationalError as problem:
            raise Failure(
                503, "PGRST000", "Database connection error. Retrying the connection.", str(problem)
            ) from None
        try:
            yield connection
        finally:
            if connection.closed:
                connection.close()
            else:
                with self._mutex:
                    self._idle.append(connection)

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self._database_url, autocommit=True, prepare_threshold=None)
        connection.execute("set session authorization authenticator")
        connection.execute("set timezone to 'UTC'")
        return connection


class _Handler(BaseHTTPRequestHandler):
    supabase: SupabaseRpc
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self.supabase.seen.append((self.path, headers))
        self.supabase.clients.add(self.client_address[1])
        if self.supabase.away:
            self.supabase.turned_away += 1
            self._hang_up()
            return
        try:
            role, claims = self.supabase.role_and_claims(headers)
            call = self._call(headers, body)
            with self.supabase.connection() as connection:
                status, answer = self._carry_out(connection, call, role, claims)
        except Failure as failure:
            status, answer = failure.status, json.dumps(failure.body()).encode()
        if self.path.removeprefix(PREFIX) in self.supabase.lost:
            self.supabase.lost.discard(self.path.removeprefix(PREFIX))
            self._hang_up()
            return
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _call(self, headers: dict[str, str], body: bytes) -> Call:
        if not self.path.startswith(PREFIX):
            raise Failure(404, "PGRST125", "Invalid path specified in request URL")
        schema = headers.get("content-profile", self.supabase.schemas[0])
        if schema not in self.supabase.schemas:
            hint = f"Only the following schemas are exposed: {', '.join(self.supabase.schemas)}"
            raise Failure(406, "PGRST106", f"Invalid schema: {schema}", hint=hint)
        try:
            arguments = json.loads(body)
        except ValueError:
            raise Failure(400, "PGRST102", "Empty or invalid json") from None
        if not isinstance(arguments, dict):
            raise Failure(400, "PGRST102", "All object keys must match")
        return Call(schema, self.path.removeprefix(PREFIX), body.decode(), frozenset(arguments))

    def _carry_out(
        self, connection: psycopg.Connection, call: Call, role: str, claims: dict[str, Any]
    ) -> tuple[int, bytes]:
        limits = (self.supabase.statement_timeout_s, self.supabase.max_rows)
        try:
            return answer_to(connection, call, role, claims, *limits)
        except psycopg.Error as problem:
            raise failure_of(problem, role) from None

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print what they want to know."""


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
