"""Recordings that wait to be asked about: whose they are, how many, and for how long."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from aisubs.http.held_uploads import KEPT_S, HeldUploads
from aisubs.model.errors import AisubsError
from aisubs.pipeline.offer_upload import UploadLimits

LIMITS = UploadLimits(
    max_upload_bytes=100, queue_capacity=1, uploads_per_owner=2, max_uploads=3, upload_lease_s=1, upload_deadline_s=1
)


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


def keep(held: HeldUploads, owner: str, *data: bytes) -> str:
    return asyncio.run(held.keep(owner, pieces(*data), LIMITS))


def test_each_owner_finds_their_own(tmp_path: Path) -> None:
    held = HeldUploads(tmp_path / "held")
    digest = keep(held, "a", b"one ", b"recording")
    assert digest == sha256(b"one recording").hexdigest()
    found = held.find("a", digest)
    assert found is not None
    assert found.read_bytes() == b"one recording"
    assert held.find("b", digest) is None
    assert keep(held, "a", b"one recording") == digest
    assert len(list((tmp_path / "held").iterdir())) == 1
    held.forget("b", digest)
    assert held.find("a", digest) == found
    held.forget("a", digest)
    assert held.find("a", digest) is None


def test_nobody_fills_the_disk(tmp_path: Path) -> None:
    held = HeldUploads(tmp_path / "held")
    for owner, data in (("a", b"1"), ("a", b"2"), ("b", b"3")):
        keep(held, owner, data)
    for owner, limit in (("a", 2), ("b", 3)):
        with pytest.raises(AisubsError) as refused:
            keep(held, owner, b"4")
        assert (refused.value.code, refused.value.details["limit"]) == ("too_many_uploads", limit)
    for data, code in ((b"x" * 101, "too_big"), (b"", "empty_file")):
        held.forget("b", sha256(b"3").hexdigest())
        with pytest.raises(AisubsError) as refused:
            keep(held, "b", data)
        assert refused.value.code == code
    assert len(list((tmp_path / "held").iterdir())) == 2


def test_after_an_hour_it_is_gone(tmp_path: Path) -> None:
    held = HeldUploads(tmp_path / "held")
    held.forget_old()
    old, new = keep(held, "a", b"old"), keep(held, "a", b"new")
    long_ago = time.time() - KEPT_S - 1
    path = held.find("a", old)
    assert path is not None
    os.utime(path, (long_ago, long_ago))
    held.forget_old()
    assert held.find("a", old) is None
    assert held.find("a", new) is not None
