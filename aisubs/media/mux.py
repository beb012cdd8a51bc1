"""Soft subtitles inside a copy of a recording: a track more in the container, nothing encoded anew.

Sound, picture and the subtitles that are there already are copied packet by packet, so an hour of video takes seconds
and a few megabytes of memory. FFmpeg's own encoders write the cues: as text with tags for italics and place in
Matroska, as 3GPP timed text with styles for italics (it has no place for a cue's position) in MP4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

from aisubs.formats.ass import styled_text
from aisubs.formats.cue import Cue
from aisubs.model.errors import error

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

_MP4 = frozenset({".mp4", ".m4v", ".mov", ".m4a"})
_COPIED = ("video", "audio", "subtitle")
_PER_S = {"mov_text": 1_000_000, "subrip": 1_000}
"""Units of time in which PyAV wants what it encodes."""


Shown: TypeAlias = tuple[int, int, str]
"""From when, until when (ms), and the text as SubStation Alpha has it in an event."""


@dataclass(frozen=True, slots=True)
class Track:
    """The subtitles to put in. `language` is ISO 639-2/B, which both containers' players know; `title` is shown by
    players."""

    shown: Sequence[Shown]
    language: str
    title: str = ""

    @classmethod
    def of(cls, cues: Sequence[Cue], language: str, title: str = "") -> Track:
        """`language` is ISO 639-1, as Whisper names it, or "und"."""
        shown = [(cue.start_ms, cue.end_ms, styled_text(cue)) for cue in cues]
        return cls(shown, _three_letters(language), title)


def muxed_suffix(source: PurePath) -> str:
    """What the copy ends with: MP4 stays MP4, everything else becomes Matroska, which takes nearly every codec."""
    return source.suffix.lower() if source.suffix.lower() in _MP4 else ".mkv"


def mux(source: Path, target: Path, track: Track, tell: Callable[[float], None] = lambda _: None) -> None:
    """Write `target`, a copy of `source` with the track in it; `tell` hears the share that is done, and may raise to
    call it off. Nothing is left of a copy that was not finished.

    Raises `not_media` for what cannot be read, `cannot_mux` for what does not go into such a file; OSError.
    """
    import av

    source.stat()
    part = target.with_name(f".aisubs-{target.name}.part")
    try:
        with _opened(source) as given, av.open(str(part), "w", format=format_of(target.suffix)) as made:
            copy_with(given, made, track, tell)
        part.replace(target)
    except av.FFmpegError as fault:
        if isinstance(fault, OSError | MemoryError):  # a full disk, say
            raise
        raise error("cannot_mux", f"{fault!r}", kind=target.suffix.removeprefix(".") or "such") from fault
    finally:
        part.unlink(missing_ok=True)


def _opened(source: Path) -> InputContainer:
    import av

    try:
        return av.open(str(source))
    except av.FFmpegError as fault:
        raise error("not_media", f"{fault!r}") from fault


def format_of(suffix: str) -> str:
    """What FFmpeg calls the container of a file that ends so."""
    suffix = suffix.lower()
    return {".mov": "mov", ".m4a": "ipod"}.get(suffix, "mp4") if suffix in _MP4 else "matroska"


def copy_with(given: InputContainer, made: OutputContainer, track: Track, tell: Callable[[float], None]) -> None:
    """Everything that is in `given`, and the track, into `made`."""
    copies: dict[int, Any] = {}
    for stream in given.streams:
        if stream.type in _COPIED:
            copy = made.add_stream_from_template(stream)
            copy.metadata.update(stream.metadata)
            with suppress(AttributeError, ValueError):
                copy.disposition = stream.disposition
            copies[stream.index] = copy
    made.metadata.update(given.metadata)
    subtitles = _Subtitles(made, track)
    length = Fraction(given.duration or 0, 1_000_000)
    for packet in given.demux([given.streams[index] for index in copies]):
        if packet.dts is None or packet.time_base is None:
            continue
        at_s = packet.dts * packet.time_base
        for due in subtitles.until(at_s):
            made.mux(due)
        packet.stream = copies[packet.stream.index]
        made.mux(packet)
        if length:
            tell(min(1.0, float(at_s / length)))
    for due in subtitles.until(None):
        made.mux(due)
    tell(1.0)


class _Subtitles:
    """The packets of the new track, in order."""

    def __init__(self, made: OutputContainer, track: Track) -> None:
        codec = "subrip" if made.format.name == "matroska" else "mov_text"
        self._stream: Any = made.add_stream(codec)
        self._per_s = _PER_S[codec]
        self._stream.metadata["language"] = track.language
        if track.title:
            self._stream.metadata["title"] = track.title
        context: Any = self._stream.codec_context
        context.time_base = Fraction(1, self._per_s)
        context.subtitle_header = _HEADER.encode()
        context.open()
        self._left = iter(track.shown)
        self._next = next(self._left, None)

    def until(self, at_s: Fraction | None) -> Iterator[Any]:
        """What is shown before `at_s`; None: all that is left."""
        while self._next is not None and (at_s is None or Fraction(self._next[0], 1000) <= at_s):
            yield self._packet(*self._next)
            self._next = next(self._left, None)

    def _packet(self, start_ms: int, end_ms: int, shown: str) -> Any:
        from av.subtitles.subtitle import SubtitleSet

        scale = self._per_s // 1000
        length = (end_ms - start_ms) * scale
        if self._per_s == 1_000:  # SubRip: players take what stands in angles for a tag; the encoder writes its own
            shown = shown.replace("<", "<\u2060")
        text = f"0,0,Default,,0,0,0,,{shown}".encode()
        packet = self._stream.codec_context.encode_subtitle(SubtitleSet.create(text, 0, length, start_ms * scale))
        packet.stream = self._stream
        packet.time_base = Fraction(1, self._per_s)
        packet.pts = packet.dts = start_ms * scale
        packet.duration = length
        return packet


_HEADER = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""What FFmpeg's encoders of text want to know of SubStation Alpha."""


def _three_letters(language: str) -> str:
    """de -> ger."""
    from langcodes import Language
    from langcodes.tag_parser import LanguageTagError

    try:
        return Language.get(language).to_alpha3(variant="B")
    except (LanguageTagError, LookupError):
        return "und"
