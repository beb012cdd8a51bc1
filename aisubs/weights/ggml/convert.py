"""Weights of CTranslate2 written anew for whisper.cpp: the same numbers, so what they hear is the same.

A folder as faster-whisper has it holds all that such a file wants: weights, vocabulary, and how many bands the sound is
heard in. Matrices become float16, as in the files that whisper.cpp's project publishes. Source of the format: what
whisper.cpp reads (src/whisper.cpp, `whisper_model_load`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from aisubs.weights.folder import TOKENIZER, WEIGHTS
from aisubs.weights.ggml.ctranslate2_file import CTranslate2File
from aisubs.weights.ggml.header import MAGIC, Header

Tensor = tuple[str, NDArray[np.float32]]

_FLOAT32, _FLOAT16 = 0, 1
_SPECTRUM = 201
"""Bins of Whisper's spectrum, of 400 samples."""
_END_OF_TEXT = "<|endoftext|>"


def convert(folder: Path, target: Path) -> int:
    """Write the model of `folder` as `target`; returns how many tensors that are. Raises ValueError for what is no
    Whisper model, and OSError."""
    tokens = _vocabulary(folder / TOKENIZER)
    with CTranslate2File(folder / WEIGHTS) as weights, target.open("wb") as out:
        if weights.spec != "WhisperSpec":
            raise ValueError(f"{weights.spec} is no Whisper model")
        header = _header(weights)
        out.write(struct.pack("<I", MAGIC) + header.packed())
        _write_filters(out, header.n_mels)
        out.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            out.write(struct.pack("<i", len(token)) + token)
        count = 0
        for name, tensor in _tensors(weights, header):
            _write(out, name, tensor)
            count += 1
    return count


def _header(weights: CTranslate2File) -> Header:
    n_vocab, n_text_state = weights.shape("decoder/embeddings/weight")
    n_audio_ctx, n_audio_state = weights.shape("encoder/position_encodings/encodings")
    return Header(
        n_vocab=n_vocab,
        n_audio_ctx=n_audio_ctx,
        n_audio_state=n_audio_state,
        n_audio_head=weights.number("encoder/num_heads"),
        n_audio_layer=_layers(weights, "encoder"),
        n_text_ctx=weights.shape("decoder/position_encodings/encodings")[0],
        n_text_state=n_text_state,
        n_text_head=weights.number("decoder/num_heads"),
        n_text_layer=_layers(weights, "decoder"),
        n_mels=weights.shape("encoder/conv1/weight")[1],
        ftype=_FLOAT16,
    )


def _layers(weights: CTranslate2File, half: str) -> int:
    rooms = {name.split("/")[1] for name in weights.names() if name.startswith(f"{half}/layer_")}
    return len(rooms - {"layer_norm"})


def _tensors(weights: CTranslate2File, header: Header) -> Iterator[Tensor]:
    read = weights.floats
    yield "encoder.positional_embedding", read("encoder/position_encodings/encodings")
    for conv in ("conv1", "conv2"):
        yield f"encoder.{conv}.weight", read(f"encoder/{conv}/weight")
        yield f"encoder.{conv}.bias", read(f"encoder/{conv}/bias")[:, np.newaxis]
    yield from _norm(weights, "encoder/layer_norm", "encoder.ln_post")
    yield "decoder.positional_embedding", read("decoder/position_encodings/encodings")
    yield "decoder.token_embedding.weight", read("decoder/embeddings/weight")
    yield from _norm(weights, "decoder/layer_norm", "decoder.ln")
    for half, layers in (("encoder", header.n_audio_layer), ("decoder", header.n_text_layer)):
        for layer in range(layers):
            theirs, ours = f"{half}/layer_{layer}", f"{half}.blocks.{layer}"
            yield from _own_attention(weights, f"{theirs}/self_attention", ours)
            if half == "decoder":
                yield from _cross_attention(weights, f"{theirs}/attention", ours)
            yield from _norm(weights, f"{theirs}/ffn/layer_norm", f"{ours}.mlp_ln")
            yield from _linear(weights, f"{theirs}/ffn/linear_0", f"{ours}.mlp.0")
            yield from _linear(weights, f"{theirs}/ffn/linear_1", f"{ours}.mlp.2")


