"""A part of a bucket as a Mirror: the results of dropped files lie there under the names of the recordings."""

from __future__ import annotations

from hashlib import sha256

from aisubs.model.errors import AisubsError
from aisubs.model.names import MAX_OBJECT_NAME_BYTES, check_object_name, fit_filename
from aisubs.ports import Store, StoredObject


class PrefixedStore:
    """The Mirror port over another store. `prefix` is empty or ends with `/`."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    def put(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> StoredObject:
        """As aisubs.ports.Mirror.put. A name that the prefix and the suffix make too long is shortened.

        Raises `bad_name`, `store_unavailable`.
        """
        return self._store.put(self._place(name), data, content_type)

    def digest(self, name: str) -> str | None:
        """As aisubs.ports.Mirror.digest. Raises `bad_name`, `store_unavailable`."""
        try:
            reader = self._store.open(self._place(name))
        except AisubsError as fault:
            if fault.code != "object_not_found":
                raise
            return None
        try:
            return sha256(reader.read_at(0, reader.size_bytes)).hexdigest()
        finally:
            reader.close()

    def delete(self, name: str) -> None:
        """As aisubs.ports.Mirror.delete. Raises `bad_name`, `store_unavailable`."""
        self._store.delete(self._place(name))

    def _place(self, name: str) -> str:
        folder, slash, last = f"{self._prefix}{name}".rpartition("/")
        room_bytes = MAX_OBJECT_NAME_BYTES - len(f"{folder}{slash}".encode())
        return check_object_name(f"{folder}{slash}{fit_filename(last, limit_bytes=room_bytes)}")
