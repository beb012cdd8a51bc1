"""S3-compatible storage: Amazon's, MinIO, Yandex and others. `S3Store` is the plug."""

from aisubs.adapters.store.s3.store import S3Store
from aisubs.adapters.store.s3.upload import MultipartUpload

__all__ = ["MultipartUpload", "S3Store"]
