"""Google Cloud Storage. `GcsStore` is the plug."""

from aisubs.adapters.store.gcs.store import GcsStore

__all__ = ["GcsStore"]
