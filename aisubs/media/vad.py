"""Silero VAD, fed piece by piece: the same probabilities as over the whole recording at once, from a 1.3 KB state.

The network looks at 512 samples and the 64 before them and carries an LSTM state (h, c). faster-whisper runs the same
ONNX file over everything in one call (`faster_whisper.vad`); tests compare the two bit by bit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aisubs.model.errors import error
from aisubs.ports import Samples

CHUNK_SAMPLES = 512
_CONTEXT_SAMPLES = 64
_STATE_SIZE = 128

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VadState:
    """What the network remembers between chunks: h and c of shape (128,), and the last 64 samples."""

    h: Floats
    c: Floats
    context: Samples

    @classmethod
    def fresh(cls) -> VadState:
        return cls(np.zeros(_STATE_SIZE, "<f4"), np.zeros(_STATE_SIZE, "<f4"), np.zeros(_CONTEXT_SAMPLES, "<f4"))


def values_of(state: VadState) -> bytes:
    """A state as float32 values: h, c, context."""
    return np.concatenate([state.h, state.c, state.context]).astype(np.float32, copy=False).tobytes()


def state_of(data: bytes | bytearray) -> tuple[VadState, Floats]:
    """A state, and the values that follow it. Raises ValueError where there are too few."""
    values = np.frombuffer(data, np.float32)
    h, c, context, rest = np.split(values, np.cumsum([_STATE_SIZE, _STATE_SIZE, _CONTEXT_SAMPLES]))
    if len(context) < _CONTEXT_SAMPLES:
        raise ValueError(f"{len(values)} values are no state")
    return VadState(h, c, context), rest


class Vad(Protocol):
    """Gives the probability of speech for each chunk of 512 samples, in order. `state` may be read and set."""

    state: VadState

    def probabilities(self, samples: Samples) -> Floats:
        """One value of 0..1 for each chunk; `samples` is a whole number of chunks, n > 0."""
        ...

    def last_probabilities(self, samples: Samples) -> Floats:
        """The same for the end of the recording: any number of samples (also 0), padded to one chunk more than fit.

        faster-whisper zeroes the last 64 samples of the last chunk; so must we, to decide as it does.
        """
        padded = np.pad(samples, (0, CHUNK_SAMPLES - len(samples) % CHUNK_SAMPLES))
        padded[-_CONTEXT_SAMPLES:] = 0
        return self.probabilities(padded)


class SileroVad(Vad):
    """The network itself, in this process."""

    def __init__(self, model: Path, state: VadState | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session: Any = onnxruntime.InferenceSession(
            str(model), providers=["CPUExecutionProvider"], sess_options=options
        )
        self.state = state or VadState.fresh()

    def probabilities(self, samples: Samples) -> Floats:
        chunks = samples.reshape(-1, CHUNK_SAMPLES)
        ends = chunks[:, -_CONTEXT_SAMPLES:]
        contexts = np.concatenate([self.state.context[None], ends[:-1]])
        out, h, c = self._session.run(
            None,
            {
                "input": np.concatenate([contexts, chunks], axis=1),
                "h": self.state.h.reshape(1, 1, -1),
                "c": self.state.c.reshape(1, 1, -1),
            },
        )
        self.state = VadState(h.reshape(-1), c.reshape(-1), ends[-1].copy())
        flat: Floats = out.reshape(-1)
        return flat


def find_vad_model() -> Path:
    """The ONNX file that ships with faster-whisper, found without importing it. Raises `model_missing`."""
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        model = Path(folder) / "assets" / "silero_vad_v6.onnx"
        if model.is_file():
            return model
    raise error("model_missing", "faster_whisper/assets/silero_vad_v6.onnx", model="Silero VAD v6")


@lru_cache
def vad_fingerprint(model: Path) -> str:
    """The first 16 hex digits of the SHA-256 of the model file."""
    return hashlib.sha256(model.read_bytes()).hexdigest()[:16]
