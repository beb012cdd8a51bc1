"""A loopback Google Cloud Storage. `Gcs` is the server; see there for what it does and does not."""

from tests.doubles.gcs.server import Gcs

__all__ = ["Gcs"]
