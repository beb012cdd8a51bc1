"""S3-compatible storage: Amazon's, MinIO, Yandex and others. `S3Store` is the plug."""

from aisubs.adapters.store.s3.store import S3Store

__all__ = ["S3Store"]
