"""The worker once more, over the plugs of the cloud: the RPC of Supabase and Cloud Storage, not SQL and a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.adapters.store.folder import Folder
from aisubs.adapters.store.gcs import GcsStore
from aisubs.pipeline.jobs import Jobs
from aisubs.wiring import App
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.pipeline import test_transcribe_job as suite
from tests.workshop import Workshop

four_minutes, clip, cut = suite.four_minutes, suite.clip, suite.cut
globals().update({name: thing for name, thing in vars(suite).items() if name.startswith("test_")})


class CloudWorkshop(Workshop):
    """As Workshop; what people would find in the results bucket lies in a folder."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            endpoint = stack.enter_context(SupabaseRpc(self.url))
            identity = stack.enter_context(GoogleIdentity())
            gcs = stack.enter_context(Gcs(identity))
            stack.enter_context(google_environment(identity, self.folder, gcs))
            database = SupabaseDatabase(endpoint.url, endpoint.keys.service)
            stack.callback(database.close)
            self.database: Any = database
            self.jobs = Jobs(database)
            self.store: Any = GcsStore.connect("uploads")
            self.mirror = Folder(self.folder / "results")
            self._stack = stack.pop_all()
        return self

    def plugged(self, app: App) -> App:
        return replace(app, store=self.store, mirror=self.mirror)

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


@pytest.fixture
def workshop(database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    with CloudWorkshop(database_url, tmp_path) as workshop:
        yield workshop
