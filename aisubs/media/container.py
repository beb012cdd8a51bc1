"""Opening an untrusted media file: which containers and decoders may touch it, and what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer

from aisubs.media.extent import ends_s, first_picture_s, moving_pictures, start_s
from aisubs.media.source import RangeFile
from aisubs.media.structure import Structure, inspect_structure, unsupported_kind
from aisubs.media.tracks import Choice, Side, Track, Wish, audio_tracks, candidates, heard_of, shown_subtitles
from aisubs.model.audio_track import AudioTrack
from aisubs.model.errors import BadInput, error

# Nothing that reads a second resource (hls, dash, concat, image2, imf …) or makes sound of text (lavfi, tty, …).
FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dhav,dss,dts,eac3,flac,flv,gsm,loas,matroska,mov,mp3,mpeg,mpegts,"
    "mxf,ogg,rm,tta,voc,w64,wav,wtv,wv"
)
SOUND_DECODERS = (
    "aac,aac_latm,ac3,adpcm_ct,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_sbpro_2,adpcm_sbpro_3,adpcm_sbpro_4,adpcm_swf,"
    "adpcm_yamaha,alac,amrnb,amrwb,ape,cook,dca,dss_sp,eac3,flac,g722,real_144,real_288,s302m,sipr,"
    "g723_1,g726,g729,gsm,gsm_ms,mp1,mp1float,mp2,mp2float,mp3,mp3float,nellymoser,opus,pcm_alaw,pcm_bluray,pcm_dvd,"
    "pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,"
    "pcm_s8,pcm_u8,speex,truehd,tta,vorbis,wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice"
)
_PROBE_BYTES = 5_000_000
_PROBE_US = 5_000_000
_MAX_CHANNELS = 64
_MIN_RATE, _MAX_RATE = 1_000, 768_000
ANY = Wish()
_MAX_FRAME_SAMPLES = 1 << 20  # the longest frame of any codec above has 65535; ALAC may claim 16 million


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recording may be. `max_streams` counts tracks of every kind; one track may have 64 channels.

    `strict` refuses a file that ends before its recording does, or that has lost more than 5 % of it.
    """

    max_duration_ms: int = 24 * 3_600_000
    max_streams: int = 64
    max_bytes: int = 10 * 1024**3
    strict: bool = False


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file says about itself. `duration_ms` is an estimate until the file has been decoded.

    `start_ms` is the container's first timestamp. Every other time in aisubs is relative to it, as players show it.
    `track` is the audio track that the rest is about; `subtitles` are the languages (codes of LANGUAGES) of the whole
    subtitles inside the file.
    """

    container: str
    duration_ms: int | None
    audio_codec: str
    sample_rate: int
    channels: int
    streams: int
    has_video: bool
    start_ms: int
    track: AudioTrack
    subtitles: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    """How each of two channels is heard, where there is one person on each."""


@dataclass(frozen=True, slots=True)
class OpenMedia:
    """An open file with its one chosen audio track; times in seconds count from `start_s` on the file's own clock.

    `choices` are the tracks that the wish left open, best first; the chosen one is the first of them. `aside` says of
    each audio track whether it is one beside the film. `track_ends_s` and `file_ends_s` are what the file promises for
    the audio track and for all tracks together, None where that is not said, would be a guess, or needs no check.
    """

    container: InputContainer
    track: AudioStream
    info: MediaInfo
    start_s: float
    structure: Structure
    track_ends_s: float | None
    file_ends_s: float | None
    choices: tuple[Choice, ...]
    aside: tuple[bool, ...]

    @property
    def side(self) -> Side | None:
        """The channel that is heard alone."""
        return self.choices[0].side


def open_media(file: RangeFile, limits: Limits, wish: Wish | Choice = ANY) -> OpenMedia:
    """Open a file for decoding; close `container` afterwards. The track is the one that was chosen already, or the
    first that fits the wish, whatever is to be heard in it.

    Raises empty_file, too_big, not_media, not_supported, no_audio, no_such_track, truncated, damaged, too_long,
    too_many_streams, and what the reader raises.
    """
    if file.size_bytes == 0:
        raise error("empty_file")
    if file.size_bytes > limits.max_bytes:
        raise error("too_big", f"{file.size_bytes} bytes", limit=f"{limits.max_bytes / 1024**3:.1f} GiB")
    structure = inspect_structure(file, limits.max_streams)
    if structure.joined_at is not None:
        file.split_at(structure.joined_at)
    if structure.beginning is not None:
        file.watch_for(*structure.beginning)
    if structure.missing_end and limits.strict:
        raise error("truncated", structure.missing_end)
    try:
        container = open_container(file, limits, structure)
    except BadInput as fault:
        if fault.code == "not_media" and structure.missing_end:  # nothing of it can be read without its end
            raise error("truncated", structure.missing_end) from fault
        raise
    picture_s = None
    if moving_pictures(container) and structure.kind != "mp4":
        picture_s = first_picture_s(container)
        container.close()
        container = open_container(file, limits, structure)
    try:
        return _describe(container, structure, limits, picture_s, wish)
    except BaseException:
        container.close()
        raise


def open_container(file: RangeFile, limits: Limits, structure: Structure) -> InputContainer:
    """The file as FFmpeg may see it; nothing of it is decoded yet. Raises as `open_media`."""
    file.seek(0)
    options = {
        "format_whitelist": FORMATS,
        "codec_whitelist": SOUND_DECODERS,  # no picture is ever decoded, not even to find out what it is
        "protocol_whitelist": "none",
        "probesize": str(_PROBE_BYTES),
        "analyzeduration": str(_PROBE_US),
        "max_streams": str(limits.max_streams + 1),
    }
    if structure.wrong_length:
        options["ignore_length"] = "1"
    try:
        # Tags are often not UTF-8, whatever their standard says.
        container: InputContainer = av.open(
            file, "r", container_options=options, metadata_errors="replace", io_open=_refuse
        )
    except (av.FFmpegError, ValueError) as failure:
        if file.failure is not None:
            raise file.failure from None
        kind = unsupported_kind(file.read_at(0, 4096))
        if kind is not None:
            raise error("not_supported", str(failure), kind=kind) from failure
        # Past max_streams FFmpeg answers "out of memory".
        code = "too_many_streams" if isinstance(failure, av.error.MemoryError) else "not_media"
        raise error(code, str(failure)) from failure
    if file.failure is not None:
        container.close()
        raise file.failure
    return container


def _refuse(_url: str, _flags: int, _options: dict[str, Any]) -> NoReturn:
    raise error("not_media", "the file refers to another resource")


def _describe(
    container: InputContainer, structure: Structure, limits: Limits, picture_s: float | None, wish: Wish | Choice
) -> OpenMedia:
    streams = container.streams
    if len(streams) > limits.max_streams:
        raise error("too_many_streams", f"{len(streams)} or more streams")
    tracks = list_tracks(container)
    choices = _choices(tracks, wish)
    track = container.streams.audio[choices[0].number - 1]
    codec = prepare_decoder(track)
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
        track=heard_of(choices, tracks),
        subtitles=shown_subtitles(container),
    )
    aside = tuple(one.aside for one in tracks)
    if not structure.duration_known:
        return OpenMedia(container, track, info, zero_s, structure, None, None, choices, aside)
    if longest_s and longest_s * 1000 > limits.max_duration_ms:
        raise too_long(limits)
    # A track may end before the file does, but never after it: the smaller promise is the one to hold a file to.
    promised_s = min(track_ends_s, file_ends_s or track_ends_s) if track_ends_s else None
    check_file = promised_s is None and not structure.whole
    checked_s = file_ends_s if check_file else None
    return OpenMedia(container, track, info, zero_s, structure, promised_s, checked_s, choices, aside)


def _choices(tracks: list[Track], wish: Wish | Choice) -> tuple[Choice, ...]:
    if not isinstance(wish, Choice):
        return tuple(candidates(tracks, wish))
    return (wish,) if wish.number <= len(tracks) else tuple(candidates(tracks, ANY))  # a joined file may have fewer


def list_tracks(container: InputContainer) -> list[Track]:
    """The audio tracks in their order. Raises `no_audio`."""
    tracks = audio_tracks(container, SOUND_DECODERS.split(","))
    if not tracks:
        raise error("no_audio", f"{len(container.streams)} streams, none of sound")
    return tracks


def prepare_decoder(track: AudioStream) -> AudioCodecContext:
    """The decoder of a track, with its limits. Raises `not_supported` where there is none that we trust."""
    codec = track.codec_context
    name = codec.name if codec is not None else "of an unknown codec"
    if codec is None or codec.name not in SOUND_DECODERS.split(","):
        raise error("not_supported", f"no decoder for audio codec {name}", kind=name)
    check_sound(codec.sample_rate, codec.channels)
    codec.thread_count = 1
    codec.options = {"max_samples": str(_MAX_FRAME_SAMPLES)}
    return codec


def check_sound(sample_rate: int, channels: int) -> None:
    """Raise `not_media` or `too_many_streams` for sound that no recorder makes and that would cost memory."""
    if not _MIN_RATE <= sample_rate <= _MAX_RATE or channels < 1:
        raise error("not_media", f"audio with {channels} channels at {sample_rate} Hz")
    if channels > _MAX_CHANNELS:
        raise error("too_many_streams", f"{channels} channels in one track")


def too_long(limits: Limits) -> Exception:
    """The error for a recording that is longer than it may be."""
    return error("too_long", limit=f"{limits.max_duration_ms / 3_600_000:g} hours")
