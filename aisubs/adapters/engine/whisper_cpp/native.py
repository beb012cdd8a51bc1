"""One loaded model of whisper.cpp: sound in, tokens with times out.

What is known of the library (1.8.5) and decided for it here:

* Its beam search draws candidates by lot, and goes on drawing where the last window has stopped: the same window would
  not say the same twice. So the likeliest token is taken each time (greedy).
* Times are those of its alignment (`t_dtw`), which reads the text once more. It takes down the process where it is
  asked about less than 160 ms, so no window is shorter than a second, none is read in several goes (`no_timestamps`),
  and what is longer than 30 s is not heard.
* A model that could not be loaded is a null pointer that Python cannot see, and whatever is asked of it takes down the
  process. What the library logs while it loads tells.
* It has no say in Python of how probable silence is.
"""

from __future__ import annotations

import atexit
import logging
import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from aisubs.ports import SAMPLES_PER_SECOND, Samples
from aisubs.weights.ggml.header import Header

log = logging.getLogger(__name__)

LONGEST = 30 * SAMPLES_PER_SECOND
SHORTEST = SAMPLES_PER_SECOND
_SAMPLES_PER_STATE = SAMPLES_PER_SECOND // 50
_LEAST_STATES = 150
"""3 s: an encoder that is given less room than this knows nothing."""
_ALIGNMENT_BYTES = 512 << 20
"""Room for the alignment of a long text by a large model; what is not needed of it is never touched."""
_ERROR = 4
"""The library's level of what went wrong."""


