"""The one place where whatever a demuxer or decoder does wrong with a file becomes an error about that file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aisubs.media.source import RangeFile, Stopped
from aisubs.model.errors import AisubsError, error

log = logging.getLogger(__name__)


@contextmanager
def media_faults(file: RangeFile) -> Iterator[None]:
    """Inside, an exception that is not of the table becomes `damaged`: no file is tried a second time for it.

    Errors of the reader stay what they are: the store is at fault then, and another try may help.
    """
    try:
        yield
    except (AisubsError, Stopped):
        raise
    except Exception as fault:
        if file.failure is not None:
            raise file.failure from None
        log.exception("media.foreign_error")
        raise error("damaged", repr(fault)) from fault
