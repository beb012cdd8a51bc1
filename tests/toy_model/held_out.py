"""The evaluation sets: recordings of held-out sentences, some of them in held-out voices.

Made anew each time from fixed seeds, so nothing has to be stored. Training never speaks a held-out sentence
(`grammar.py`) and never hears a held-out voice (`utterances.py`).
"""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.toy_model.espeak import Espeak
from tests.toy_model.grammar import draw_sentence
from tests.toy_model.utterances import SAMPLE_RATE_HZ, draw_delivery, draw_voice, speak_sentence


@dataclass(frozen=True)
class EvaluationSet:
    """What is spoken, by whom, and how much of it."""

    name: str
    description: str
    recordings: int
    sentences: int
    """Per recording."""
    natural_share: float
    """Sentences that make sense; the others are random strings of words."""
    language: str = "en"
    held_out_voices: bool = False
    noise_ratio_db: float | None = None
    """Signal to white noise; None for silence between the words."""


SETS = (
    EvaluationSet("natural", "natural sentences", 10, 8, 1.0),
    EvaluationSet("strings", "random strings of words", 10, 8, 0.0),
    EvaluationSet("new voices", "half strings, voices never heard in training", 10, 8, 0.5, held_out_voices=True),
    EvaluationSet("noise", "half strings, white noise 20 dB below the speech", 10, 8, 0.5, noise_ratio_db=20),
    EvaluationSet("spanish", "half strings, Spanish, language detected", 8, 8, 0.5, language="es"),
    EvaluationSet("long", "one recording of about six minutes, half strings", 1, 120, 0.5),
)


@dataclass(frozen=True)
class Sentence:
    """A spoken sentence and the true bounds of its words, in seconds of its recording."""

    words: list[str]
    bounds_s: list[float]


@dataclass(frozen=True)
class Recording:
    """16 kHz samples and what is said in them."""

    samples: NDArray[np.float32]
    sentences: list[Sentence]


def make_recordings(chosen: EvaluationSet, espeak: Espeak, seed: int = 20_26) -> list[Recording]:
    """The recordings of a set, the same for the same seed."""
    rng = random.Random(f"{seed} {chosen.name}")
    return [_make_recording(chosen, espeak, rng) for _ in range(chosen.recordings)]


def _make_recording(chosen: EvaluationSet, espeak: Espeak, rng: random.Random) -> Recording:
    pieces = [np.zeros(int(rng.uniform(0.1, 0.8) * SAMPLE_RATE_HZ), np.float32)]
    length = len(pieces[0])
    sentences: list[Sentence] = []
    while len(sentences) < chosen.sentences:
        words = draw_sentence(rng, chosen.language, chosen.natural_share, held_out=True)
        voice = draw_voice(rng, chosen.language, chosen.held_out_voices)
        utterance = speak_sentence(espeak, chosen.language, words, voice, draw_delivery(rng))
        if utterance is None:
            continue
        start_s = length / SAMPLE_RATE_HZ
        sentences.append(Sentence(words, [bound + start_s for bound in utterance.bounds_s]))
        pause = np.zeros(int(rng.uniform(0.25, 1.5) * SAMPLE_RATE_HZ), np.float32)
        pieces += [utterance.samples * np.float32(10 ** (rng.uniform(-18, -3) / 20)), pause]
        length += len(utterance.samples) + len(pause)
    samples = np.concatenate(pieces)
    if chosen.noise_ratio_db is not None:
        level = float(np.sqrt(np.mean(samples**2))) * 10 ** (-chosen.noise_ratio_db / 20)
        noise = np.random.default_rng(rng.randrange(2**32)).standard_normal(len(samples))
        samples += (level * noise).astype(np.float32)
    return Recording(samples, sentences)
