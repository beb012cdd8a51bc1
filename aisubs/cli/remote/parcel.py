"""What is sent of a recording: the sound of a video, and the file itself where it is sound already."""

from __future__ import annotations

import logging
import mimetypes
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import BinaryIO

from aisubs.cli.progress import Look
from aisubs.local.deposit import CalledOff, Signature, steady
from aisubs.local.film import FileReader
from aisubs.media.mux_apart import CopyLimits
from aisubs.media.probe import Limits
from aisubs.media.sound_apart import sound_apart, sounds_the_same
from aisubs.media.source import Stopped
from aisubs.media.vad import find_vad_model
from aisubs.model.errors import AisubsError, error

log = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes to send, open for reading; `digest` is their SHA-256 in hex, `content_type` what they are."""

    file: BinaryIO
    size_bytes: int
    digest: str
    content_type: str


@contextmanager
def packed(
    path: Path, folder: Path, limits: Limits, tell: Callable[[Look], None], stop: Event
) -> Iterator[tuple[Parcel, Signature]]:
    """What is sent of `path`, whose state is the signature; what is made for that lies, without a name, in `folder`.

    Raises CalledOff once `stop` is set, StillChanging, OSError, `empty_file`.
    """

    def check() -> None:
        if stop.is_set():
            raise CalledOff

    with steady(path, check) as whole, tempfile.TemporaryFile(dir=folder) as taken:
        if whole.signature.size_bytes == 0:
            raise error("empty_file")
        kept = _take_sound(path, taken, limits, tell, stop)
        if kept is not None:
            log.info("parcel.whole", extra={"object": str(path), "reason": kept})
        file: BinaryIO = whole if kept is not None else taken
        tell(Look("reading"))
        digest, size_bytes = _digest(file, check)
        whole.seek(0, 2)
        whole.read(1)  # raises StillChanging
        yield (
            Parcel(file, size_bytes, digest, _kind(path) if kept is not None else _kind_of_sound(taken)),
            whole.signature,
        )


def _take_sound(path: Path, taken: BinaryIO, limits: Limits, tell: Callable[[Look], None], stop: Event) -> str | None:
    """None where the sound is in `taken`; else why not. Raises CalledOff, OSError."""
    size_bytes = path.stat().st_size
    bounds = CopyLimits(most_bytes=size_bytes)
    reader = FileReader(path)
    try:
        why = sound_apart(
            reader,
            taken,
            limits=bounds,
            media=limits,
            stop=stop,
            tell=lambda share: tell(Look("taking the sound out", 100 * share)),
        )
        if why is not None:
            return why
        taken.flush()
        if not sounds_the_same(reader, _OpenReader(taken), limits, find_vad_model(), stop):
            return "its sound would not be heard as it is"
    except Stopped:
        raise CalledOff from None
    except AisubsError as fault:  # of the file: whoever transcribes it tells it better
        return repr(fault)
    finally:
        reader.close()
    return None


class _OpenReader:
    """A RangeReader over a file that has no name."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size_bytes = file.seek(0, 2)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._file.seek(offset_bytes)
        return self._file.read(length_bytes)

    def close(self) -> None: ...


def _kind(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _kind_of_sound(file: BinaryIO) -> str:
    file.seek(4)
    return "audio/mp4" if file.read(4) == b"ftyp" else "audio/x-matroska"


def _digest(file: BinaryIO, check: Callable[[], None]) -> tuple[str, int]:
    content, size_bytes = sha256(), 0
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        check()
        content.update(block)
        size_bytes += len(block)
    return content.hexdigest(), size_bytes
