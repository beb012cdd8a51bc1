"""The sound of a video, taken out without decoding it, by a child that has neither of the files (apart.py): some
megabytes in place of gigabytes, and what is heard is the same to the sample.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from aisubs.media.apart import HELPER
from aisubs.media.blocks import Block
from aisubs.media.container import Limits, MediaInfo
from aisubs.media.decode_apart import decode_apart
from aisubs.media.messages import fault_in
from aisubs.media.mux_apart import CopyLimits, last_word
from aisubs.media.tracks import Choice
from aisubs.media.wire import Wire
from aisubs.model.audio_track import Reason
from aisubs.model.errors import BadInput
from aisubs.ports import RangeReader

SILENCE_S = 600
COMPARED_BLOCKS = 10
"""Two seconds each: where the beginning of every track is the same, so is the rest, whose packets are."""
_SAME_LENGTH_MS = 1_500


def sound_apart(
    reader: RangeReader,
    target: BinaryIO,
    *,
    limits: CopyLimits,
    media: Limits,
    stop: threading.Event,
    tell: Callable[[float], None],
) -> str | None:
    """Write the sound of what `reader` reads into `target`: all audio tracks. `tell` hears the share that is done.

    Returns None, or why the recording is better sent whole: it is sound already, or is damaged. Raises Stopped,
    OSError, and what the reader raises.
    """
    told = {"task": "sound", "size_bytes": reader.size_bytes, "limits": asdict(media)}
    with HELPER.child() as connection:
        wire = Wire(connection, SILENCE_S, stop)
        wire.send(told | {"memory_bytes": limits.memory_bytes, "cpu_s": limits.cpu_s, "life_s": None})
        match last_word(wire, reader, target, limits.most_bytes, tell, stop):
            case {"whole": str(why)}:
                return why
            case {"end": True}:
                return None
            case said:
                raise fault_in(said)


def sounds_the_same(
    recording: RangeReader, sound: RangeReader, media: Limits, vad_model: Path, stop: threading.Event
) -> bool:
    """Whether a transcription would hear the same: of each track what the file says of it, and its beginning."""
    number, tracks = 0, 1
    try:
        while number < tracks:
            number += 1
            choice = Choice(number, Reason.ASKED)
            heard, copied = (
                list(islice(decode_apart(one, media, choice, vad_model, 0, stop), 1 + COMPARED_BLOCKS))
                for one in (recording, sound)
            )
            if len(heard) != len(copied) or not all(map(_same, heard, copied)):
                return False
            tracks = next(_of(heard)).track.of
    except BadInput:
        return False
    return True


def _of(heard: list[MediaInfo | Block]) -> Iterator[MediaInfo]:
    return (one for one in heard if isinstance(one, MediaInfo))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, MediaInfo) and isinstance(other, MediaInfo):
        lengths = one.duration_ms or 0, other.duration_ms or 0
        same = (one.audio_codec, one.sample_rate, one.channels, one.track)
        told = (other.audio_codec, other.sample_rate, other.channels, other.track)
        return abs(lengths[0] - lengths[1]) <= _SAME_LENGTH_MS and same == told
    if isinstance(one, Block) and isinstance(other, Block):
        return (one.start, one.holes, one.gaps, one.filled) == (
            other.start,
            other.holes,
            other.gaps,
            other.filled,
        ) and np.array_equal(one.samples, other.samples)
    return False
