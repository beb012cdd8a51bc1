"""Files that were joined one after the other: FFmpeg reads the first one of most formats, and is silent."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from aisubs.media.container import Limits, OpenMedia, open_media
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Choice
from aisubs.model.errors import BadInput

log = logging.getLogger(__name__)

_MAX_PARTS = 10_000


def parts(media: OpenMedia, file: RangeFile, limits: Limits) -> Iterator[OpenMedia]:
    """The open file, and whatever other ones follow it, each when the one before it has been read.

    Bytes behind a whole recording that are none are passed over. Raises what the reader raises.
    """
    yield media
    for _ in range(_MAX_PARTS):
        if not file.has_more:
            return
        file.go_on()
        try:
            following = open_media(file, limits, Choice(media.info.track.number, media.info.track.reason))
        except BadInput as fault:
            log.info("media.part_passed_over", extra={"error_code": fault.code, "reason": fault.reason})
            continue
        try:
            yield following
        finally:
            following.container.close()
