"""The front end: a recording in, windows of speech out, while it is being read; bounded, resumable, to the sample.

reader ─▶ decode (a thread) ─▶ blocks ─▶ voice activity, spans, windows (a thread) ─▶ whoever transcribes

Memory does not depend on the length of the recording. Given the `resume` state of any window, the windows after it are
the same to the byte as without the interruption: the file is decoded again from its start (containers do not seek to
the sample), and the network goes on where it stood.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from aisubs.media.ahead import Ahead
from aisubs.media.blocks import BLOCK_SAMPLES, Block
from aisubs.media.container import ANY, Limits, MediaInfo, OpenMedia, open_media
from aisubs.media.decode import read_blocks
from aisubs.media.faults import media_faults
from aisubs.media.hearing import pick_by_ear
from aisubs.media.in_turn import InTurn
from aisubs.media.listen import AudioWindow, Listener
from aisubs.media.one_side import sides_of
from aisubs.media.source import RangeFile
from aisubs.media.state import VERSION, FrontState
from aisubs.media.tracks import Choice, Wish, with_sides
from aisubs.media.vad import SileroVad, find_vad_model, vad_fingerprint
from aisubs.model.channels import Channels
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
        return _decode(reader, limits, wish, model, from_sample, closing)

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
        return _decode(reader, limits, wish, model, state.low_water, closing)

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


def _decode(
    reader: RangeReader,
    limits: Limits,
    wish: Wish | Choice,
    vad_model: Path,
    skip_samples: int,
    closing: threading.Event,
) -> Iterator[MediaInfo | Block]:
    file = RangeFile(reader, read_ahead=True, stop=closing)
    try:
        with media_faults(file):
            media = _open_track(file, limits, wish, vad_model)
            try:
                yield media.info
                yield from read_blocks(media, file, limits, skip_samples, vad_model)
            finally:
                media.container.close()
    finally:
        file.close()


def _open_track(file: RangeFile, limits: Limits, wish: Wish | Choice, vad_model: Path) -> OpenMedia:
    media = open_media(file, limits, wish)
    if isinstance(wish, Choice) or wish.for_each:
        return media
    if len(media.choices) > 1:
        media.container.close()
        choice = pick_by_ear(file, limits, media, vad_model, most=wish.by_speech)
        media = open_media(file, limits, choice)
    return _by_sides(file, limits, media, wish)


def _by_sides(file: RangeFile, limits: Limits, media: OpenMedia, wish: Wish) -> OpenMedia:
    """The same, or its first side where each of two channels is heard alone."""
    if wish.channels is Channels.MONO or media.info.channels != 2:
        return media
    media.container.close()
    sides = sides_of(file, limits, media, wish.channels)
    choice = replace(media.choices[0], side=sides[0] if sides else None)
    media = open_media(file, limits, choice)
    track = with_sides(media.info.track) if sides else media.info.track
    return replace(media, info=replace(media.info, track=track, sides=sides))


def _listen(decoded: Ahead[MediaInfo | Block], model: Path, state: FrontState) -> Iterator[MediaInfo | AudioWindow]:
    listener = Listener(SileroVad(model), state)
    items = decoded.items()
    yield from (item for item in islice(items, 1) if isinstance(item, MediaInfo))
    yield from listener.windows(item for item in items if isinstance(item, Block))
