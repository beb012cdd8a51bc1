"""Videos with subtitles that somebody has asked for are made, one after the other, by whoever has the duty.

No byte of a video is understood by this process: children do that, which have nothing of ours (mux_apart.py and
burn_apart.py in aisubs/media). The copy grows in a file without a name, so nothing of it is left whoever is killed;
then it becomes an object of the job. What was cut short is taken up again from the start, three times.
"""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from tempfile import TemporaryFile
from threading import Event
from typing import BinaryIO, cast

from aisubs.media.burn_apart import burn_apart
from aisubs.media.container import Limits
from aisubs.media.mux import Track, muxed_suffix
from aisubs.media.mux_apart import CopyLimits, mux_apart
from aisubs.media.source import Stopped
from aisubs.model.errors import AisubsError, LostLease, Unavailable, error
from aisubs.model.media_type import playable_type
from aisubs.pipeline.jobs import CopyClaim, Jobs
from aisubs.ports import FilesOnDisk, Store, StoredObject

log = logging.getLogger(__name__)

ATTEMPTS = 3
LEASE_S = 60.0
_RENEW_EVERY_S = 2.0
_RETRY_IN_S = 30.0
_SPARE_BYTES = 1 << 30
"""What is left of the disk for everybody else."""
_BURN_MEMORY_BYTES = 4 << 30
_BURN_CPU_PER_S = 60
"""Seconds of processor that drawing into a second of video may take, and half an hour."""
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Terms:
    """`media`: what a recording may be. `copies`: what a child may take; what a file may grow to follows from the
    disk, as far as it is not less."""

    media: Limits
    copies: CopyLimits = field(default_factory=lambda: CopyLimits(most_bytes=1 << 60))
    burn_memory_bytes: int = _BURN_MEMORY_BYTES
    lease_s: float = LEASE_S
    retry_in_s: float = _RETRY_IN_S


def copy_due(*, jobs: Jobs, store: Store, terms: Terms, stop: Event) -> int:
    """Until nothing waits or `stop` is set; returns how many copies were taken up. A store that is no folder of this
    machine makes none."""
    taken = 0
    while isinstance(store, FilesOnDisk) and not stop.is_set():
        claim = jobs.claim_video_copy(terms.lease_s)
        if claim is None:
            break
        taken += 1
        try:
            _make(_Making(claim, jobs, terms, stop), store)
        except LostLease:  # deleted, asked for anew, or taken by another after a long silence
            log.info("copy.lost", extra={"job_id": claim.job_id, "copy_id": claim.copy_id})
    return taken


@dataclass(slots=True)
class _Making:
    """A copy that is being made: its claim, kept alive."""

    claim: CopyClaim
    jobs: Jobs
    terms: Terms
    stop: Event
    renewed_at: float = 0.0
    percent: int = 0

    def tell(self, share: float) -> None:
        """Raises Stopped, `lost_lease`."""
        if self.stop.is_set():
            raise Stopped
        self.percent = max(self.percent, int(99 * share))  # 100 is what lies in the store
        if time.monotonic() - self.renewed_at > _RENEW_EVERY_S:
            self.jobs.renew_video_copy(self.claim, self.percent, self.terms.lease_s)
            self.renewed_at = time.monotonic()

    def end(self, fault: AisubsError) -> None:
        """A lasting fault, or once too often cut short: `failed`. Else it waits for another try."""
        cut_short = fault.code == "damaged"  # of which a child died, and not the video
        again = (cut_short or isinstance(fault, Unavailable)) and self.claim.attempts + 1 < ATTEMPTS
        if cut_short and not again:
            fault = error("copy_died", fault.reason)
        log.warning(
            "copy.failed", extra={"job_id": self.claim.job_id, "error_code": fault.code, "reason": fault.reason}
        )
        self.jobs.end_video_copy(
            self.claim,
            "waiting" if again else "failed",
            error_code=fault.code,
            error_message=fault.sentence,
            retry_in_s=self.terms.retry_in_s,
        )


def _make(making: _Making, store: Store) -> None:
    claim = making.claim
    try:
        if claim.attempts >= ATTEMPTS:
            raise error("damaged", "each time its maker was gone without a word")
        copy = _copy(making, store)
    except Stopped:
        making.jobs.end_video_copy(claim, "waiting")
        return
    except LostLease:
        raise
    except AisubsError as fault:
        making.end(fault)
        return
    except OSError as fault:
        making.end(error("copy_disk", repr(fault)))
        return
    try:
        making.jobs.end_video_copy(claim, "completed", size_bytes=copy.size_bytes)
    except LostLease:
        store.delete(copy.name, copy.generation)
        raise
    log.info("copy.made", extra={"job_id": claim.job_id, "copy_id": claim.copy_id, "size_bytes": copy.size_bytes})


def _copy(making: _Making, store: Store) -> StoredObject:
    """Make it and put it into the store."""
    claim, disk = making.claim, cast(FilesOnDisk, store)
    if claim.object_name is None or claim.bucket != store.bucket:
        raise error("recording_gone")
    try:
        source = disk.open_file(claim.object_name, claim.generation)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        raise error("recording_gone", fault.reason) from fault
    suffix = muxed_suffix(PurePath(claim.filename))
    with source, TemporaryFile(dir=disk.folder) as made:
        # It lies there twice for a moment: as it was made, and on its way into the store.
        room = (disk.free_bytes() - _SPARE_BYTES) // 2
        if os.fstat(source.fileno()).st_size > room:
            raise error("copy_disk", f"{room} bytes free")
        limits = replace(making.terms.copies, most_bytes=min(room, making.terms.copies.most_bytes))
        if claim.kind == "mux":
            _mux(making, source, made, suffix, limits)
        else:
            _burn(making, source, made, suffix, limits)
        made.seek(0)
        return store.put(claim.target, cast(BinaryIO, _Kept(made, making)), playable_type("", f"x{suffix}"))


class _Kept:
    """The finished file on its way into the store, which takes a while for a large one."""

    def __init__(self, file: BinaryIO, making: _Making) -> None:
        self._file, self._making = file, making

    def read(self, size: int = _READ_BYTES) -> bytes:
        self._making.tell(1.0)
        return self._file.read(size)


class _Read:
    """A RangeReader over an open file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size_bytes = os.fstat(file.fileno()).st_size

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return os.pread(self._file.fileno(), length_bytes, offset_bytes)

    def close(self) -> None: ...


def _mux(making: _Making, source: BinaryIO, made: BinaryIO, suffix: str, limits: CopyLimits) -> None:
    language, shown = json.loads(making.claim.subtitles)
    track = Track([(start, end, text) for start, end, text in shown], language)
    mux_apart(
        _Read(source),
        made,
        suffix,
        track,
        limits=limits,
        media=making.terms.media,
        stop=making.stop,
        tell=making.tell,
    )


def _burn(making: _Making, source: BinaryIO, made: BinaryIO, suffix: str, limits: CopyLimits) -> None:
    length_ms = making.claim.duration_ms or 0
    cpu_s = limits.cpu_s + _BURN_CPU_PER_S * length_ms // 1000
    allowed = replace(limits, memory_bytes=making.terms.burn_memory_bytes, cpu_s=cpu_s)
    ass = making.claim.subtitles.encode()
    burn_apart(source, made, suffix, ass, limits=allowed, length_ms=length_ms, tell=making.tell)
