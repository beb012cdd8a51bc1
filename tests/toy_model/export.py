"""Writes a trained network as a CTranslate2 model folder that faster-whisper loads without any network access."""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from ctranslate2.specs import attention_spec, common_spec, transformer_spec, whisper_spec
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.toy_model import tokens
from tests.toy_model.network import Attention, EncoderLayer, ToyWhisper

_NEVER_SAID = (
    "<|startoftranscript|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>",
)  # fmt: skip


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.detach().float().numpy())


def _set_linear(spec: common_spec.LinearSpec, *parts: nn.Linear) -> None:
    """One linear layer of CTranslate2, or several fused into one; a missing bias becomes zeros."""
    biases = [part.bias if part.bias is not None else torch.zeros(part.out_features) for part in parts]
    spec.weight = _array(torch.cat([part.weight for part in parts]))
    spec.bias = _array(torch.cat(biases))


def _set_norm(spec: common_spec.LayerNormSpec, norm: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(norm.weight), _array(norm.bias)


def _set_self_attention(spec: attention_spec.MultiHeadAttentionSpec, attention: Attention, norm: nn.LayerNorm) -> None:
    _set_linear(spec.linear[0], attention.query, attention.key, attention.value)
    _set_linear(spec.linear[1], attention.out)
    _set_norm(spec.layer_norm, norm)


def _set_cross_attention(spec: attention_spec.MultiHeadAttentionSpec, attention: Attention, norm: nn.LayerNorm) -> None:
    _set_linear(spec.linear[0], attention.query)
    _set_linear(spec.linear[1], attention.key, attention.value)
    _set_linear(spec.linear[2], attention.out)
    _set_norm(spec.layer_norm, norm)


def _set_feed_forward(spec: transformer_spec.FeedForwardSpec, layer: EncoderLayer) -> None:
    _set_linear(spec.linear_0, layer.hidden_in)
    _set_linear(spec.linear_1, layer.hidden_out)
    _set_norm(spec.layer_norm, layer.hidden_norm)


def _specification(network: ToyWhisper) -> whisper_spec.WhisperSpec:
    """The network in CTranslate2's terms."""
    shape, encoder, decoder = network.shape, network.encoder, network.decoder
    spec = whisper_spec.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    for target, convolution in ((spec.encoder.conv1, encoder.conv1), (spec.encoder.conv2, encoder.conv2)):
        target.weight, target.bias = _array(convolution.weight), _array(convolution.bias)
    spec.encoder.position_encodings.encodings = _array(encoder.positions * encoder.position_scale)
    _set_norm(spec.encoder.layer_norm, encoder.norm)
    for target, layer in zip(spec.encoder.layer, encoder.layers, strict=True):
        _set_self_attention(target.self_attention, layer.attention, layer.attention_norm)
        _set_feed_forward(target.ffn, layer)
    spec.decoder.embeddings.weight = _array(decoder.embedding.weight)
    spec.decoder.projection.weight = _array(decoder.embedding.weight)
    spec.decoder.position_encodings.encodings = _array(decoder.positions)
    _set_norm(spec.decoder.layer_norm, decoder.norm)
    for target, layer in zip(spec.decoder.layer, decoder.layers, strict=True):
        _set_self_attention(target.self_attention, layer.attention, layer.attention_norm)
        _set_cross_attention(target.attention, layer.cross, layer.cross_norm)
        _set_feed_forward(target.ffn, layer)
    return spec


def _configure(spec: whisper_spec.WhisperSpec, network: ToyWhisper) -> None:
    spec.register_vocabulary(list(tokens.VOCABULARY))
    config = spec.config
    config.suppress_ids = [tokens.SPECIAL[token] for token in _NEVER_SAID]
    # Whisper also forbids an empty answer here; ours may say nothing, so that silence stays silent.
    config.suppress_ids_begin = [tokens.SPACE_BYTE]
    config.lang_ids = [tokens.SPECIAL[f"<|{code}|>"] for code in tokens.LANGUAGES]
    last = network.shape.decoder_layers - 1
    config.alignment_heads = [[last, head] for head in range(network.shape.guided_heads[last])]


def export_model(network: ToyWhisper, folder: Path, quantization: str = "int8_float16") -> None:
    """Write `folder` anew: weights, vocabulary, tokenizer and feature settings."""
    network.eval()
    spec = _specification(network)
    _configure(spec, network)
    spec.validate()
    spec.optimize(quantization=quantization)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    tokens.write_tokenizer(folder / "tokenizer.json")
    features = {"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features) + "\n")


def main() -> None:
    """Export a checkpoint of training."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quantization", default="int8_float16", help="as CTranslate2 names it")
    arguments = parser.parse_args()
    network = ToyWhisper()
    network.load_state_dict(torch.load(arguments.checkpoint))
    export_model(network, arguments.folder, arguments.quantization)


if __name__ == "__main__":
    main()
