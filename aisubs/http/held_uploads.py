"""Recordings that were sent before anybody said what is to be done with them, as AssemblyAI's API has it: kept for an
hour on this machine's disk, for whoever sent them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from anyio import to_thread

from aisubs.http.uploads import BLOCK_BYTES
from aisubs.model.errors import error
from aisubs.pipeline.offer_upload import UploadLimits, check_size

KEPT_S = 3600.0
"""How long a recording is kept, whether anybody asks a transcript of it or not."""

FORGET_EVERY_S = 300.0

_RETRY_S = 60.0


class HeldUploads:
    """A folder with recordings by who has sent them and the SHA-256 of their bytes: the same bytes again are the same
    recording. What is under way lies there, too, and counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, owner_id: str, body: AsyncIterator[bytes], limits: UploadLimits) -> str:
        """Keep what `body` brings, and return its digest (hex). Raises `too_big` as soon as there is more than may be,
        `empty_file`, `too_many_uploads`, and what `body` raises; then nothing stays."""
        part = await to_thread.run_sync(self._begin, owner_id, limits)
        digest, size_bytes, block = sha256(), 0, bytearray()

        def write() -> None:
            digest.update(block)
            with part.open("ab") as file:
                file.write(block)
            block.clear()

        try:
            async for piece in body:
                block += piece
                size_bytes += len(piece)
                if size_bytes > limits.max_upload_bytes:
                    check_size(size_bytes, limits.max_upload_bytes)
                if len(block) >= BLOCK_BYTES:
                    await to_thread.run_sync(write)
            check_size(size_bytes, limits.max_upload_bytes)
            await to_thread.run_sync(write)
            await to_thread.run_sync(part.replace, self._folder / f"{_sender(owner_id)}-{digest.hexdigest()}")
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return digest.hexdigest()

    def find(self, owner_id: str, digest: str) -> Path | None:
        """Where it lies; None where this owner has sent no such recording, or too long ago."""
        path = self._folder / f"{_sender(owner_id)}-{digest}"
        return path if path.is_file() else None

    def forget(self, owner_id: str, digest: str) -> None:
        """One that is not there is fine."""
        (self._folder / f"{_sender(owner_id)}-{digest}").unlink(missing_ok=True)

    def forget_old(self) -> None:
        """All that has lain for longer than `KEPT_S`, and what broke off as long ago."""
        for path in self._folder.glob("*"):
            with suppress(OSError):  # somebody else may be quicker
                if time.time() - path.stat().st_mtime > KEPT_S:
                    path.unlink()

    def _begin(self, owner_id: str, limits: UploadLimits) -> Path:
        self.forget_old()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = [path.name for path in self._folder.iterdir()]
        own, everybody = sum(name.startswith(_sender(owner_id)) for name in names), len(names)
        if own >= limits.uploads_per_owner:
            raise error("too_many_uploads", retry_after_s=_RETRY_S, active=own, limit=limits.uploads_per_owner)
        if everybody >= limits.max_uploads:
            raise error("too_many_uploads", retry_after_s=_RETRY_S, active=everybody, limit=limits.max_uploads)
        part = self._folder / f"{_sender(owner_id)}-part-{token_hex(8)}"
        part.touch(mode=0o600)
        return part


def held_in(data_dir: Path) -> HeldUploads:
    """Those of the edition with this `DATA_DIR`."""
    return HeldUploads(data_dir / "held")


def _sender(owner_id: str) -> str:
    return sha256(owner_id.encode()).hexdigest()
