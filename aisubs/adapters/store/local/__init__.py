"""A folder as the bucket: what GCS promises about objects, uploads and signed links, kept on one machine."""

from aisubs.adapters.store.local.store import LocalStore

__all__ = ["LocalStore"]
