"""One spoken sentence with the times of its words: espeak-ng's speech, resampled to 16 kHz and trimmed."""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from tests.toy_model.espeak import Espeak, Speech

SAMPLE_RATE_HZ = 16_000
_LEAD_S, _TAIL_S = 0.02, 0.06  # what trimming leaves before and after the sound
_AUDIBLE = 0.02  # of the loudest 20 ms

ACCENTS = {
    "en": ("en-us",) * 6 + ("en",) * 4
    + ("en-gb-scotland", "en-gb-x-rp", "en-gb-x-rp", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd"),
    "es": ("es", "es", "es-419"),
}  # fmt: skip
"""Language -> espeak-ng voices; repeated ones are drawn more often."""

_TIMBRES = (
    "m1 m2 m3 m4 m6 m7 f1 f2 f3 f4 Andy Annie Alex Alicia belinda david ed Gene john linda Mario max paul rob "
    "robert steph travis zac klatt2 Lee edward caleb Jacky norbert"
)
VARIANTS = ("",) * 24 + tuple("+" + name for name in _TIMBRES.split())
"""Timbres that training hears; the plain voice in 24 of 58 draws."""

HELD_OUT_VARIANTS = ("+f5", "+m5", "+m8", "+Michael", "+anika", "+quincy", "+Denis")
"""Timbres that only the evaluation hears."""


@dataclass(frozen=True)
class Utterance:
    """A spoken sentence. All times are seconds from the first of its samples."""

    language: str
    words: list[str]
    bounds_s: list[float]
    """Start of each word, then the end of the last: `len(words) + 1` values, never falling."""
    phones: list[tuple[float, str]]
    """(start_s, espeak's phone name)."""
    voice: str
    samples: NDArray[np.float32]
    """16 kHz mono, peak 1."""


@dataclass(frozen=True)
class Delivery:
    """How a sentence is spoken."""

    rate_wpm: int = 165
    pitch: int = 50
    """0 to 100, as is `pitch_range`."""
    pitch_range: int = 50
    ending: str = "."
    """Final punctuation, which bends the melody."""
    word_gap_cs: int = 0
    """Extra pause between words, in 10 ms."""


def draw_voice(rng: random.Random, language: str, held_out: bool = False) -> str:
    """An accent with a timbre, as espeak-ng names it."""
    return rng.choice(ACCENTS[language]) + rng.choice(HELD_OUT_VARIANTS if held_out else VARIANTS)


def _word_starts_s(speech: Speech, words: list[str]) -> list[float | None]:
    """Start of every word that espeak reported; None where it ran words together ("of the")."""
    starts: list[float | None] = [None] * len(words)
    position = 0
    for index, word in enumerate(words):
        for character, milliseconds in speech.word_starts_ms:
            if starts[index] is None and position <= character < position + len(word):
                starts[index] = milliseconds / 1000
        position += len(word) + 1
    return starts


def _fill_gaps(starts: list[float | None], first_s: float, end_s: float) -> list[float]:
    """Bounds of all words: unknown starts are spread evenly between their known neighbours."""
    known = [(0, first_s)] + [(i, s) for i, s in enumerate(starts) if i > 0 and s is not None] + [(len(starts), end_s)]
    indices, times = zip(*known, strict=True)
    bounds = np.interp(np.arange(len(starts) + 1), indices, times)
    return [float(t) for t in np.maximum.accumulate(np.clip(bounds, first_s, end_s))]


def _audible_span(samples: NDArray[np.float32]) -> tuple[float, float]:
    """First and last second in which 20 ms are louder than 2 % of the loudest."""
    loudness = np.sqrt(np.convolve(samples**2, np.ones(320) / 320, "same"))
    audible = np.flatnonzero(loudness > _AUDIBLE * loudness.max())
    return audible[0] / SAMPLE_RATE_HZ, audible[-1] / SAMPLE_RATE_HZ


def draw_delivery(rng: random.Random) -> Delivery:
    """A random manner of speaking; a third of all are espeak-ng's plain one, but for the pace."""
    pace = int(min(260, max(110, rng.gauss(172, 25))))
    plain = rng.random() < 0.35
    pitch, pitch_range = (50, 50) if plain else (rng.randint(20, 80), rng.randint(30, 75))
    ending = rng.choice((".", ".", ".", ".", "", "?", "!"))
    return Delivery(pace, pitch, pitch_range, ending, rng.choice((0,) * 8 + (1, 2, 4)))


def speak_sentence(espeak: Espeak, language: str, words: list[str], voice: str, delivery: Delivery) -> Utterance | None:
    """Speak lower-case `words`; None for the rare voice that stays silent."""
    text = " ".join(words) + delivery.ending
    speech = espeak.speak(text, voice, delivery.rate_wpm, delivery.pitch, delivery.pitch_range, delivery.word_gap_cs)
    samples = resample_poly(speech.samples, 320, 441).astype(np.float32)
    peak = float(np.abs(samples).max(initial=0))
    if len(samples) < SAMPLE_RATE_HZ // 10 or peak < 0.01:
        return None
    samples /= peak
    first_s, end_s = _audible_span(samples)
    bounds = _fill_gaps(_word_starts_s(speech, words), first_s, end_s)
    cut = max(0, int((first_s - _LEAD_S) * SAMPLE_RATE_HZ))
    shift = cut / SAMPLE_RATE_HZ
    return Utterance(
        language,
        list(words),
        [bound - shift for bound in bounds],
        [(milliseconds / 1000 - shift, name) for milliseconds, name in speech.phone_starts_ms],
        voice,
        samples[cut : int((end_s + _TAIL_S) * SAMPLE_RATE_HZ)],
    )
