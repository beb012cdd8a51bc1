"""Batches ahead of the engine: reading, decoding, voice activity and features run in threads of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

from aisubs.media.front import Choice, FrontState, Limits, MediaInfo, Wish, read_windows
from aisubs.pipeline.transcribe.batches import Batch, gather, tile_of
from aisubs.pipeline.transcribe.channel import Channel, Closed
from aisubs.ports import Engine, RangeReader

if TYPE_CHECKING:
    from collections.abc import Generator

    from aisubs.media.front import AudioWindow

BATCHES_AHEAD = 2


@contextmanager
def batches_ahead(
    reader: RangeReader,
    engine: Engine,
    *,
    limits: Limits,
    wish: Wish | Choice,
    resume: FrontState | None,
    first_speech: int,
    widest: int,
    on_info: Callable[[MediaInfo], None],
) -> Iterator[Channel[Batch]]:
    """Prepare batches in a thread, at most `BATCHES_AHEAD` of them before they are taken.

    Whatever goes wrong there is raised by the channel's `get`. Leaving the block ends the thread; the reader stays the
    caller's.
    """
    halt = threading.Event()
    channel: Channel[Batch] = Channel(BATCHES_AHEAD)

    def prepare() -> None:
        windows = read_windows(reader, limits=limits, wish=wish, resume=resume, stop=halt, on_info=on_info)
        try:
            # Closed here, not whenever it is collected: it has threads of its own.
            with closing(cast("Generator[AudioWindow]", windows)):
                for batch in gather((tile_of(window, engine) for window in windows), first_speech, widest):
                    channel.put(batch)
        except Closed:
            return
        except Exception as fault:  # noqa: BLE001 - the reader of the channel raises it
            channel.close(fault)
        else:
            channel.close()

    thread = threading.Thread(target=prepare, name="prepare", daemon=True)
    thread.start()
    try:
        yield channel
    finally:
        channel.close()
        halt.set()
        thread.join()
