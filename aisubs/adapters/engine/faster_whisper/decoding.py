"""Log-mel features in, tokens out: the encoder and the beam search, with the options of one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aisubs.model.errors import error
from aisubs.model.job import Options

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

    from aisubs.ports import Prepared


@dataclass(frozen=True, slots=True)
class Pass:
    """How one beam search is steered. The first pass is that of upstream's batches."""

    timestamps: bool = False
    prompted: bool = True


_FALLBACKS = (Pass(timestamps=True, prompted=False), Pass(prompted=False))


def first_pass(options: Options) -> Pass:
    """Words bring their own times; without them timestamp tokens are all that tells where a sentence stands."""
    return Pass(timestamps=not options.word_timestamps)


def fallbacks(options: Options) -> tuple[Pass, ...]:
    """Deterministic second opinions: beam search, never sampling. The prompt is left out, as it can be echoed; with
    timestamp tokens the decoder says where it is, and fails at other places. Without a prompt, one of them would be the
    first pass again."""
    prompted = bool(options.initial_prompt or options.hotwords)
    return tuple(one for one in _FALLBACKS if prompted or one.timestamps != first_pass(options).timestamps)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Tokens of one window (text and timestamps) with the mean log probability per token."""

    tokens: list[int]
    avg_logprob: float
    no_speech_prob: float


def make_tokenizer(model: WhisperModel, language: str, task: str) -> Tokenizer:
    """Raises `bad_language` for a language that this model was not trained on."""
    from faster_whisper.tokenizer import Tokenizer

    multilingual: bool = model.model.is_multilingual
    known = language in model.supported_languages
    if not known or (multilingual and model.hf_tokenizer.token_to_id(f"<|{language}|>") is None):
        raise error("bad_language", f"not among the {len(model.supported_languages)} of this model", language=language)
    return Tokenizer(model.hf_tokenizer, multilingual, task=task, language=language)


def encode(model: WhisperModel, batch: Sequence[Prepared]) -> Any:
    """Run the encoder: (n, n_mels, n_frames <= 3000) padded to 30 s -> states of shape (n, 1500, d) on the device."""
    from faster_whisper.audio import pad_or_trim

    return model.encode(np.stack([pad_or_trim(prepared.features) for prepared in batch]))


def generate(
    model: WhisperModel, tokenizer: Tokenizer, states: Any, windows: int, options: Options, steer: Pass, beam_size: int
) -> list[Decoded]:
    """Beam search over `windows` windows at once; tokens are those of upstream for the same batch and options."""
    from faster_whisper.transcribe import get_suppressed_tokens

    prompt = _prompt(model, tokenizer, options, steer)
    results = model.model.generate(
        states,
        [prompt] * windows,
        beam_size=beam_size,
        patience=1,
        length_penalty=1,
        max_length=model.max_length,
        suppress_blank=True,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        return_scores=True,
        return_no_speech_prob=True,
        sampling_temperature=0.0,
    )
    return [
        Decoded(
            tokens=list(result.sequences_ids[0]),
            # The score is the mean over the tokens; the end token, which upstream counts too, is not among them.
            avg_logprob=result.scores[0] * len(result.sequences_ids[0]) / (len(result.sequences_ids[0]) + 1),
            no_speech_prob=result.no_speech_prob,
        )
        for result in results
    ]


def _prompt(model: WhisperModel, tokenizer: Tokenizer, options: Options, steer: Pass) -> list[int]:
    """As upstream, but prompt and hotwords share half of the context: together they could leave no room for text."""
    told = options if steer.prompted else Options()
    room = model.max_length // 2 - 1
    hotwords = (told.hotwords or "").strip()
    earlier = tokenizer.encode(told.initial_prompt) if told.initial_prompt else []
    left = max(0, room - len(tokenizer.encode(f" {hotwords}") if hotwords else ()))
    prompt: list[int] = model.get_prompt(
        tokenizer,
        previous_tokens=earlier[-left:] if left else [],
        without_timestamps=not steer.timestamps,
        hotwords=hotwords or None,
    )
    return prompt
