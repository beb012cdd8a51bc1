"""Sound that somebody has taken out of a recording already: samples without a header, as whisper-asr-webservice takes
them with `encode=false`."""

from __future__ import annotations

import struct
from typing import BinaryIO, cast

from starlette.datastructures import UploadFile

from aisubs.http.whole_recordings import Brought

_RATE_HZ, _BYTES = 16_000, 2
_COPIED_BYTES = 1 << 20


def with_header(what: Brought, most_s: int | None = None) -> Brought:
    """Raw samples (16 kHz, one channel, 16 bits) as a WAV file (RIFF, 1991): otherwise nobody could tell what they are.
    With `most_s`, no more than so many seconds of their beginning. Whoever asked closes it."""
    from tempfile import TemporaryFile

    size = what.size_bytes if most_s is None else min(what.size_bytes, most_s * _RATE_HZ * _BYTES)
    made = cast(BinaryIO, TemporaryFile())  # noqa: SIM115  closed by whoever asked for it
    made.write(struct.pack("<4sI4s", b"RIFF", min(36 + size, 0xFFFFFFFF), b"WAVE"))
    made.write(struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, _RATE_HZ, _RATE_HZ * _BYTES, _BYTES, 8 * _BYTES))
    made.write(struct.pack("<4sI", b"data", min(size, 0xFFFFFFFF - 36)))
    what.data.seek(0)
    left = size
    while left > 0 and (block := what.data.read(min(left, _COPIED_BYTES))):
        made.write(block)
        left -= len(block)
    what.data.close()
    return Brought(UploadFile(made, filename="audio.wav", headers=None), made.tell(), what.fields)
