"""A bank of utterances as mel spectra, from which training composes its windows.

Spectra add up (nearly) where waves add up, so a window of several utterances, gains and noise can be put together from
stored power spectra at a fraction of the cost of making waves and transforming them every time.

On disk a bank is `NAME.npy` (float16, log10 of mel power, frames of 10 ms × 80) and `NAME.jsonl` (one utterance
a line).
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from tests.toy_model.espeak import Espeak
from tests.toy_model.grammar import draw_sentence
from tests.toy_model.utterances import Utterance, draw_delivery, draw_voice, speak_sentence

MELS = 80
FRAMES_PER_S = 100
_FLOOR = 1e-10  # Whisper's own floor of mel power


class MelSpectra:
    """Power mel spectra by the very transform that faster-whisper applies, without its logarithm and scaling."""

    def __init__(self) -> None:
        self._extractor = FeatureExtractor()
        self._window = np.hanning(401)[:-1].astype(np.float32)

    def log_power(self, samples: NDArray[np.float32]) -> NDArray[np.float16]:
        """16 kHz samples -> log10 of mel power, [frames, 80]."""
        padded = np.pad(samples, (0, 160)).astype(np.float32)
        spectrum = self._extractor.stft(padded, 400, 160, window=self._window, return_complex=True)
        power = self._extractor.mel_filters @ (np.abs(spectrum[..., :-1]) ** 2)
        log_power: NDArray[np.float16] = np.log10(np.clip(power, _FLOOR, None)).T.astype(np.float16)
        return log_power


@dataclass(frozen=True)
class BankedUtterance:
    """`Utterance` without its samples; `frames` says where its spectrum lies."""

    language: str
    words: list[str]
    bounds_s: list[float]
    phones: list[tuple[float, str]]
    voice: str
    frames: tuple[int, int, int]
    """(file, first frame, end frame)."""


class Bank:
    """Read access to one or more bank files; the spectra stay on disk and are mapped into memory."""

    def __init__(self, paths: list[Path]) -> None:
        self._spectra = [np.load(path.with_suffix(".npy"), mmap_mode="r") for path in paths]
        self.utterances: list[BankedUtterance] = []
        for number, path in enumerate(paths):
            first = 0
            for line in path.with_suffix(".jsonl").read_text().splitlines():
                record = json.loads(line)
                frames = (number, first, first + record.pop("frame_count"))
                first = frames[2]
                self.utterances.append(BankedUtterance(**record, frames=frames))
        self.by_language = {
            code: [u for u in self.utterances if u.language == code] for code in {u.language for u in self.utterances}
        }

    def log_power(self, utterance: BankedUtterance) -> NDArray[np.float32]:
        """[frames, 80], log10 of mel power."""
        number, first, end = utterance.frames
        log_power: NDArray[np.float32] = self._spectra[number][first:end].astype(np.float32)
        return log_power


def _draw_utterance(espeak: Espeak, rng: random.Random, language: str) -> Utterance:
    while True:
        words = draw_sentence(rng, language)
        utterance = speak_sentence(espeak, language, words, draw_voice(rng, language), draw_delivery(rng))
        if utterance is not None:
            return utterance


def build_bank(path: Path, count: int, seed: int) -> None:
    """Speak `count` training sentences (four in five English) and write them to `path`.npy and .jsonl."""
    rng = random.Random(seed)
    espeak, mel = Espeak(), MelSpectra()
    spectra: list[NDArray[np.float16]] = []
    lines: list[str] = []
    for index in range(count):
        utterance = _draw_utterance(espeak, rng, "es" if index % 5 == 4 else "en")
        spectra.append(mel.log_power(utterance.samples))
        lines.append(
            json.dumps(
                {
                    "language": utterance.language,
                    "words": utterance.words,
                    "bounds_s": [round(t, 4) for t in utterance.bounds_s],
                    "phones": [(round(t, 4), name) for t, name in utterance.phones],
                    "voice": utterance.voice,
                    "frame_count": len(spectra[-1]),
                },
                ensure_ascii=False,
            )
        )
        if index % 1000 == 999:
            print(f"  {path.name}: {index + 1} of {count} utterances", flush=True)
    np.save(path.with_suffix(".npy"), np.concatenate(spectra))
    path.with_suffix(".jsonl").write_text("\n".join(lines) + "\n")  # last: its presence says that the bank is whole


def main() -> None:
    """Build one bank file (the stages start two of these side by side)."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args()
    build_bank(arguments.path, arguments.count, arguments.seed)


if __name__ == "__main__":
    main()
