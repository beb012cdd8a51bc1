"""The database port through Supabase: PostgREST over HTTPS, with the real client library."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from aisubs.adapters.database import SCHEMA, error_from_sql, rows_from_body, to_json
from aisubs.model.component_token import component_of
from aisubs.model.errors import AisubsError, error

if TYPE_CHECKING:
    import httpx
    from postgrest import APIError, SyncPostgrestClient

_HINTS = {
    "PGRST106": f"Add {SCHEMA} to the exposed schemas of the project (Settings, Data API).",
    "PGRST202": "Run `aisubs migrate`.",
    "42501": "SUPABASE_SERVICE_KEY must be a secret key of the project, not the publishable one, or the token of this "
    "component.",
    "401": "Check SUPABASE_SERVICE_KEY.",
}
_LONGEST_REASON = 500


class SupabaseDatabase:
    """Plug of `aisubs.ports.Database`. Threads may share it. Loads the client library when first called.

    `key` is a secret key of the project (`sb_secret_…` or the legacy service key), or a token of one of our own roles
    (aisubs/model/component_token.py), which Supabase's gateway lets pass beside the `publishable_key`. It appears in no
    message.
    """

    def __init__(
        self,
        url: str,
        key: str,
        publishable_key: str | None = None,
        *,
        connect_timeout_s: float = 5.0,
        answer_timeout_s: float = 15.0,
    ) -> None:
        self._url = url
        self._key = key
        self._publishable_key = publishable_key
        self._connect_timeout_s = connect_timeout_s
        self._answer_timeout_s = answer_timeout_s
        self._mutex = threading.Lock()
        self._functions: SyncPostgrestClient | None = None

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        import httpx
        from postgrest import APIError

        to_json(function, arguments)
        functions = self._client()
        try:
            try:
                answer = functions.rpc(function, arguments).execute()
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # The server has closed a connection that was kept from an earlier call; once more, on a new one.
                answer = functions.rpc(function, arguments).execute()
        except APIError as problem:
            raise self._mapped(function, problem) from problem
        except httpx.HTTPError as problem:
            raise self._unavailable(function, f"{type(problem).__name__} {problem}") from problem
        return rows_from_body(function, answer.data)

    def ping(self) -> str:
        self.call("queue_state", concurrency=1, queue_capacity=1)
        return f"Supabase at {self._url}"

    def close(self) -> None:
        """Close the connections."""
        with self._mutex:
            if self._functions is not None:
                self._functions.session.close()
                self._functions = None

    def _client(self) -> SyncPostgrestClient:
        with self._mutex:
            if self._functions is None:
                self._functions = self._make_client()
            return self._functions

    def _make_client(self) -> SyncPostgrestClient:
        import httpx
        from supabase import ClientOptions, SupabaseException, create_client

        token = self._key if component_of(self._key) else None
        key = self._key if token is None else self._publishable_key
        if not key:
            raise self._unavailable("connect", "a component's token needs SUPABASE_PUBLISHABLE_KEY beside it")
        http = httpx.Client(
            timeout=httpx.Timeout(self._answer_timeout_s, connect=self._connect_timeout_s),
            event_hooks={"response": [_refuse_pages]},
        )
        options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
        try:
            functions = create_client(self._url, key, options).schema(SCHEMA)
        except SupabaseException as problem:
            http.close()
            raise self._unavailable("connect", f"SUPABASE_URL or SUPABASE_SERVICE_KEY: {problem}") from problem
        return functions.auth(token) if token else functions

    def _mapped(self, function: str, problem: APIError) -> AisubsError:
        code = problem.code or "401"  # the gateway answers without a code when it knows the key as little as we do
        message = " ".join(filter(None, (problem.message, _HINTS.get(code))))
        if re.fullmatch(r"\d{3}", code):  # no answer of PostgREST's: the code is the HTTP status
            return self._unavailable(function, f"{code} {message}: {problem.details}")
        detail = problem.details if isinstance(problem.details, str) else None
        return error_from_sql(function, code, message.replace(self._key, "…"), detail)

    def _unavailable(self, function: str, reason: str) -> AisubsError:
        return error("database_unavailable", f"{function}: {reason}".replace(self._key, "…")[:_LONGEST_REASON])


def _refuse_pages(response: httpx.Response) -> None:
    """A page that something between us and PostgREST sends with status 200 is no answer."""
    import httpx

    kind = response.headers.get("content-type", "")
    if response.is_success and response.status_code != httpx.codes.NO_CONTENT and "json" not in kind:
        raise httpx.DecodingError(f"{response.status_code} with content type {kind!r}", request=response.request)
