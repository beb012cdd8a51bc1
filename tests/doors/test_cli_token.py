"""A machine of one's own that works for the cloud with a worker's token: it takes what waits, and can do no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from aisubs.local.edition import Edition
from aisubs.model.component_token import make_token
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine


def test_it_opens_claims_and_sees_nobody_s_jobs(database_url: str, tmp_path: Path) -> None:
    with JobLine(database_url) as line, SupabaseRpc(database_url) as supabase:
        waiting = line.web()
        token = make_token(supabase.keys.jwt_secret, "worker", 60, "11111111-2222-3333-4444-555555555555")
        settings = Settings(
            data_dir=tmp_path,
            supabase_url=supabase.url,
            supabase_service_key=SecretStr(token),
            supabase_publishable_key=supabase.keys.anon,
        )
        with Edition(settings) as edition:  # as `aisubs work` opens it
            jobs = edition.open().jobs
            claim = jobs.claim_next_job(3, "a machine of ours")
            assert claim is not None
            assert claim.job_id == waiting.job_id
            jobs.heartbeat(claim.job_id, claim.fence)
            with pytest.raises(AisubsError) as refused:
                jobs.get_job(waiting.job_id, HOLDER)
            assert "42501" in refused.value.reason
            assert token not in refused.value.reason
