"""What is particular to the plug over HTTPS: a restarting database, stale connections, pages from in between."""

from __future__ import annotations

import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.errors import AisubsError
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.unit.embedded import eventually

NOTHING_TO_START = [{"startable": 0}]


# ── Supabase ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_supabase_after_its_database_was_restarted(own_server: EmbeddedPostgres) -> None:
    """PostgREST answers 503 to whom it tells first that its connection is dead; the next call finds a new one."""
    with SupabaseRpc(own_server.url) as endpoint:
        plug = SupabaseDatabase(endpoint.url, endpoint.keys.service)
        plug.call("startable", concurrency=3)
        killed = own_server.pid
        os.kill(killed or 0, signal.SIGKILL)
        eventually(lambda: own_server.pid != killed)
        with pytest.raises(AisubsError) as raised:
            plug.call("startable", concurrency=3)
        assert raised.value.code == "database_unavailable"
        assert "PGRST001" in raised.value.reason
        assert plug.call("startable", concurrency=3) == NOTHING_TO_START
        plug.close()


def test_a_connection_kept_too_long_is_replaced(database_url: str) -> None:
    with SupabaseRpc(database_url) as endpoint:
        plug = SupabaseDatabase(endpoint.url, endpoint.keys.service)
        plug.call("startable", concurrency=3)
    with pytest.raises(AisubsError) as raised:
        plug.call("startable", concurrency=3)
    assert raised.value.code == "database_unavailable"
    with SupabaseRpc(database_url, port=endpoint.port):
        plug.call("startable", concurrency=3)
    with SupabaseRpc(database_url, port=endpoint.port):
        assert plug.call("startable", concurrency=3) == NOTHING_TO_START
    plug.close()


def test_a_key_without_rights(database_url: str) -> None:
    with SupabaseRpc(database_url) as endpoint:
        plug = SupabaseDatabase(endpoint.url, endpoint.keys.anon)
        with pytest.raises(AisubsError) as raised:
            plug.call("startable", concurrency=3)
        plug.close()
    assert raised.value.code == "internal"
    assert "must be a secret key" in raised.value.reason


def test_a_schema_that_is_not_exposed(database_url: str) -> None:
    with SupabaseRpc(database_url, schemas=("public", "graphql_public")) as endpoint:
        plug = SupabaseDatabase(endpoint.url, endpoint.keys.service)
        with pytest.raises(AisubsError) as raised:
            plug.call("startable", concurrency=3)
        plug.close()
    assert raised.value.code == "database_unavailable"
    assert "Add aisubs_api to the exposed schemas" in raised.value.reason


PAGES = {
    "a page instead of an answer": (200, "text/html", b"<h1>Welcome</h1>"),
    "a gateway's page": (502, "text/html", b"<h1>Bad gateway</h1> for sb_secret_page"),
    "a gateway's silence": (504, "text/plain", b""),
    "a gateway's JSON": (429, "application/json", b'{"message": "slow down, sb_secret_page"}'),
    "JSON of another shape": (500, "application/json", b"[1]"),
    "half an answer": (200, "application/json", b""),
}


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_postgrest(page: str) -> None:
    status, kind, body = PAGES[page]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) or 9))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        plug = SupabaseDatabase(f"http://127.0.0.1:{http.server_address[1]}", "sb_secret_page")
        try:
            with pytest.raises(AisubsError) as raised:
                plug.call("startable", concurrency=3)
        finally:
            plug.close()
            http.shutdown()
            thread.join()
    assert raised.value.code == "database_unavailable"
    assert "sb_secret_page" not in raised.value.reason


def test_a_url_that_is_none() -> None:
    with pytest.raises(AisubsError) as raised:
        SupabaseDatabase("project", "key").call("startable", concurrency=3)
    assert raised.value.code == "database_unavailable"
    assert "SUPABASE_URL" in raised.value.reason
