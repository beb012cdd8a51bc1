"""Models for whisper.cpp made of CTranslate2's: each number and each token of the one is in the other."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from aisubs.model.errors import AisubsError
from aisubs.weights.ggml.convert import convert
from aisubs.weights.ggml.ctranslate2_file import CTranslate2File
from aisubs.weights.ggml.header import Header, read_header
from aisubs.weights.ggml.place import converted, own_file
from tests.toy_model import TOY


def read(file: Path) -> tuple[list[bytes], dict[str, NDArray[np.float32]]]:
    """Tokens and tensors, as whisper.cpp reads them."""
    data, at = file.read_bytes(), 48

    def numbers(count: int) -> tuple[int, ...]:
        nonlocal at
        at += 4 * count
        return struct.unpack_from(f"<{count}i", data, at - 4 * count)

    rows, columns = numbers(2)
    at += 4 * rows * columns
    tokens = []
    for _ in range(numbers(1)[0]):
        (length,) = numbers(1)
        tokens.append(data[at : at + length])
        at += length
    tensors = {}
    while at < len(data):
        dimensions, length, kind = numbers(3)
        shape = numbers(dimensions)[::-1]
        name = data[at : at + length].decode()
        at += length
        values = np.frombuffer(data, ("<f4", "<f2")[kind], int(np.prod(shape)), at)
        at += values.nbytes
        tensors[name] = values.reshape(shape).astype(np.float32)
    return tokens, tensors


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ggml") / "toy.bin"
    assert convert(TOY, file) == 143
    return file


def test_the_measures_are_told(toy: Path) -> None:
    header = read_header(toy)
    assert header == Header(
        2164, 1500, 128, header.n_audio_head, 4, header.n_text_ctx, 128, header.n_text_head, 3, 80, 1
    )
    assert (header.multilingual, header.languages) == (False, 1)
    assert (replace(header, n_vocab=51865).languages, replace(header, n_vocab=51866).languages) == (99, 100)


def test_every_number_is_there(toy: Path) -> None:
    """The toy's are eight bits with a scale for each row: what the file holds is their product."""
    _, tensors = read(toy)
    with CTranslate2File(TOY / "model.bin") as weights:
        whole = weights.floats("decoder/layer_1/self_attention/linear_0/weight")
        query, key, value = (tensors[f"decoder.blocks.1.attn.{name}.weight"] for name in ("query", "key", "value"))
        np.testing.assert_allclose(np.concatenate([query, key, value]), whole, rtol=1e-3, atol=1e-6)
        cross = weights.floats("decoder/layer_2/attention/linear_1/bias")
        assert not cross[:128].any()
        np.testing.assert_array_equal(tensors["decoder.blocks.2.cross_attn.value.bias"], cross[128:])
        conv = weights.floats("encoder/conv1/weight")
        np.testing.assert_allclose(tensors["encoder.conv1.weight"], conv, rtol=1e-3, atol=1e-6)
        assert tensors["encoder.conv1.bias"].shape == (128, 1)
        np.testing.assert_array_equal(
            tensors["encoder.positional_embedding"], weights.floats("encoder/position_encodings/encodings")
        )
    assert "decoder.blocks.0.attn.key.bias" not in tensors


def test_tokens_are_the_bytes_that_they_write(toy: Path) -> None:
    tokens, _ = read(toy)
    known = json.loads((TOY / "tokenizer.json").read_text())["model"]["vocab"]
    assert b" the" in tokens
    assert tokens.index(b" the") == known["Ġthe"]
    assert len(tokens) == 653, "none for what has no text: the end of it, languages, tasks, times"


@pytest.mark.parametrize("data", [b"", b"not a model", struct.pack("<I", 3) + bytes(60)], ids=["empty", "text", "old"])
def test_what_is_no_model_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(data)
    (tmp_path / "tokenizer.json").write_bytes((TOY / "tokenizer.json").read_bytes())
    with pytest.raises(AisubsError) as refused:
        converted(tmp_path, "broken", tmp_path / "models")
    assert refused.value.code == "model_missing"
    assert not [file for file in (tmp_path / "models").glob("ggml*") if file.is_dir()], "nothing half made stays"
    with pytest.raises(AisubsError) as refused:
        own_file(str(tmp_path / "model.bin"))
    assert refused.value.code == "model_missing"


def test_weights_that_end_too_early_are_told(tmp_path: Path) -> None:
    data = (TOY / "model.bin").read_bytes()
    (tmp_path / "model.bin").write_bytes(data[: len(data) // 2])
    (tmp_path / "tokenizer.json").write_bytes((TOY / "tokenizer.json").read_bytes())
    with pytest.raises(ValueError, match=r"no model|ends before"):
        convert(tmp_path, tmp_path / "half.bin")


def test_it_is_made_once_and_anew_for_other_weights(tmp_path: Path) -> None:
    folder, models = tmp_path / "toy", tmp_path / "models"
    folder.mkdir()
    for file in TOY.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    first = converted(folder, "toy", models)
    made = first.stat()
    assert converted(folder, "toy", models) == first
    assert first.stat().st_mtime_ns == made.st_mtime_ns
    (folder / "tokenizer.json").write_text((folder / "tokenizer.json").read_text() + " ")
    assert converted(folder, "toy", models) != first
