"""Opening an untrusted media file: which containers and decoders may touch it, and what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from aisubs.media.extent import ends_s, first_picture_s, moving_pictures, start_s
from aisubs.media.source import RangeFile
from aisubs.media.structure import Structure, inspect_structure
from aisubs.model.errors import error

# Nothing that reads a second resource (hls, dash, concat, image2, mxf …) or makes sound of text (lavfi, tty, …).
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,asf,au,avi,caf,dts,eac3,flac,flv,gsm,loas,matroska,mov,mp3,mpeg,mpegts,ogg,"
    "tta,w64,wav,wv"
)
SOUND_DECODERS = (
    "aac,aac_latm,ac3,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,adpcm_yamaha,alac,amrnb,amrwb,dca,eac3,flac,g722,"
    "g723_1,g726,g729,gsm,gsm_ms,mp1,mp1float,mp2,mp2float,mp3,mp3float,nellymoser,opus,pcm_alaw,pcm_bluray,pcm_dvd,"
    "pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,"
    "pcm_s8,pcm_u8,speex,truehd,tta,vorbis,wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice"
)
_PROBE_BYTES = 5_000_000
_PROBE_US = 5_000_000
_MAX_CHANNELS = 64
_MIN_RATE, _MAX_RATE = 1_000, 768_000
_MAX_FRAME_SAMPLES = 1 << 20  # the longest frame of any codec above has 65535; ALAC may claim 16 million


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recording may be. `max_streams` counts tracks of every kind; one track may have 64 channels."""

    max_duration_ms: int = 24 * 3_600_000
    max_streams: int = 64
    max_bytes: int = 10 * 1024**3


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file says about itself. `duration_ms` is an estimate until the file has been decoded.

    `start_ms` is the container's first timestamp. Every other time in aisubs is relative to it, as players show it.
    """

    container: str
    duration_ms: int | None
    audio_codec: str
    sample_rate: int
    channels: int
    streams: int
    has_video: bool
    start_ms: int


@dataclass(frozen=True, slots=True)
class OpenMedia:
    """An open file with its one chosen audio track; times in seconds count from `start_s` on the file's own clock.

    `track_ends_s` and `file_ends_s` are what the file promises for the audio track and for all tracks together, None
    where that is not said, would be a guess, or needs no check.
    """

    container: InputContainer
    track: AudioStream
    info: MediaInfo
    start_s: float
    structure: Structure
    track_ends_s: float | None
    file_ends_s: float | None


def open_media(file: RangeFile, limits: Limits) -> OpenMedia:
    """Open a file for decoding; close `container` afterwards.

    Raises empty_file, too_big, not_media, no_audio, truncated, damaged, too_long, too_many_streams, and what the reader
    raises.
    """
    if file.size_bytes == 0:
        raise error("empty_file")
    if file.size_bytes > limits.max_bytes:
        raise error("too_big", f"{file.size_bytes} bytes", limit=f"{limits.max_bytes / 1024**3:.1f} GiB")
    structure = inspect_structure(file, limits.max_streams)
    if structure.missing_end:
        raise error("truncated", structure.missing_end)
    container = _open(file, limits)
    picture_s = None
    if moving_pictures(container) and structure.kind != "mp4":
        picture_s = first_picture_s(container)
        container.close()
        container = _open(file, limits)
    try:
        return _describe(container, structure, limits, picture_s)
    except BaseException:
        container.close()
        raise


def _open(file: RangeFile, limits: Limits) -> InputContainer:
    file.seek(0)
    options = {
        "format_whitelist": FORMATS,
        "codec_whitelist": SOUND_DECODERS,  # no picture is ever decoded, not even to find out what it is
        "protocol_whitelist": "none",
        "probesize": str(_PROBE_BYTES),
        "analyzeduration": str(_PROBE_US),
        "max_streams": str(limits.max_streams + 1),
    }
    try:
        # Tags are often not UTF-8, whatever their standard says.
        container: InputContainer = av.open(
            file, "r", container_options=options, metadata_errors="replace", io_open=_refuse
        )
    except (av.FFmpegError, ValueError) as failure:
        if file.failure is not None:
            raise file.failure from None
        # Past max_streams FFmpeg answers "out of memory".
        code = "too_many_streams" if isinstance(failure, av.error.MemoryError) else "not_media"
        raise error(code, str(failure)) from failure
    if file.failure is not None:
        container.close()
        raise file.failure
    return container


def _refuse(_url: str, _flags: int, _options: dict[str, Any]) -> NoReturn:
    raise error("not_media", "the file refers to another resource")


def _describe(container: InputContainer, structure: Structure, limits: Limits, picture_s: float | None) -> OpenMedia:
    streams = container.streams
    if len(streams) > limits.max_streams:
        raise error("too_many_streams", f"{len(streams)} or more streams")
    track = _choose_track(container)
    codec = track.codec_context
    codec.thread_count = 1
    codec.options = {"max_samples": str(_MAX_FRAME_SAMPLES)}
    zero_s = start_s(container, track, picture_s)
    track_ends_s, file_ends_s = ends_s(container, track, zero_s)
    longest_s = track_ends_s or file_ends_s
    info = MediaInfo(
        container=container.format.name,
        duration_ms=round(longest_s * 1000) if longest_s else None,
        audio_codec=codec.name,
        sample_rate=codec.sample_rate,
        channels=codec.channels,
        streams=len(streams),
        has_video=bool(moving_pictures(container)),
        start_ms=round(zero_s * 1000),
    )
    if not structure.duration_known:
        return OpenMedia(container, track, info, zero_s, structure, None, None)
    if longest_s and longest_s * 1000 > limits.max_duration_ms:
        raise too_long(limits)
    # A track may end before the file does, but never after it: the smaller promise is the one to hold a file to.
    promised_s = min(track_ends_s, file_ends_s or track_ends_s) if track_ends_s else None
    check_file = promised_s is None and not structure.whole
    return OpenMedia(container, track, info, zero_s, structure, promised_s, file_ends_s if check_file else None)


def _choose_track(container: InputContainer) -> AudioStream:
    """The first audio track that is flagged as default, else the first one."""
    tracks = list(container.streams.audio)
    if not tracks:
        raise error("no_audio", f"{len(container.streams)} streams, none of sound")
    track = next((one for one in tracks if one.disposition & Disposition.default), tracks[0])
    codec = track.codec_context
    if codec is None or codec.name not in SOUND_DECODERS.split(","):
        raise error("not_media", f"no decoder for audio codec {codec.name if codec else 'unknown'}")
    check_sound(codec.sample_rate, codec.channels)
    return track


def check_sound(sample_rate: int, channels: int) -> None:
    """Raise `not_media` or `too_many_streams` for sound that no recorder makes and that would cost memory."""
    if not _MIN_RATE <= sample_rate <= _MAX_RATE or channels < 1:
        raise error("not_media", f"audio with {channels} channels at {sample_rate} Hz")
    if channels > _MAX_CHANNELS:
        raise error("too_many_streams", f"{channels} channels in one track")


def too_long(limits: Limits) -> Exception:
    """The error for a recording that is longer than it may be."""
    return error("too_long", limit=f"{limits.max_duration_ms / 3_600_000:g} hours")
