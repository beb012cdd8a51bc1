"""A RangeReader as a seekable file: what FFmpeg reads through, so that it never sees a path, a name or a URL."""

from __future__ import annotations

import errno
import re
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor

from aisubs.model.errors import error
from aisubs.ports import RangeReader

BLOCK_BYTES = 1 << 20
CACHED_BLOCKS = 8
_BEGINNING_BYTES = 64  # no beginning that is watched for is longer


class Stopped(Exception):
    """The caller's `stop` event was set while bytes were being read."""


class RangeFile:
    """A read-only binary file over one generation of one object. It deliberately has no `name`.

    Bytes are fetched in aligned blocks, of which the `cached` last used are kept (mp4 files are read at two
    places by turns). With `read_ahead` the reader is used by one thread of our own only, and that thread already
    fetches the block that follows. `failure` keeps the first error of the reader: FFmpeg may take an error for the
    end of the file, so whoever reads media looks here first.

    Of files that were joined it is the first one, once it is known where that ends (`split_at`, `watch_for`), and then
    each of the others (`go_on`).
    """

    def __init__(
        self,
        reader: RangeReader,
        *,
        read_ahead: bool = False,
        stop: threading.Event | None = None,
        cached: int = CACHED_BLOCKS,
    ) -> None:
        self._begin, self._end = 0, reader.size_bytes
        self._watched: tuple[re.Pattern[bytes], int] | None = None
        self.bytes_read = 0
        self.failure: Exception | None = None
        self._reader = reader
        self._stop = stop
        self._cached = cached
        self._position = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._coming: tuple[int, Future[bytes]] | None = None
        self._pool = ThreadPoolExecutor(1, "aisubs-read-ahead") if read_ahead else None

    @property
    def size_bytes(self) -> int:
        return self._end - self._begin

    @property
    def has_more(self) -> bool:
        """Another file begins where this one ends."""
        return self._end < self._reader.size_bytes

    def split_at(self, offset: int) -> None:
        """This file ends at `offset`, where another one begins."""
        self._end = min(self._end, self._begin + offset)

    def watch_for(self, beginning: re.Pattern[bytes], after: int) -> None:
        """Split wherever another file begins, as soon as a block with that is read; `after` is behind our own."""
        self._watched = beginning, self._begin + max(1, after)
        for index in self._blocks:
            self._look_for_another(index)

    def go_on(self) -> None:
        """Become the file that begins where this one ends."""
        self._begin, self._end = self._end, self._reader.size_bytes
        self._watched, self._position = None, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to `offset` bytes from the start (0), here (1) or the end (2); beyond the end is allowed.

        Before the start the answer is -EINVAL, as FFmpeg expects it: a damaged file asks for such places, and an
        exception would end what a demuxer can get over.
        """
        target = (0, self._position, self.size_bytes)[whence] + offset
        if target < 0:
            return -errno.EINVAL
        self._position = target
        return target

    def read(self, length: int = -1) -> bytes:
        """Read up to `length` bytes, never more than one block at once. Raises what the reader raises, and Stopped."""
        if self.failure is not None or self._position >= self.size_bytes:
            return b""
        try:
            if self._stop is not None and self._stop.is_set():
                raise Stopped
            index, offset = divmod(self._begin + self._position, BLOCK_BYTES)
            block = self._block(index)
        except Exception as failure:
            self.failure = failure
            raise
        ends = self._end - index * BLOCK_BYTES
        data = block[offset : ends if length < 0 else min(ends, offset + length)]
        self._position += len(data)
        return data

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Read exactly `length_bytes` from `offset_bytes`, fewer only at the end of the file."""
        self.seek(offset_bytes)
        parts: list[bytes] = []
        while length_bytes > 0 and (part := self.read(length_bytes)):
            parts.append(part)
            length_bytes -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Wait for a fetch that is still under way. The reader stays open: it belongs to the caller."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._coming = None
        self._blocks.clear()

    def _block(self, index: int) -> bytes:
        if index in self._blocks:
            self._blocks.move_to_end(index)
            return self._blocks[index]
        block = self._fetch(index) if self._pool is None else self._fetch_ahead(self._pool, index)
        self._blocks[index] = block
        if len(self._blocks) > self._cached:
            self._blocks.popitem(last=False)
        self._look_for_another(index)
        return block

    def _look_for_another(self, index: int) -> None:
        if self._watched is None:
            return
        beginning, after = self._watched
        before = self._blocks.get(index - 1, b"")[-_BEGINNING_BYTES:]
        starts = index * BLOCK_BYTES - len(before)
        found = beginning.search(before + self._blocks[index], max(0, after - starts))
        if found:
            self._end = min(self._end, starts + found.start())

    def _fetch_ahead(self, pool: ThreadPoolExecutor, index: int) -> bytes:
        coming, self._coming = self._coming, None
        if coming is not None and coming[0] == index:
            block = coming[1].result()
        else:
            block = pool.submit(self._fetch, index).result()
        # Two blocks in a row are taken for a sequential read; a jump is not worth guessing after.
        follows = index + 1
        is_there = follows * BLOCK_BYTES < self._reader.size_bytes
        if index - 1 in self._blocks and follows not in self._blocks and is_there:
            self._coming = follows, pool.submit(self._fetch, follows)
        return block

    def _fetch(self, index: int) -> bytes:
        offset = index * BLOCK_BYTES
        wanted = min(BLOCK_BYTES, self._reader.size_bytes - offset)
        block = self._reader.read_at(offset, wanted)
        if len(block) != wanted:
            raise error("truncated", f"the store gave {len(block)} of {wanted} bytes at {offset}")
        self.bytes_read += wanted
        return block
