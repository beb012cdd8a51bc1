"""What is this file? Answered from a few blocks of it, without decoding more than FFmpeg needs to know the codec."""

from __future__ import annotations

from aisubs.media.container import ANY, Limits, MediaInfo, open_media
from aisubs.media.faults import media_faults
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Wish
from aisubs.ports import RangeReader

__all__ = ["Limits", "MediaInfo", "Wish", "probe"]


def probe(reader: RangeReader, limits: Limits, wish: Wish = ANY) -> MediaInfo:
    """Open a file and say what it is. Of several audio tracks the best by name, for nobody listens here.

    Raises empty_file, too_big, not_media, no_audio, no_such_track, too_long, too_many_streams, damaged, and truncated
    where the structure of the file shows that its end is missing; other truncations are found by decoding. The reader
    stays open.
    """
    file = RangeFile(reader)
    with media_faults(file):
        media = open_media(file, limits, wish)
        media.container.close()
    if file.failure is not None:
        raise file.failure
    return media.info
