"""The recording of a claim: opened in its one generation, and hashed beside the work.

Equal content (SHA-256) and equal options share one result, among the jobs of one owner.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256

from aisubs.model.errors import AisubsError, error
from aisubs.pipeline.jobs import Claim
from aisubs.ports import RangeReader, Store

BLOCK_BYTES = 4 << 20


class Stopped(Exception):
    """The hash is no longer wanted."""


def open_source(store: Store, claim: Claim) -> RangeReader:
    """Raises `source_gone` when the recording was deleted or replaced."""
    try:
        return store.open(claim.object_name, claim.generation)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        raise error("source_gone", f"{claim.object_name} generation {claim.generation}") from fault


def hash_source(store: Store, claim: Claim, stop: threading.Event | None = None) -> str:
    """Read the recording in blocks of 4 MiB and return its SHA-256 in hex.

    Raises `source_gone`, `truncated`, and Stopped once `stop` is set.
    """
    reader = open_source(store, claim)
    try:
        total, offset = sha256(), 0
        while offset < reader.size_bytes:
            if stop is not None and stop.is_set():
                raise Stopped
            block = reader.read_at(offset, BLOCK_BYTES)
            if not block:
                raise error("truncated", f"{offset} of {reader.size_bytes} bytes could be read")
            total.update(block)
            offset += len(block)
        return total.hexdigest()
    finally:
        reader.close()


@contextmanager
def hashing(store: Store, claim: Claim) -> Iterator[Future[str]]:
    """Hash in a thread of its own while the block runs; leaving the block early gives it up."""
    stop = threading.Event()
    with ThreadPoolExecutor(1, "identify") as pool:
        try:
            yield pool.submit(hash_source, store, claim, stop)
        finally:
            stop.set()
