"""A MarianMT model for CTranslate2 of some kilobytes, made here: random weights, pieces learned from a few sentences.

What it writes is no language; that it is loaded, fed and read as a converted opus-mt model is what it is for.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.common_spec import Activation

SENTENCES = ["Good morning, everybody.", "The house stands by the water.", "Guten Morgen!", "Das Haus am Wasser."] * 20
WIDTH, HEADS, INNER, LAYERS, PLACES = 32, 4, 64, 2, 512


def make_tiny_marian(folder: Path, *, tags: tuple[str, ...] = (), seed: int = 1) -> Path:
    """`folder` with model.bin, config.json, the vocabulary, source.spm and target.spm, as the converter leaves them."""
    pieces = _pieces()
    folder.mkdir(parents=True)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(pieces)
    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    known = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    vocabulary = ["</s>", "<unk>", *tags, *(piece for piece in known if piece not in ("</s>", "<unk>", "<s>"))]
    spec = TransformerSpec.from_config(LAYERS, HEADS, pre_norm=False, activation=Activation.SWISH)
    spec.config.eos_token = spec.config.decoder_start_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.decoder.start_from_zero_embedding = True
    _fill(spec, len(vocabulary), np.random.default_rng(seed))
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.save(str(folder))
    return folder


def _pieces() -> bytes:
    made, how = BytesIO(), {"vocab_size": 60, "hard_vocab_limit": False, "bos_id": -1, "minloglevel": 2}
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(SENTENCES), model_writer=made, **how)
    return made.getvalue()


def _fill(spec: TransformerSpec, words: int, dice: np.random.Generator) -> None:
    def some(*shape: int) -> np.ndarray:
        return (dice.standard_normal(shape) / 4).astype(np.float32)

    def attention(layer: object, across: bool) -> None:
        whole = [(WIDTH, WIDTH), (2 * WIDTH, WIDTH)] if across else [(3 * WIDTH, WIDTH)]
        for linear, size in zip(layer.linear, [*whole, (WIDTH, WIDTH)], strict=True):  # type: ignore[attr-defined]
            linear.weight, linear.bias = some(*size), some(size[0])
        norm(layer.layer_norm)  # type: ignore[attr-defined]

    def norm(layer: object) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)  # type: ignore[attr-defined]

    def forward(layer: object) -> None:
        layer.linear_0.weight, layer.linear_0.bias = some(INNER, WIDTH), some(INNER)  # type: ignore[attr-defined]
        layer.linear_1.weight, layer.linear_1.bias = some(WIDTH, INNER), some(WIDTH)  # type: ignore[attr-defined]
        norm(layer.layer_norm)  # type: ignore[attr-defined]

    embedded, places = some(words, WIDTH), some(PLACES, WIDTH)
    spec.encoder.embeddings[0].weight = embedded
    spec.decoder.embeddings.weight = embedded
    spec.decoder.projection.weight, spec.decoder.projection.bias = embedded, some(words)
    for side in (spec.encoder, spec.decoder):
        side.scale_embeddings = True
        side.position_encodings.encodings = places
        for layer in side.layer:
            attention(layer.self_attention, False)
            if side is spec.decoder:
                attention(layer.attention, True)
            forward(layer.ffn)