@dataclass(frozen=True, slots=True)
class Token:
    """`end_s`: where in the sound the alignment leaves it."""

    text: bytes
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one window says, with the mean log probability per token, that of the end of the text among them."""

    tokens: tuple[Token, ...]
    avg_logprob: float | None


class Native:
    """To be asked by one thread at a time."""

    def __init__(self, file: Path, header: Header, *, threads: int, gpu: bool) -> None:
        """Raises RuntimeError with what the library said."""
        import _pywhispercpp as library

        self._library = library
        self._header = header
        self._threads = threads
        self.languages = tuple(library.whisper_lang_str(at) for at in range(header.languages))
        self._said = _listen()
        self._said.clear()
        parameters = library.whisper_context_default_params()
        parameters.use_gpu = gpu
        parameters.flash_attn = False  # it keeps no attention that words could be aligned by
        parameters.dtw_token_timestamps = True
        parameters.dtw_aheads_preset = _heads(header, file.name)
        parameters.dtw_n_top = max(1, header.n_text_layer // 2)
        parameters.dtw_mem_size = _ALIGNMENT_BYTES
        self._context = library.whisper_init_from_file_with_params(str(file), parameters)
        if self._said:
            raise RuntimeError(self.complaint())
        weakref.finalize(self, library.whisper_free, self._context)

    def complaint(self) -> str:
        """What the library said of what went wrong last."""
        return "; ".join(self._said) or "it does not say why"

    def speak(self, samples: Samples, language: str, *, translate: bool, prompt: str) -> Spoken:
        """Raises RuntimeError."""
        library = self._library
        chosen = library.whisper_full_default_params(library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY)
        chosen.greedy = {"best_of": 1}
        chosen.temperature_inc = 0.0
        chosen.n_threads = self._threads
        chosen.language = language
        chosen.translate = translate
        chosen.no_timestamps = chosen.single_segment = chosen.no_context = True
        chosen.suppress_blank = chosen.suppress_nst = True
        chosen.print_progress = False
        # Loops and silence are judged by whoever asks, with more to go by: nothing is dropped here.
        chosen.entropy_thold, chosen.no_speech_thold = 0.0, 2.0
        if prompt:
            chosen.initial_prompt = prompt
        self._run(chosen, _at_length(samples))
        told = [
            library.whisper_full_get_token_data(self._context, segment, at)
            for segment in range(library.whisper_full_n_segments(self._context))
            for at in range(library.whisper_full_n_tokens(self._context, segment))
        ]
        end = library.whisper_token_eot(self._context)
        texts = [one for one in told if one.id < end]
        return Spoken(
            tuple(
                Token(library.whisper_token_to_bytes(self._context, one.id), one.t_dtw / 100, min(1.0, max(0.0, one.p)))
                for one in texts
            ),
            sum(one.plog for one in told) / len(told) if told else None,
        )

    def odds(self, samples: Samples, *, glance: bool = False) -> list[tuple[str, float]]:
        """Languages with their probabilities, likeliest first. `glance`: by an encoder that has room for this sound
        alone, which is a tenth of the work for a tenth of the sound and not quite what it was trained on.

        Raises RuntimeError. Python waits meanwhile, all of it: the binding keeps its lock."""
        library = self._library
        heard = _at_length(samples)
        self._said.clear()
        states = 0
        if glance:
            states = min(self._header.n_audio_ctx, max(_LEAST_STATES, -(-len(heard) // _SAMPLES_PER_STATE)))
        if library.whisper_pcm_to_mel(self._context, heard, len(heard), self._threads) != 0:
            raise RuntimeError(self.complaint())
        self._give_room(states)
        odds = np.zeros(library.whisper_lang_max_id() + 1, np.float32)
        if library.whisper_lang_auto_detect(self._context, 0, self._threads, odds) < 0:
            raise RuntimeError(self.complaint())
        known = odds[
            : len(self.languages)
        ]  # behind them stand those of larger models, by tokens that mean other things
        ranked = sorted(zip(self.languages, (known / known.sum()).tolist(), strict=True), key=lambda pair: -pair[1])
        return [(language, float(chance)) for language, chance in ranked]

    def _give_room(self, states: int) -> None:
        """How many states the encoder makes of what follows (0: all). Only a run tells it: this is one over nothing."""
        library = self._library
        chosen = library.whisper_full_default_params(library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY)
        chosen.audio_ctx, chosen.duration_ms, chosen.language = states, 100, "en"
        chosen.print_progress = False
        self._run(chosen, np.zeros(0, np.float32))

    def _run(self, chosen: Any, samples: Samples) -> None:
        self._said.clear()
        code = self._library.whisper_full(self._context, chosen, samples, len(samples))
        if code != 0:
            raise RuntimeError(f"{self.complaint()} ({code})")


def has_gpu() -> bool:
    """Whether this build of the library was made for a GPU."""
    import _pywhispercpp as library

    told = str(library.whisper_print_system_info())
    return any(f"{kind} :" in told for kind in ("CUDA", "Metal", "MTL", "VULKAN", "Vulkan", "SYCL", "ROCm"))


@cache
def _listen() -> deque[str]:
    """The library's complaints from now on, instead of all that it would write to the terminal."""
    import _pywhispercpp as library

    said: deque[str] = deque(maxlen=5)

    def hear(level: int, text: str) -> None:
        log.debug("whisper_cpp.said", extra={"said": text.strip()})
        if level == _ERROR and text.strip():
            said.append(text.strip())

    library.whisper_log_set(hear)
    atexit.register(library.whisper_log_set, None)  # it would be called, or let go of, when Python is gone
    return said


def _at_length(samples: Samples) -> Samples:
    heard = np.ascontiguousarray(samples[:LONGEST], np.float32)
    return heard if len(heard) >= SHORTEST else np.pad(heard, (0, SHORTEST - len(heard)))


def _heads(header: Header, name: str) -> Any:
    """Which attention follows the sound, as OpenAI has found it out for each of its models; for others, all of the
    upper half. Models of one size that were trained anew are told apart by their names alone."""
    import _pywhispercpp as library

    presets: Any = library.whisper_alignment_heads_preset
    sizes: Sequence[tuple[int, int, str]] = (
        (4, 4, "TINY"),
        (6, 6, "BASE"),
        (12, 12, "SMALL"),
        (24, 24, "MEDIUM"),
        (32, 4, "LARGE_V3_TURBO"),
        (32, 32, "LARGE"),
    )
    size = {(audio, text): told for audio, text, told in sizes}.get((header.n_audio_layer, header.n_text_layer))
    if size is None:
        return presets.WHISPER_AHEADS_N_TOP_MOST
    if size == "LARGE":
        size = "LARGE_V3" if header.n_mels == 128 else "LARGE_V1" if "v1" in name else "LARGE_V2"
    elif not header.multilingual:
        size += "_EN"
    return getattr(presets, f"WHISPER_AHEADS_{size}")
