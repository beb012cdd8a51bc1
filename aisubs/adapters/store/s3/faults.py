"""What S3 and its SDK have to say against a request, as our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as s3_errors

from aisubs.model.errors import error

ABSENT = {"404", "NoSuchKey", "NoSuchUpload", "NoSuchVersion", "NotFound"}
UNMET = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}


def code_of(fault: s3_errors.ClientError) -> str:
    """What S3 calls it."""
    return str(fault.response.get("Error", {}).get("Code"))


@contextmanager
def mapped() -> Iterator[None]:
    """What the SDK raises inside becomes `object_not_found`, `precondition_failed` or `store_unavailable`."""
    try:
        yield
    except s3_errors.ClientError as fault:
        if code_of(fault) in UNMET:
            raise error("precondition_failed", str(fault)) from fault
        code = "object_not_found" if code_of(fault) in ABSENT else "store_unavailable"
        raise error(code, f"{code_of(fault)}: {fault}") from fault
    except s3_errors.BotoCoreError as fault:
        raise error("store_unavailable", f"{type(fault).__name__}: {fault}") from fault
