"""What is this file? Answered from a few blocks of it, without decoding more than FFmpeg needs to know the codec."""

from __future__ import annotations

from aisubs.media.container import Limits, MediaInfo, open_media
from aisubs.media.source import RangeFile
from aisubs.ports import RangeReader

__all__ = ["Limits", "MediaInfo", "probe"]


def probe(reader: RangeReader, limits: Limits) -> MediaInfo:
    """Open a file and say what it is.

    Raises empty_file, too_big, not_media, no_audio, too_long, too_many_streams, damaged, and truncated where the
    structure of the file shows that its end is missing; other truncations are found by decoding. The reader stays open.
    """
    file = RangeFile(reader)
    media = open_media(file, limits)
    media.container.close()
    if file.failure is not None:
        raise file.failure
    return media.info
