"""Composes training windows on the fly: utterances with gaps and gains, room and noise, cut and padded for Whisper."""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.toy_model.bank import FRAMES_PER_S, MELS, Bank, BankedUtterance

_SILENT_SHARE = 0.03
_REPEAT_SHARE = 0.08  # the same sentence again: otherwise the decoder learns to loop or to skip where words come back
_SPANISH_SHARE = 0.2


@dataclass(frozen=True)
class PlacedUtterance:
    """An utterance at its place; times in seconds from the start of the window."""

    words: list[str]
    bounds_s: list[float]
    phones: list[tuple[float, str]]
    whole: bool
    """False where the end of the content cuts it off."""


@dataclass(frozen=True)
class Window:
    """What the encoder sees, and what was said in it."""

    language: str
    features: NDArray[np.float32]
    """[frames of 10 ms, 80], scaled as Whisper does; exactly 0 beyond the content."""
    utterances: list[PlacedUtterance]
    content_s: float


class WindowComposer:
    """Draws windows from a bank; the same seed gives the same windows."""

    def __init__(self, bank: Bank, seed: int) -> None:
        self._bank = bank
        self.random = random.Random(seed)
        self._noise = np.random.default_rng(seed)

    def draw_sentence(self, language: str) -> list[str]:
        """Words of some utterance, for the text that is said to precede a window."""
        return self.random.choice(self._bank.by_language[language]).words

    def compose(self, frames: int) -> Window:
        """A window of `frames` × 10 ms; every second one holds less content than that and is padded."""
        rng = self.random
        language = "es" if rng.random() < _SPANISH_SHARE else "en"
        content = frames if rng.random() < 0.5 else rng.randint(frames // 4, frames)
        power = np.zeros((frames, MELS), np.float32)
        silent = rng.random() < _SILENT_SHARE
        placed = [] if silent else self._place_utterances(power, language, content)
        self._add_noise(power)
        self._colour(power)
        return Window(language, self._scale(power, content), placed, content / FRAMES_PER_S)

    def _first_start(self) -> float:
        kind = self.random.random()
        if kind < 0.6:
            return self.random.uniform(0, 0.3)
        return self.random.uniform(0.3, 1) if kind < 0.9 else self.random.uniform(1, 4)

    def _gap(self, dense: bool) -> float:
        """Seconds to the next utterance; `dense` ones are as close as after faster-whisper's VAD has cut the pauses."""
        kind = self.random.random()
        if dense or kind < 0.5:
            return self.random.uniform(0.15, 0.6)
        return self.random.uniform(0.6, 2) if kind < 0.9 else self.random.uniform(2, 6)

    def _place_utterances(self, power: NDArray[np.float32], language: str, content: int) -> list[PlacedUtterance]:
        rng = self.random
        window_gain_db = rng.uniform(-18, 0)
        dense = rng.random() < 0.5
        placed: list[PlacedUtterance] = []
        chosen: BankedUtterance | None = None
        start = int(self._first_start() * FRAMES_PER_S)
        while start < content - 15:
            if chosen is None or rng.random() >= _REPEAT_SHARE:
                chosen = rng.choice(self._bank.by_language[language])
            spectrum = self._bank.log_power(chosen)
            kept = min(len(spectrum), content - start)
            gain = 10 ** ((window_gain_db + rng.uniform(-3, 3)) / 10)
            power[start : start + kept] += gain * 10 ** spectrum[:kept]
            shift = start / FRAMES_PER_S
            placed.append(
                PlacedUtterance(
                    chosen.words,
                    [bound + shift for bound in chosen.bounds_s],
                    [(begin + shift, name) for begin, name in chosen.phones],
                    whole=start + len(spectrum) - 5 <= content,
                )
            )
            start += len(spectrum) + int(self._gap(dense) * FRAMES_PER_S)
            if rng.random() < 0.04:
                break
        return placed

    def _add_noise(self, power: NDArray[np.float32]) -> None:
        """Stationary noise in half of the windows: mostly 25 to 60 dB below the speech, sometimes 12 to 25 dB."""
        rng = self.random
        kind = rng.random()
        if kind >= 0.55:
            return
        ratio_db = rng.uniform(25, 60) if kind < 0.4 else rng.uniform(12, 25)
        level = float(power.max(axis=1).mean()) or 1.0
        slope = 10 ** np.linspace(0, rng.uniform(-2.5, 0.3), MELS, dtype=np.float32)
        grain = self._noise.gamma(rng.choice((1.0, 2.0)), 1.0, power.shape).astype(np.float32)
        power += grain * slope * (0.1 * level * 10 ** (-ratio_db / 10) / float(slope.mean()))

    def _colour(self, power: NDArray[np.float32]) -> None:
        """Microphones and codecs: a spectral tilt, a low-pass."""
        rng = self.random
        if rng.random() < 0.3:
            power *= 10 ** np.linspace(0, rng.uniform(-1.5, 0.7), MELS, dtype=np.float32)
        if rng.random() < 0.15:
            power[:, rng.randint(56, 78) :] *= 1e-5

    def _scale(self, power: NDArray[np.float32], content: int) -> NDArray[np.float32]:
        """Whisper's scaling of log-mel spectra; padding is 0 *after* it, as in faster-whisper's `pad_or_trim`."""
        log_power = np.log10(np.clip(power, 1e-10, None))
        # Whisper clips 8 decades below the loudest moment of the whole file, which a window can't know: vary it.
        peak = log_power[:content].max() + (self.random.uniform(0, 1) if self.random.random() < 0.3 else 0)
        features: NDArray[np.float32] = (np.maximum(log_power, peak - 8) + 4) / 4
        if self.random.random() < 0.3:  # SpecAugment (Park et al. 2019), one narrow band
            first = self.random.randint(0, 70)
            features[:, first : first + self.random.randint(1, 8)] = features[:content].min()
        features[content:] = 0
        return features
