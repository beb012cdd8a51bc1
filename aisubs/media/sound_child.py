"""The child's side of sound_apart.py: the sound of a video, packet by packet, in a container of its own.

Nothing is decoded or encoded, and times stay as they are: where the picture begins before the sound, one tiny picture
holds its place. Whatever in the file is not as it should be is left to whoever transcribes it whole.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.stream import Discard

from aisubs.media.container import Limits, list_tracks, open_container, prepare_decoder
from aisubs.media.extent import first_picture_s, moving_pictures, start_s
from aisubs.media.mux_child import ToldFile
from aisubs.media.source import RangeFile
from aisubs.media.structure import Structure, inspect_structure
from aisubs.media.wire import Header, Wire
from aisubs.model.errors import AisubsError, BadInput

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

_SAME = {"mov": "mp4"}
"""What a container is copied into, for its clock to stay as fine as it is; all others into Matroska."""
_BUFFER_BYTES = 1 << 20
_MAX_SKIPPED_BYTES = 1024
_PIXELS = 16
_EXACT = {"fflags": "+bitexact"}
"""The same sound is the same bytes, so that an upload that was cut goes on, and no content is sent twice."""


class Unfit(Exception):
    """`str()` says why the recording is better sent whole."""


def sound_asked(wire: Wire, told: Header, file: RangeFile) -> None:
    """Copy the sound of `file`, and say so in the end; or say why it is better sent whole. Raises as its reader."""
    limits = Limits(**told["limits"])
    try:
        structure = inspect_structure(file, limits.max_streams)
        _check(structure)
        zero_s = _zero_s(file, limits, structure)
        with open_container(file, limits, structure) as given:
            name = _SAME.get(given.format.name.partition(",")[0], "matroska")
            target: Any = ToldFile(wire)
            with av.open(target, "w", format=name, buffer_size=_BUFFER_BYTES, container_options=_EXACT) as made:
                _copy(given, made, structure, zero_s, lambda share: wire.send({"share": share}))
    except (Unfit, BadInput, av.FFmpegError, ValueError, MemoryError) as why:
        if isinstance(file.failure, AisubsError):
            raise file.failure from why
        wire.send({"whole": str(why) or repr(why)})
        return
    wire.send({"end": True})


def _check(structure: Structure) -> None:
    if structure.missing_end or structure.joined_at is not None or structure.wrong_length:
        raise Unfit("its structure is not whole")


def _zero_s(file: RangeFile, limits: Limits, structure: Structure) -> float:
    """Where the recording begins on its own clock. Raises Unfit for what has no moving picture, and so is sound."""
    with open_container(file, limits, structure) as given:
        if not moving_pictures(given):
            raise Unfit("it is sound already")
        track, duration = given.streams.audio[list_tracks(given)[0].number - 1], given.duration
        for one in given.streams.audio:
            prepare_decoder(one)
        if duration and duration / 1000 > limits.max_duration_ms:
            raise Unfit("it is too long")
        picture_s = None if structure.kind == "mp4" else first_picture_s(given)
        return start_s(given, track, picture_s)


def _copy(
    given: InputContainer, made: OutputContainer, structure: Structure, zero_s: float, tell: Callable[[float], None]
) -> None:
    copies: dict[int, Any] = {}
    for stream in given.streams:
        if stream.type == "audio":
            copy = copies[stream.index] = made.add_stream_from_template(stream)
            copy.metadata.update(
                {name: stream.metadata[name] for name in ("language", "title") if name in stream.metadata}
            )
            copy.disposition = stream.disposition
        elif structure.kind == "mp4":  # whose index says where the sound lies; elsewhere all must be read
            stream.discard = Discard.all
    _begin(given, made, zero_s)
    length_s, last = (given.duration or 0) / 1e6, 0.0
    in_order, last_byte = structure.kind in ("matroska", "ogg"), None
    for packet in given.demux():
        if packet.size == 0 and packet.dts is None:
            continue
        if packet.is_corrupt:
            raise Unfit("a part of it is damaged")
        if in_order and packet.pos is not None and packet.pos >= 0:
            if last_byte is not None and packet.pos - last_byte > _MAX_SKIPPED_BYTES:
                raise Unfit("a part of it cannot be read")
            last_byte = packet.pos + packet.size
        if packet.stream.index not in copies:
            continue
        if packet.dts is None or packet.time_base is None:
            raise Unfit("it has sound without a time")
        at_s = float(packet.dts * packet.time_base)
        packet.stream = copies[packet.stream.index]
        made.mux(packet)
        if length_s and at_s - last > 1:
            last = at_s
            tell(min(1.0, at_s / length_s))


def _begin(given: InputContainer, made: OutputContainer, zero_s: float) -> None:
    """Hold the place of a picture that begins before all sound does."""
    stamps = [(one.start_time, one.time_base) for one in given.streams.audio]
    begins = [float(at * unit) for at, unit in stamps if at is not None and unit is not None]
    if not begins or min(begins) - zero_s < 0.0005:
        return
    stream: Any = made.add_stream("mjpeg", rate=25)
    stream.width = stream.height = _PIXELS
    stream.pix_fmt = "yuvj420p"
    stream.codec_context.options = {"flags": "+bitexact"}
    stream.time_base = stream.codec_context.time_base = Fraction(1, 90_000)
    picture = av.VideoFrame.from_ndarray(np.zeros((_PIXELS, _PIXELS, 3), np.uint8), format="rgb24")
    picture.time_base, picture.pts = Fraction(1, 90_000), round(zero_s * 90_000)
    for packet in [*stream.encode(picture), *stream.encode(None)]:
        made.mux(packet)