def _own_attention(weights: CTranslate2File, theirs: str, ours: str) -> Iterator[Tensor]:
    """CTranslate2 keeps query, key and value as one matrix."""
    yield from _norm(weights, f"{theirs}/layer_norm", f"{ours}.attn_ln")
    yield from _parted(weights, f"{theirs}/linear_0", f"{ours}.attn", ("query", "key", "value"))
    yield from _linear(weights, f"{theirs}/linear_1", f"{ours}.attn.out")


def _cross_attention(weights: CTranslate2File, theirs: str, ours: str) -> Iterator[Tensor]:
    yield from _norm(weights, f"{theirs}/layer_norm", f"{ours}.cross_attn_ln")
    yield from _linear(weights, f"{theirs}/linear_0", f"{ours}.cross_attn.query")
    yield from _parted(weights, f"{theirs}/linear_1", f"{ours}.cross_attn", ("key", "value"))
    yield from _linear(weights, f"{theirs}/linear_2", f"{ours}.cross_attn.out")


def _parted(weights: CTranslate2File, theirs: str, ours: str, names: tuple[str, ...]) -> Iterator[Tensor]:
    matrices = np.split(weights.floats(f"{theirs}/weight"), len(names))
    biases = np.split(weights.floats(f"{theirs}/bias"), len(names))
    for name, matrix, bias in zip(names, matrices, biases, strict=True):
        yield f"{ours}.{name}.weight", matrix
        if name == "key":  # Whisper's keys have no bias, and whisper.cpp has no place for one
            if bias.any():
                raise ValueError("keys with a bias cannot be told to whisper.cpp")
            continue
        yield f"{ours}.{name}.bias", bias


def _linear(weights: CTranslate2File, theirs: str, ours: str) -> Iterator[Tensor]:
    yield f"{ours}.weight", weights.floats(f"{theirs}/weight")
    yield f"{ours}.bias", weights.floats(f"{theirs}/bias")


def _norm(weights: CTranslate2File, theirs: str, ours: str) -> Iterator[Tensor]:
    yield f"{ours}.weight", weights.floats(f"{theirs}/gamma")
    yield f"{ours}.bias", weights.floats(f"{theirs}/beta")


def _write(out: BinaryIO, name: str, tensor: NDArray[np.float32]) -> None:
    """Matrices in float16, but for those that whisper.cpp wants in float32. Dimensions are told last one first."""
    small = tensor.ndim < 2 or name.endswith("positional_embedding") or name.endswith(("conv1.bias", "conv2.bias"))
    label = name.encode()
    out.write(struct.pack("<3i", tensor.ndim, len(label), _FLOAT32 if small else _FLOAT16))
    out.write(struct.pack(f"<{tensor.ndim}i", *reversed(tensor.shape)) + label)
    out.write(np.ascontiguousarray(tensor, "<f4" if small else "<f2").tobytes())


def _write_filters(out: BinaryIO, n_mels: int) -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    filters = np.ascontiguousarray(FeatureExtractor(feature_size=n_mels).mel_filters, "<f4")
    if filters.shape != (n_mels, _SPECTRUM):
        raise ValueError(f"filters of shape {filters.shape} are not Whisper's")
    out.write(struct.pack("<2i", *filters.shape) + filters.tobytes())


def _vocabulary(tokenizer: Path) -> list[bytes]:
    """What each token of text writes, in the order of their numbers. Those behind the end of text have no text."""
    told = json.loads(tokenizer.read_bytes())
    try:
        known: dict[str, int] = told["model"]["vocab"]
        special = {token["content"]: int(token["id"]) for token in told["added_tokens"]}
        end = special.get(_END_OF_TEXT, known.get(_END_OF_TEXT))
        texts = {number: text for text, number in known.items()}
        if end is None:
            raise ValueError(f"no {_END_OF_TEXT} in {tokenizer}")
        bytes_of = _bytes_of_letters()
        return [bytes(bytes_of[letter] for letter in texts[number]) for number in range(end)]
    except (KeyError, TypeError) as fault:
        raise ValueError(f"{tokenizer} is not the tokenizer of a Whisper model") from fault


def _bytes_of_letters() -> dict[str, int]:
    """The letter by which a byte-level vocabulary writes each byte: itself where it is seen, else one from 256 on."""
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    unseen = [byte for byte in range(256) if byte not in set(seen)]
    return {chr(byte): byte for byte in seen} | {chr(256 + index): byte for index, byte in enumerate(unseen)}
