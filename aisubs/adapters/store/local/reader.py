"""Ranged reads of one generation of one object."""

from __future__ import annotations

import os
from pathlib import Path

from aisubs.model.errors import error


class FileReader:
    """One open file. It notices when its object was overwritten or deleted: by then its bytes have no name left."""

    def __init__(self, file: Path, size_bytes: int) -> None:
        """Raises FileNotFoundError."""
        self.size_bytes = size_bytes
        self._descriptor: int | None = os.open(file, os.O_RDONLY | os.O_CLOEXEC)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Exactly the bytes asked for, fewer only at the end. Raises `source_gone`, `truncated`,
        `store_unavailable`."""
        if self._descriptor is None:
            raise ValueError("this reader is closed")
        if offset_bytes < 0 or length_bytes < 0:
            raise ValueError("offset and length cannot be negative")
        wanted = max(0, min(length_bytes, self.size_bytes - offset_bytes))
        try:
            if os.fstat(self._descriptor).st_nlink == 0:
                raise error("source_gone", "overwritten or deleted while it was read")
            parts = []
            while wanted:
                part = os.pread(self._descriptor, wanted, offset_bytes)
                if not part:
                    raise error("truncated", f"the file ends at {offset_bytes} of {self.size_bytes} bytes")
                parts.append(part)
                offset_bytes += len(part)
                wanted -= len(part)
        except OSError as fault:
            raise error("store_unavailable", str(fault)) from fault
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
