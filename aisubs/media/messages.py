"""What a child says of a file, as messages; and those messages read as what they are: as untrusted as the file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from aisubs.media.blocks import BLOCK_SAMPLES, FILLED_SAMPLES, Block, Cut, Spans, silence
from aisubs.media.container import MediaInfo
from aisubs.media.tracks import Choice, Side, Wish
from aisubs.media.wire import Header
from aisubs.model.audio_track import AudioTrack, Reason
from aisubs.model.channels import Channels
from aisubs.model.errors import ERRORS, AisubsError, BadInput, error


def said_nonsense(what: object) -> AisubsError:
    return error("damaged", f"the process that looked at it said {str(what)[:200]}")


def of_fault(fault: AisubsError) -> Header:
    return {"code": fault.code, "reason": fault.reason, "details": fault.details}


def fault_in(said: Header) -> AisubsError:
    """An error about the file. None that would be tried again: a child does not decide that."""
    match said:
        case {"code": str(code), "reason": str(reason), "details": dict(details)} if code in ERRORS:
            filled: dict[str, Any] = {str(name): str(value) for name, value in details.items()}
            filled.pop("retry_after_s", None)
            fault = error(code, reason, **filled)
            if isinstance(fault, BadInput):
                return fault
    return said_nonsense(said)


def of_info(info: MediaInfo) -> Header:
    return {"info": asdict(info) | {"track": info.track.as_json()}}


def info_in(said: Any) -> MediaInfo:
    """Raises `damaged`."""
    try:
        match said:
            case {
                "container": str(),
                "duration_ms": int() | None,
                "audio_codec": str(),
                "sample_rate": int(),
                "channels": int(),
                "streams": int(),
                "has_video": bool(),
                "start_ms": int(),
                "track": {"number": int(), "of": int(), "language": str() | None, "title": str()} as track,
                "subtitles": [*subtitles],
                "sides": [*sides],
            }:
                known = {"track": AudioTrack.from_json(track), "subtitles": tuple(map(str, subtitles))}
                heard = {"sides": tuple(_side_in(side) for side in sides)}
                return MediaInfo(**{**said, **known, **heard})
    except (KeyError, TypeError, ValueError):
        pass
    raise said_nonsense(said)


def _side_in(said: Any) -> Side:
    match said:
        case {"channel": 0 | 1 as channel, "guard_db": int(guard_db)}:
            return Side(channel, guard_db)
    raise ValueError(said)


def of_wish(wish: Wish | Choice) -> Header:
    return asdict(wish)


def choice_in(said: Header) -> Choice:
    """Told by the parent, which is trusted."""
    side = Side(**said["side"]) if said["side"] else None
    return Choice(said["number"], Reason(said["reason"]), side)


def wish_in(said: Header) -> Wish:
    """Likewise."""
    return Wish(**{**said, "channels": Channels(said["channels"])})


def of_block(block: Block) -> tuple[Header, bytes]:
    """The samples, unless they are silence that takes no memory, and then the holes and the gaps."""
    header: Header = {
        "block": [block.start, len(block.samples), len(block.holes), len(block.gaps)],
        "filled": block.filled,
        "cut": [block.cut.promised_ms] if block.cut else [],
    }
    spans = np.array([*block.holes, *block.gaps], np.int64).tobytes()
    return header, spans if block.filled else block.samples.astype(np.float32, copy=False).tobytes() + spans


class BlocksIn:
    """The blocks of one decoding that begins at the block of `skip_samples`, one after another without a gap."""

    def __init__(self, skip_samples: int, max_samples: int) -> None:
        self._first = skip_samples // BLOCK_SAMPLES * BLOCK_SAMPLES
        self._next: int | None = None
        self._most = max_samples
        self._is_over = False

    def read(self, said: Header, data: bytes | bytearray) -> Block:
        """Raises `damaged`."""
        match said:
            case {
                "block": [int(start), int(count), int(holes), int(gaps)],
                "filled": bool(filled),
                "cut": [] | [None | int()] as cut,
            } if self._fits(start, count, filled) and min(holes, gaps) >= 0:
                length = 0 if filled else 4 * count
                if len(data) == length + 16 * (holes + gaps):
                    samples = silence(count) if filled else np.frombuffer(data, np.float32, count)
                    spans = self._spans(data[length:])
                    told = spans[:holes], spans[holes:]
                    return Block(start, samples, *told, filled=filled, cut=Cut(cut[0]) if cut else None)
        raise said_nonsense(said)

    def _fits(self, start: int, count: int, filled: bool) -> bool:
        is_short = count < BLOCK_SAMPLES
        begins = self._first if self._next is None else self._next
        in_place = start == begins or (self._next is None and is_short and 0 <= start < begins)
        fits = 0 <= count <= (FILLED_SAMPLES if filled else BLOCK_SAMPLES) and start + count <= self._most
        if self._is_over or not in_place or not fits:
            return False
        self._next, self._is_over = start + count, is_short
        return True

    def _spans(self, data: bytes | bytearray) -> Spans:
        pairs = np.frombuffer(data, np.int64).reshape(-1, 2)
        if len(pairs) and (pairs.min() < 0 or pairs.max() > self._most or (pairs[:, 0] > pairs[:, 1]).any()):
            raise said_nonsense("spans that are none")
        return tuple((int(start), int(end)) for start, end in pairs.tolist())
