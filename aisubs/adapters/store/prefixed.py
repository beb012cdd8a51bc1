"""A part of a bucket as a Mirror: the results of dropped files lie there under the names of the recordings."""

from __future__ import annotations

from aisubs.ports import Store, StoredObject


class PrefixedStore:
    """The Mirror port over another store. `prefix` is empty or ends with `/`."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    def put(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> StoredObject:
        """As aisubs.ports.Mirror.put. Raises `bad_name`, `store_unavailable`."""
        return self._store.put(f"{self._prefix}{name}", data, content_type)
