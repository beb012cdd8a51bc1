"""The environment in which Google's client libraries find the doubles instead of Google."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.doubles.gcs import Gcs
from tests.doubles.google_identity import PROJECT, GoogleIdentity

WORKER = f"worker@{PROJECT}.iam.gserviceaccount.com"


def google_variables(identity: GoogleIdentity, folder: Path, gcs: Gcs, account: str = WORKER) -> dict[str, str]:
    """Writes the key file of `account` into `folder` and returns the variables that lead to it and to the double."""
    path = folder / f"{account}.json"
    path.write_text(json.dumps(identity.key_file(account)))
    return {
        "GOOGLE_APPLICATION_CREDENTIALS": str(path),
        "STORAGE_EMULATOR_HOST": gcs.url,
        "GOOGLE_CLOUD_PROJECT": PROJECT,
    }


@contextmanager
def google_environment(identity: GoogleIdentity, folder: Path, gcs: Gcs) -> Iterator[None]:
    """The variables set in this process while the context lasts."""
    variables = google_variables(identity, folder, gcs)
    assert not set(variables) & set(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
