"""Makes a Whisper of any size with random weights, for speed and memory: its words mean nothing.

The weights are drawn from a fixed seed, so peers get the very same model. No download, no torch: the specification of
CTranslate2 is filled with numpy arrays. The tokenizer is our own (bytes and made-up tokens, the ids of Whisper).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

TEXT_TOKENS = 50257


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of a Whisper. `width` is the model dimension; heads are 64 wide, as in all of Whisper's models."""

    encoder_layers: int
    decoder_layers: int
    width: int
    mels: int

    @property
    def heads(self) -> int:
        return self.width // 64


SHAPES = {
    "tiny": Shape(encoder_layers=4, decoder_layers=4, width=384, mels=80),
    "large-v3-turbo": Shape(encoder_layers=32, decoder_layers=4, width=1280, mels=128),
}


def make_random_model(shape: Shape, directory: Path, seed: int = 0, compute_type: str = "float16") -> Path:
    """Write a model directory that `faster_whisper.WhisperModel` loads; returns it."""
    directory.mkdir(parents=True, exist_ok=True)
    tokens = _tokens()
    spec = WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    _fill(spec, shape, len(tokens), np.random.default_rng(seed))
    spec.register_vocabulary(tokens)
    first_language = tokens.index("<|en|>")
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = list(range(first_language, first_language + len(_LANGUAGE_CODES)))
    spec.config.alignment_heads = [(shape.decoder_layers - 1, head) for head in range(min(4, shape.heads))]
    spec.validate()
    spec.optimize(quantization=compute_type)
    spec.save(str(directory))
    _write_tokenizer(tokens, directory)
    (directory / "preprocessor_config.json").write_text(json.dumps({"feature_size": shape.mels}))
    return directory


def _tokens() -> list[str]:
    """The vocabulary in Whisper's order: text, end, start, languages, tasks, timestamps."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    text = [*alphabet, *(f"Ġw{number}" for number in range(TEXT_TOKENS - len(alphabet) - 1)), ""]
    marks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    special = ["endoftext", "startoftranscript", *_LANGUAGE_CODES, *marks]
    times = [f"<|{step * 0.02:.2f}|>" for step in range(1501)]
    return [*text, *(f"<|{name}|>" for name in special), *times]


def _write_tokenizer(tokens: list[str], directory: Path) -> None:
    text = tokens[:TEXT_TOKENS]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(text)}, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in tokens[TEXT_TOKENS:-1501]])
    tokenizer.save(str(directory / "tokenizer.json"))


def _fill(spec: Any, shape: Shape, vocabulary: int, random: np.random.Generator) -> None:
    def weights(*size: int) -> Any:
        return (random.standard_normal(size, dtype=np.float32) / np.sqrt(size[-1])).astype(np.float16)

    def zeros(size: int) -> Any:
        return np.zeros(size, dtype=np.float16)

    def linear(layer: Any, outputs: int, inputs: int) -> None:
        layer.weight, layer.bias = weights(outputs, inputs), zeros(outputs)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(width, dtype=np.float16), zeros(width)

    def attention(layer: Any, fused: tuple[int, ...]) -> None:
        norm(layer.layer_norm)
        for index, parts in enumerate(fused):
            linear(layer.linear[index], parts * width, width)

    width = shape.width
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(width, shape.mels, 3), zeros(width)
    encoder.conv2.weight, encoder.conv2.bias = weights(width, width, 3), zeros(width)
    encoder.position_encodings.encodings = weights(1500, width)
    decoder.embeddings.weight = weights(vocabulary, width)
    # Its logit is 0 while the best of 50,000 random ones is far above: every window uses its whole token budget.
    decoder.embeddings.weight[TEXT_TOKENS] = 0
    decoder.position_encodings.encodings = weights(448, width)
    decoder.projection.weight = decoder.embeddings.weight
    for side in (encoder, decoder):
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, (3, 1))
            if side is decoder:
                attention(layer.attention, (1, 2, 1))
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, 4 * width, width)
            linear(layer.ffn.linear_1, width, 4 * width)
