"""A loopback Eventarc: CloudEvents of finalized objects, delivered at least once and in no order.

Reference: https://docs.cloud.google.com/eventarc/docs/cloudevents (binary mode over HTTP) and google/events/cloud/
storage/v1/data.proto. Anything but 2xx is delivered again with doubling backoff. `copies` deliveries of each event
carry ids of their own, as Cloud Storage warns; `hold` keeps events back, `release` lets them go in reverse order.
"""

from __future__ import annotations

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

from tests.doubles.gcs.objects import Blob
from tests.doubles.google_identity import GoogleIdentity

FINALIZED = "google.cloud.storage.object.v1.finalized"
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.1, 2.0


@dataclass(frozen=True)
class Delivered:
    """One attempt; `status` is None when nobody answered."""

    name: str
    generation: int
    status: int | None


class Eventarc:
    """A trigger for one bucket, with the identity of `account`. `attempts` tells what was delivered."""

    def __init__(self, identity: GoogleIdentity, account: str, bucket: str) -> None:
        self.target_url = ""
        self.copies = 1
        self.lost = False
        self.attempts: list[Delivered] = []
        self._identity = identity
        self._account = account
        self._bucket = bucket
        self._held: list[Blob] | None = None
        self._mutex = threading.Lock()
        self._closed = threading.Event()
        self._senders = ThreadPoolExecutor(16)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._senders.shutdown()

    def publish(self, blob: Blob) -> None:
        """What the bucket calls for each new generation."""
        if blob.bucket != self._bucket or self.lost:
            return
        with self._mutex:
            if self._held is not None:
                self._held.append(blob)
                return
        self._send(blob)

    def hold(self) -> None:
        with self._mutex:
            self._held = []

    def release(self) -> None:
        with self._mutex:
            held, self._held = self._held or [], None
        for blob in reversed(held):
            self._send(blob)

    def _send(self, blob: Blob) -> None:
        for _ in range(self.copies):
            self._senders.submit(self._deliver, blob, uuid4().hex)

    def _deliver(self, blob: Blob, event_id: str) -> None:
        wait_s = FIRST_BACKOFF_S
        while True:
            status = self._post(blob, event_id)
            self.attempts.append(Delivered(blob.name, blob.generation, status))
            if (status is not None and 200 <= status < 300) or self._closed.wait(wait_s):
                return
            wait_s = min(2 * wait_s, LONGEST_BACKOFF_S)

    def _post(self, blob: Blob, event_id: str) -> int | None:
        url = urlsplit(self.target_url)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._identity.identity_token(self._account, self.target_url)}",
            "ce-specversion": "1.0",
            "ce-id": event_id,
            "ce-type": FINALIZED,
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{blob.bucket}",
            "ce-subject": f"objects/{blob.name}".encode("ascii", "replace").decode(),
            "ce-bucket": blob.bucket,
            "ce-time": blob.resource()["timeCreated"],
        }
        wire = http.client.HTTPConnection(url.netloc, timeout=60)
        try:
            wire.request("POST", url.path or "/", json.dumps(blob.resource()), headers)
            answer = wire.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            wire.close()
