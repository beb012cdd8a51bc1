"""A model's name says which engine it is for, wherever it is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aisubs.model.engine_name import split_engine, with_engine
from aisubs.model.errors import AisubsError
from aisubs.model.speech_model import shown_model, translates
from aisubs.settings import Settings
from aisubs.weights.auto import resolve
from aisubs.weights.folder import filling
from aisubs.weights.ggml.place import remove_converted
from aisubs.weights.sources import Place, is_here, look_for
from tests.toy_model import TOY


@pytest.mark.parametrize(
    ("name", "engine", "own_name", "shown"),
    [
        ("base", "faster-whisper", "base", "base"),
        ("whisper-cpp:base", "whisper-cpp", "base", "whisper-cpp:base"),
        ("whisper-cpp:/models/ggml-small-q5_1.bin", "whisper-cpp", "/models/ggml-small-q5_1.bin", None),
        ("unheard-of:base", "faster-whisper", "unheard-of:base", "unheard-of:base"),
        ("Org/whisper", "faster-whisper", "Org/whisper", "whisper"),
    ],
)
def test_the_prefix_is_the_engine(name: str, engine: str, own_name: str, shown: str | None) -> None:
    assert split_engine(name) == (engine, own_name)
    assert with_engine(engine, own_name) == name
    assert shown_model(name) == (shown or "whisper-cpp:ggml-small-q5_1.bin")


def test_what_it_was_trained_for_does_not_depend_on_the_engine() -> None:
    assert translates("whisper-cpp:base")
    assert not translates("whisper-cpp:large-v3-turbo")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With a model folder that holds the toy as `small`."""
    with filling("small", "here", tmp_path) as waiting:
        assert waiting is not None
        for file in TOY.iterdir():
            if file.name != "aisubs-model.json":
                (waiting / file.name).write_bytes(file.read_bytes())
    return Settings(model_dir=tmp_path, model="whisper-cpp:small")


def test_a_model_that_is_here_is_here_for_both_engines(settings: Settings) -> None:
    assert is_here("small", settings)
    assert is_here("whisper-cpp:small", settings)
    assert not is_here("whisper-cpp:tiny", settings)
    resolved = resolve(settings)
    assert (resolved.settings.model, resolved.found.name) == ("whisper-cpp:small", "whisper-cpp:small")
    assert resolved.found.open().name == "ggml-model.bin"
    assert resolve(resolved.settings).found.open() == resolved.found.open()


def test_what_was_made_of_a_model_can_be_removed_alone(settings: Settings, tmp_path: Path) -> None:
    file = resolve(settings).found.open()
    size_bytes = file.stat().st_size
    assert remove_converted("base", tmp_path) == 0
    assert remove_converted("small", tmp_path) >= size_bytes
    assert not file.exists()
    assert is_here("small", settings)
    assert resolve(settings).found.open().stat().st_size == size_bytes


def test_a_folder_and_a_file_keep_their_place(settings: Settings, tmp_path: Path) -> None:
    of_folder = resolve(settings.model_copy(update={"model": f"whisper-cpp:{TOY}"}))
    assert of_folder.settings.model == f"whisper-cpp:{TOY.resolve()}"
    file = of_folder.found.open()
    by_file = look_for(f"whisper-cpp:{file}", settings)
    assert by_file is not None
    assert (by_file.place, by_file.open(), by_file.name) == (Place.FOLDER, file, "whisper-cpp:ggml-model.bin")
    assert resolve(settings.model_copy(update={"model": f"whisper-cpp:{file}"})).found.open() == file


def test_an_engine_that_is_not_installed_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_pywhispercpp", None)  # what Python itself does with a module that is not there
    assert not is_here("whisper-cpp:small", settings)
    assert is_here("small", settings)
    with pytest.raises(AisubsError) as refused:
        resolve(settings)
    assert refused.value.code == "engine_unusable"
    assert "pip install 'aisubs[whisper-cpp]'" in refused.value.sentence
