"""Sounds in which nobody says a word, made by script: what lies between and behind speech in real recordings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aisubs.ports import Samples
from tests.speech import SAMPLE_RATE_HZ as RATE

Wave = NDArray[np.float64]


def sound(name: str, seconds: float, seed: int = 1) -> Samples:
    """One of SOUNDS, its loudest sample at 0.3 (a tenth of full power); silence stays as it is."""
    made = SOUNDS[name](round(seconds * RATE), np.random.default_rng((seed, len(name))))
    loudest = float(np.abs(made).max(initial=0.0))
    return (made * (0.3 / loudest if loudest else 0.0)).astype(np.float32)


def over_telephone(samples: Samples, low_hz: float = 300, high_hz: float = 3400) -> Samples:
    """Nothing but the band that telephones carry."""
    spectrum, hertz = np.fft.rfft(samples), np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def _noise(count: int, dice: np.random.Generator, power: float, low_hz: float = 20, high_hz: float = 8000) -> Wave:
    """Noise whose spectrum falls with frequency ** power, between two corners."""
    spectrum = np.fft.rfft(dice.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= np.where((hertz >= low_hz) & (hertz <= high_hz), np.maximum(hertz, 1.0) ** -power, 0.0)
    made: Wave = np.fft.irfft(spectrum, count)
    return made / max(float(made.std()), 1e-9)


def _clicks(count: int, dice: np.random.Generator) -> Wave:
    made = np.zeros(count)
    for at in dice.integers(0, count - 200, max(1, count // RATE)):
        made[at : at + 80] += dice.standard_normal(80) * np.exp(-np.arange(80) / 12)
    return made


def _hum(count: int, _: np.random.Generator) -> Wave:
    times = np.arange(count) / RATE
    return sum((np.sin(2 * np.pi * 50 * n * times) / n for n in range(1, 8)), np.zeros(count))


def _dtmf(count: int, dice: np.random.Generator) -> Wave:
    made, key = np.zeros(count), RATE // 5
    for begin in range(0, count - key, key):
        times = np.arange(key // 2) / RATE
        pair = dice.choice((697, 770, 852, 941)), dice.choice((1209, 1336, 1477))
        made[begin : begin + key // 2] = sum(np.sin(2 * np.pi * hertz * times) for hertz in pair)
    return made


def _note(hertz: float, seconds: float) -> Wave:
    times = np.arange(round(seconds * RATE)) / RATE
    voice = sum((np.sin(2 * np.pi * hertz * n * times) / n**1.5 for n in range(1, 7)), np.zeros(len(times)))
    made: Wave = voice * np.exp(-3 * times / seconds) * np.minimum(1, times * 100)
    return made


def _jingle(count: int, dice: np.random.Generator) -> Wave:
    made = np.zeros(count + 2 * RATE)
    scale = 261.6 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    at = 0
    while at < count:
        note = _note(float(dice.choice(scale)), 0.5)
        made[at : at + len(note)] += note
        at += round(float(dice.choice((0.15, 0.3))) * RATE)
    return made[:count]


def _music(count: int, dice: np.random.Generator) -> Wave:
    """Chords of four bars over drums."""
    made = np.zeros(count + 4 * RATE)
    for beat, at in enumerate(range(0, count, RATE // 2)):
        root = 110.0 * 2 ** ((0, 5, 7, 3)[beat // 4 % 4] / 12)
        for step in (0, 4, 7):
            note = _note(root * 2 ** (step / 12), 0.9)
            made[at : at + len(note)] += note
        drum = dice.standard_normal(2400) * np.exp(-np.arange(2400) / (600 if beat % 2 else 200))
        made[at : at + 2400] += drum
    return made[:count]


def _machine(count: int, dice: np.random.Generator) -> Wave:
    """A motor: strokes of noise, twelve a second, over a hum."""
    times = np.arange(count) / RATE
    strokes = np.clip(np.sin(2 * np.pi * 12 * times), 0, None) ** 2
    return _noise(count, dice, 0.5, 80, 4000) * strokes + 0.3 * _hum(count, dice)


def _breathing(count: int, dice: np.random.Generator) -> Wave:
    times = np.arange(count) / RATE
    breath = np.clip(np.sin(2 * np.pi * 0.25 * times), 0, None) ** 2 + 0.6 * np.clip(
        np.sin(2 * np.pi * 0.25 * times + 2.6), 0, None
    )
    return _noise(count, dice, 0.7, 300, 5000) * breath


def _applause(count: int, dice: np.random.Generator) -> Wave:
    made = np.zeros(count + RATE)
    for at in dice.integers(0, count, count // RATE * 120):
        length = int(dice.integers(200, 600))
        made[at : at + length] += dice.standard_normal(length) * np.exp(-np.arange(length) / 90) * dice.uniform(0.2, 1)
    return made[:count]


def _ringing(count: int, _: np.random.Generator) -> Wave:
    """A telephone: a second of bell in every three."""
    times = np.arange(count) / RATE
    bell = np.sin(2 * np.pi * 480 * times) + np.sin(2 * np.pi * 440 * times)
    return bell * (times % 3 < 1) * (np.sin(2 * np.pi * 20 * times) > 0)


def _birds(count: int, dice: np.random.Generator) -> Wave:
    made = np.zeros(count + RATE)
    for at in dice.integers(0, count, count // RATE * 2):
        times = np.arange(RATE // 6) / RATE
        sweep = 2500 + 1500 * np.sin(2 * np.pi * float(dice.uniform(4, 14)) * times)
        made[at : at + len(times)] += np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.hanning(len(times))
    return made[:count]


def _humming(count: int, dice: np.random.Generator) -> Wave:
    """Somebody hums with closed lips: a voice without a word."""
    times = np.arange(count) / RATE
    pitch = 130 * 2 ** (np.repeat(dice.choice((0, 2, 4, 5, 7), count // (RATE // 2) + 1), RATE // 2)[:count] / 12)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.01 * np.sin(2 * np.pi * 5 * times))) / RATE
    made: Wave = sum((np.sin(n * phase) * np.exp(-n / 3) for n in range(1, 12)), np.zeros(count))
    return made * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * times))


def _throat(source: Wave, formants: tuple[float, ...]) -> Wave:
    """A sound as it leaves a mouth that forms a vowel: loud around a few frequencies."""
    spectrum, hertz = np.fft.rfft(source), np.fft.rfftfreq(len(source), 1 / RATE)
    shape = sum((1 / (1 + ((hertz - formant) / 90) ** 2) for formant in formants), np.zeros(len(hertz)))
    made: Wave = np.fft.irfft(spectrum * shape, len(source))
    return made / max(float(np.abs(made).max()), 1e-9)


def _glottis(count: int, pitch: Wave) -> Wave:
    phase = np.cumsum(pitch) / RATE
    return np.diff(np.floor(phase), prepend=0.0)[:count]


def _utterances(
    count: int, dice: np.random.Generator, seconds: tuple[float, float], make: Callable[[int], Wave], every_s: float
) -> Wave:
    """Sounds of a throat, each of its own length, with pauses of about `every_s`."""
    made, at = np.zeros(count), 0
    while at < count:
        length = min(round(float(dice.uniform(*seconds)) * RATE), count - at)
        made[at : at + length] += make(length) * np.hanning(length) ** 0.5
        at += length + round(float(dice.uniform(0.5, 1.5)) * every_s * RATE)
    return made


def _groans(count: int, dice: np.random.Generator) -> Wave:
    def groan(length: int) -> Wave:
        pitch = np.linspace(dice.uniform(110, 160), dice.uniform(70, 110), length)
        return _throat(_glottis(length, pitch), (420, 1000, 2400))

    return _utterances(count, dice, (0.5, 1.5), groan, 6.0)


def _coughs(count: int, dice: np.random.Generator) -> Wave:
    def cough(length: int) -> Wave:
        return _throat(dice.standard_normal(length), (600, 1400, 3000)) * np.exp(-4 * np.arange(length) / length)

    return _utterances(count, dice, (0.2, 0.4), cough, 3.0)


def _singing(count: int, dice: np.random.Generator) -> Wave:
    """A vowel on one note after the other."""

    def note(length: int) -> Wave:
        times = np.arange(length) / RATE
        pitch = 220 * 2 ** (float(dice.choice((0, 2, 4, 5, 7, 9))) / 12) * (1 + 0.015 * np.sin(2 * np.pi * 5.5 * times))
        return _throat(_glottis(length, pitch), (700, 1150, 2700))

    return _utterances(count, dice, (1.0, 3.0), note, 0.5)


SOUNDS: dict[str, Callable[[int, np.random.Generator], Wave]] = {
    "silence": lambda count, _: np.zeros(count),
    "silence with clicks": _clicks,
    "white noise": lambda count, dice: _noise(count, dice, 0.0),
    "wind": lambda count, dice: _noise(count, dice, 1.0) * (1 + np.sin(np.arange(count) / RATE)),
    "a tone": lambda count, _: np.sin(2 * np.pi * 440 * np.arange(count) / RATE),
    "mains hum": _hum,
    "keys of a telephone": _dtmf,
    "a telephone rings": _ringing,
    "a jingle": _jingle,
    "music": _music,
    "a machine": _machine,
    "breathing": _breathing,
    "applause": _applause,
    "birds": _birds,
    "somebody hums": _humming,
    "groans": _groans,
    "coughs": _coughs,
    "a vowel is sung": _singing,
}
