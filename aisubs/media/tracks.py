"""Which of several audio tracks is the one to transcribe, by what the file says about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from av.container import InputContainer
from av.stream import Disposition, Stream

from aisubs.model.audio_track import EACH, SPEECH, AudioTrack, Reason, TrackInTurn
from aisubs.model.channels import Channels
from aisubs.model.errors import error
from aisubs.model.language import LANGUAGES, language_of

_ASIDE = Disposition.comment | Disposition.visual_impaired | Disposition.hearing_impaired | Disposition.karaoke
_ASIDE_TITLES = ("comment", "kommentar", "descri", "karaoke", "isolated")


@dataclass(frozen=True, slots=True)
class Wish:
    """What people said: `track` as Options.audio_track (a number, a language, "speech", "each" or None), the `language`
    that they say is spoken, and how two channels are heard."""

    track: str | None = None
    language: str | None = None
    channels: Channels = Channels.MONO

    @property
    def number(self) -> int | None:
        return int(self.track) if self.track is not None and self.track.isdecimal() else None

    @property
    def track_language(self) -> str | None:
        return self.track if self.track in LANGUAGES else None

    @property
    def by_speech(self) -> bool:
        return self.track == SPEECH

    @property
    def for_each(self) -> bool:
        return self.track == EACH


@dataclass(frozen=True, slots=True)
class Track:
    """The `number`-th audio track. `aside` is one beside the film: a commentary, a description of the pictures."""

    number: int
    language: str | None
    title: str
    is_default: bool
    aside: bool
    readable: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two channels, 0 or 1, heard alone; not where the other is louder by `guard_db`, for then that one is all
    that is heard on it."""

    channel: int
    guard_db: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The track that was taken, and why; of one person per channel, one side of it."""

    number: int
    reason: Reason
    side: Side | None = None

    def of(self, tracks: Sequence[Track]) -> AudioTrack:
        taken = tracks[self.number - 1]
        return AudioTrack(taken.number, len(tracks), self.reason, taken.language, taken.title)


def heard_of(choices: Sequence[Choice], tracks: Sequence[Track]) -> AudioTrack:
    """The track that is heard, the first of `choices`; or all of them in turn, where each was wished for."""
    first = choices[0].of(tracks)
    if first.reason is not Reason.EACH or len(choices) == 1:
        return first
    heard = (tracks[choice.number - 1] for choice in choices)
    return replace(first, in_turn=tuple(TrackInTurn(one.number, one.language, one.title) for one in heard))


def with_sides(track: AudioTrack) -> AudioTrack:
    """Of a track with a person on each of two channels: each in turn."""
    sides = (TrackInTurn(track.number, track.language, track.title, channel=channel) for channel in (0, 1))
    return replace(track, in_turn=tuple(sides))


def audio_tracks(container: InputContainer, readable: Collection[str]) -> list[Track]:
    """The audio tracks in their order; `readable` are the decoders that may touch a file."""
    found = []
    for number, stream in enumerate(container.streams.audio, 1):
        codec, title = stream.codec_context, _title(stream)
        aside = bool(stream.disposition & _ASIDE) or any(word in title.lower() for word in _ASIDE_TITLES)
        is_default = bool(stream.disposition & Disposition.default)
        fits = codec is not None and codec.name in readable
        found.append(Track(number, language_of(stream.metadata.get("language", "")), title, is_default, aside, fits))
    return found


def shown_subtitles(container: InputContainer) -> tuple[str, ...]:
    """The languages of the subtitles in the file that show all that is said, not only what is foreign in it."""
    shown = (stream for stream in container.streams.subtitles if not stream.disposition & Disposition.forced)
    languages = (language_of(stream.metadata.get("language", "")) for stream in shown)
    return tuple(sorted({language for language in languages if language is not None}))


def candidates(tracks: Sequence[Track], wish: Wish) -> list[Choice]:
    """The tracks that the wish leaves open, best first; what is to be heard in them decides between them.

    Raises `no_such_track`.
    """
    if wish.number is not None:
        if wish.number > len(tracks):
            raise _no_such_track(f"number {wish.number}", tracks)
        return [Choice(wish.number, Reason.ASKED)]
    if len(tracks) == 1:
        only = tracks[0]
        if wish.track_language and only.language not in (None, wish.track_language):
            raise _no_such_track(f"in {LANGUAGES[wish.track_language]}", tracks)
        return [Choice(1, Reason.ONLY)]
    if wish.for_each:
        return [Choice(track.number, Reason.EACH) for track in tracks if track.readable] or [Choice(1, Reason.EACH)]
    ranked = sorted(tracks, key=lambda track: (not track.readable, track.aside, not track.is_default, track.number))
    spoken = wish.track_language or (wish.language if wish.track is None else None)
    in_language = [track for track in ranked if spoken is not None and track.language == spoken and track.readable]
    if in_language:
        return [Choice(track.number, Reason.LANGUAGE) for track in in_language]
    if wish.track_language:
        raise _no_such_track(f"in {LANGUAGES[wish.track_language]}", tracks)
    usable = [track for track in ranked if track.readable] or ranked
    return [Choice(track.number, Reason.DEFAULT if track.is_default else Reason.FIRST) for track in usable]


def _no_such_track(wanted: str, tracks: Sequence[Track]) -> Exception:
    has = ", ".join(f"{track.number} {_described(track)}" for track in tracks)
    return error("no_such_track", wanted=wanted, has=has)


def _described(track: Track) -> str:
    says = [LANGUAGES[track.language]] if track.language else []
    return " ".join([*says, *([f"“{track.title}”"] if track.title else [])]) or "without a name"


def _title(stream: Stream) -> str:
    """What the file calls a track, at most 100 characters of it. Names of muxers' handlers say nothing."""
    title = stream.metadata.get("title") or stream.metadata.get("handler_name") or ""
    shown = "".join(char for char in title if char.isprintable()).strip()
    return "" if shown.lower() in ("soundhandler", "sound handler", "audio", "core media audio") else shown[:100]
