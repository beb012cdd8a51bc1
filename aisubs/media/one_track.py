"""One track of a file from its header to its end: what it says about itself, then its blocks of sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from aisubs.media.blocks import Block
from aisubs.media.container import Limits, MediaInfo, OpenMedia, open_media
from aisubs.media.decode import read_blocks
from aisubs.media.faults import media_faults
from aisubs.media.hearing import pick_by_ear
from aisubs.media.one_side import sides_of
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Choice, Wish, with_sides
from aisubs.media.vad import Vad
from aisubs.model.channels import Channels


def decode_track(
    file: RangeFile, limits: Limits, wish: Wish | Choice, skip_samples: int, network: Callable[[], Vad]
) -> Iterator[MediaInfo | Block]:
    """Blocks that end before `skip_samples` are not given. `network` is asked where the levels of channels do not say
    in which of them somebody speaks, and where a track is chosen by listening.

    Raises what `open_media` and `read_blocks` raise. The file stays open.
    """
    with media_faults(file):
        media = _open_track(file, limits, wish, network)
        try:
            yield media.info
            yield from read_blocks(media, file, limits, skip_samples, network)
        finally:
            media.container.close()


def _open_track(file: RangeFile, limits: Limits, wish: Wish | Choice, network: Callable[[], Vad]) -> OpenMedia:
    media = open_media(file, limits, wish)
    if isinstance(wish, Choice) or wish.for_each:
        return media
    if len(media.choices) > 1:
        media.container.close()
        choice = pick_by_ear(file, limits, media, network(), most=wish.by_speech)
        media = open_media(file, limits, choice)
    return _by_sides(file, limits, media, wish)


def _by_sides(file: RangeFile, limits: Limits, media: OpenMedia, wish: Wish) -> OpenMedia:
    """The same, or its first side where each of two channels is heard alone."""
    if wish.channels is Channels.MONO or media.info.channels != 2:
        return media
    media.container.close()
    sides = sides_of(file, limits, media, wish.channels)
    choice = replace(media.choices[0], side=sides[0] if sides else None)
    media = open_media(file, limits, choice)
    track = with_sides(media.info.track) if sides else media.info.track
    return replace(media, info=replace(media.info, track=track, sides=sides))
