"""The named subtitle profiles: what a reader can follow, in numbers, with their sources.

Widths and speeds are in columns (see measure.py): a full-width character is two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from aisubs.formats.measure import WIDE_LANGUAGES
from aisubs.model.errors import error


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cue may measure. `columns` 0 means: no shaping, one cue per segment on one line."""

    columns: int  # widest line
    lines: int  # most lines
    columns_per_s: int  # fastest reading, 0: any
    min_ms: int  # shortest cue
    max_ms: int  # longest cue, 0: any
    gap_ms: int  # least time between two cues
    chain_ms: int  # a pause up to this long is closed to `gap_ms`, for a short blink of nothing is tiring
    linger_ms: int  # how long a cue may stay after speech, where reading needs it
    late_ms: int  # how late a cue may appear where the one before needs the time
    pause_ms: int  # a pause this long always ends the cue
    wide: bool = False  # characters of ambiguous width count as wide


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of limits, with the languages that differ from it."""

    name: str
    sentence: str
    limits: Limits
    by_language: dict[str, Limits] = field(default_factory=dict)


# Durations, gaps, chaining, 12 frames past speech and 3 frames around it, at 24 frames a second:
# partnerhelp.netflixstudios.com articles 215758617 and 360051554394.
# 20 columns a second is the adult rate of the English guide; the guides of other alphabets say 17: 219375728 and
# sublingo.cc/guides/subtitle-specs-by-language, which also lists Chinese 16 characters at 9 a second, Korean 16 at 12,
# Japanese 13 at 4. Thai 35 characters: 220448308.
_NETFLIX = Limits(
    columns=42,
    lines=2,
    columns_per_s=20,
    min_ms=833,
    max_ms=7000,
    gap_ms=83,
    chain_ms=500,
    linger_ms=500,
    late_ms=125,
    pause_ms=1500,
)

# bbc.github.io/subtitle-guidelines: 37 characters on broadcast (3.1), 160 to 180 words a minute (4.1), no gap unless a
# pause of a second or more (4.5), at most 1.5 s away from the speech (5.2). Words of five letters and a space make
# that 15 columns a second, and its 0.3 s a word, for three words, the shortest cue. It sets no longest cue.
_BBC = Limits(
    columns=37,
    lines=2,
    columns_per_s=15,
    min_ms=900,
    max_ms=7000,
    gap_ms=0,
    chain_ms=1000,
    linger_ms=500,
    late_ms=500,
    pause_ms=1500,
)

_PLAIN = Limits(
    columns=0,
    lines=1,
    columns_per_s=0,
    min_ms=1,
    max_ms=0,
    gap_ms=0,
    chain_ms=0,
    linger_ms=0,
    late_ms=0,
    pause_ms=0,
)

_SLOWER = replace(_NETFLIX, columns_per_s=17)
_SLOWER_LANGUAGES = "ar cs da de el es fi fr he hi hu id it ms nl no pl pt ro ru sv tr uk vi"
_CHINESE = replace(_NETFLIX, columns=32, columns_per_s=18)
_BBC_CJK = replace(_BBC, columns=32)

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            "netflix",
            "Two lines of 42 characters, 5/6 to 7 seconds, two frames apart: the habits of streaming services.",
            _NETFLIX,
            {
                **dict.fromkeys(_SLOWER_LANGUAGES.split(), _SLOWER),
                "zh": _CHINESE,
                "yue": _CHINESE,
                "ja": replace(_NETFLIX, columns=26, columns_per_s=8),
                "ko": replace(_NETFLIX, columns=32, columns_per_s=24),
                "th": replace(_SLOWER, columns=35),
            },
        ),
        Profile(
            "bbc",
            "Two lines of 37 characters, without gaps in running speech: the habits of British television.",
            _BBC,
            dict.fromkeys(("zh", "yue", "ja", "ko"), _BBC_CJK),
        ),
        Profile(
            "plain", "One cue per segment of the transcript, on one line, whatever its length: for machines.", _PLAIN
        ),
    )
}


def limits_for(profile: str, language: str) -> Limits:
    """The limits of a named profile in a language (ISO 639-1). Raises `bad_request` for an unknown profile."""
    if profile not in PROFILES:
        raise error("bad_request", f"There is no subtitle profile called {profile}. Known: {', '.join(PROFILES)}.")
    found = PROFILES[profile]
    return replace(found.by_language.get(language, found.limits), wide=language in WIDE_LANGUAGES)
