"""The front end: a recording in, windows of speech out, while it is being read; bounded, resumable, to the sample.

reader ─▶ decode (a process) ─▶ blocks ─▶ voice activity, spans, windows (a thread) ─▶ whoever transcribes

Memory does not depend on the length of the recording. Given the `resume` state of any window, the windows after it are
the same to the byte as without the interruption: the file is decoded again from its start (containers do not seek to
the sample), and the network goes on where it stood.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from aisubs.media.ahead import Ahead
from aisubs.media.blocks import BLOCK_SAMPLES, Block
from aisubs.media.container import ANY, Limits, MediaInfo
from aisubs.media.decode_apart import decode_apart
from aisubs.media.in_turn import InTurn
from aisubs.media.listen import AudioWindow, Listener
from aisubs.media.state import VERSION, FrontState
from aisubs.media.tracks import Choice, Wish
from aisubs.media.vad import SileroVad, find_vad_model, vad_fingerprint
from aisubs.ports import RangeReader, Samples

__all__ = [
    "AudioWindow",
    "Choice",
    "FrontState",
    "Limits",
    "MediaInfo",
    "Wish",
    "front_version",
    "read_sound",
    "read_windows",
]

_BLOCKS_AHEAD = 16  # 33 s, 2 MB
_WINDOWS_AHEAD = 2


def read_windows(
    reader: RangeReader,
    *,
    limits: Limits,
    wish: Wish | Choice = ANY,
    resume: FrontState | None = None,
    stop: threading.Event | None = None,
    on_info: Callable[[MediaInfo], None] | None = None,
    vad_model: Path | None = None,
) -> Iterator[AudioWindow]:
    """Windows that tile the recording, from its start or from `resume` on; the last one ends at its true duration.

    Of several audio tracks the one that was chosen before, or the one that fits the wish, by listening where need be;
    or each, one after another on one clock (in_turn.py); so with channels where there is one person on each.

    `on_info` is called in the caller's thread before the first window (not when `resume` is behind the last one). When
    `stop` is set the iteration ends early and without an error. Ending or closing it ends both threads; the reader is
    used by one of them and stays open. Raises what `open_media` and `read_blocks` raise: a file that turns out to be
    truncated has given its windows up to there.
    """
    state = resume or FrontState.fresh()
    model = vad_model or find_vad_model()
    read = partial(_read_track, reader, limits, model, stop)
    yield from InTurn(read, wish, state, on_info or (lambda _: None)).windows()


def read_sound(
    reader: RangeReader,
    *,
    limits: Limits,
    wish: Wish | Choice = ANY,
    from_sample: int = 0,
    stop: threading.Event | None = None,
    vad_model: Path | None = None,
) -> Iterator[Samples]:
    """The sound of one track from an absolute sample on, in blocks of at most BLOCK_SAMPLES, to its true end.

    What `read_windows` hears, the same to the bit wherever it begins. Ends early, without an error, when `stop` is set;
    raises what `read_windows` raises.
    """
    model = vad_model or find_vad_model()

    def decode(closing: threading.Event) -> Iterator[MediaInfo | Block]:
        return decode_apart(reader, limits, wish, model, from_sample, closing)

    with Ahead(decode, _BLOCKS_AHEAD, "aisubs-decode") as decoded:
        for item in decoded.items(stop):
            if isinstance(item, Block):
                samples = item.samples[max(0, from_sample - item.start) :]
                yield from (samples[at : at + BLOCK_SAMPLES] for at in range(0, len(samples), BLOCK_SAMPLES))


def _read_track(
    reader: RangeReader,
    limits: Limits,
    model: Path,
    stop: threading.Event | None,
    wish: Wish | Choice,
    state: FrontState,
    on_info: Callable[[MediaInfo], None],
) -> Iterator[AudioWindow]:
    def decode(closing: threading.Event) -> Iterator[MediaInfo | Block]:
        return decode_apart(reader, limits, wish, model, state.first_sample, closing)

    with (
        Ahead(decode, _BLOCKS_AHEAD, "aisubs-decode") as decoded,
        Ahead(lambda _: _listen(decoded, model, state), _WINDOWS_AHEAD, "aisubs-listen") as heard,
    ):
        try:
            for item in heard.items(stop):
                if isinstance(item, AudioWindow):
                    yield item
                else:
                    on_info(item)
        finally:
            decoded.signal()


@lru_cache
def front_version(vad_model: Path | None = None) -> str:
    """Changes whenever the windows of a recording could: part of the fingerprint of a job."""
    import av
    import onnxruntime

    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    model = vad_fingerprint(vad_model or find_vad_model())
    return f"front-{VERSION} av-{av.__version__} avcodec-{codec} onnxruntime-{onnxruntime.__version__} vad-{model}"


def _listen(decoded: Ahead[MediaInfo | Block], model: Path, state: FrontState) -> Iterator[MediaInfo | AudioWindow]:
    listener = Listener(SileroVad(model), state)
    items = decoded.items()
    yield from (item for item in islice(items, 1) if isinstance(item, MediaInfo))
    yield from listener.windows(item for item in items if isinstance(item, Block))
