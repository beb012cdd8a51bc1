"""DIARIZER: what is chosen, and what is told where that cannot be."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.wiring_workers import deciders_of, diarizer_of, diarizes, why_no_diarizer

IS_INSTALLED = find_spec("pyannote") is not None and find_spec("pyannote.audio") is not None


def told(settings: Settings) -> AisubsError:
    """Before any work, and again by whoever would do it."""
    why = why_no_diarizer(settings)
    with pytest.raises(AisubsError) as caught:
        diarizer_of(settings)
    assert why is not None
    assert str(caught.value) == str(why)
    assert not diarizes(settings, "local")
    return why


def test_none_is_said_plainly() -> None:
    settings = Settings(diarizer="none")
    assert told(settings).code == "diarizer_off"
    assert not diarizes(settings, "cloud"), "whatever its image holds"
    assert len(deciders_of(settings)) == 1, "what was kept before can still be decided on"


def test_without_weights_ours_says_how_to_get_them(tmp_path: Path) -> None:
    settings = Settings(model_dir=tmp_path)
    assert told(settings).code == "no_diarizer"
    assert diarizes(settings, "cloud"), "its image has them"


@pytest.mark.skipif(IS_INSTALLED, reason="pyannote.audio is installed here")
def test_pyannote_that_is_not_installed_is_told_and_nothing_is_imported(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("pipeline: {}")
    fault = told(Settings(diarizer="pyannote", speaker_model_dir=tmp_path))
    assert fault.code == "diarizer_unusable"
    assert "pyannote.audio is not installed (`pip install 'aisubs[pyannote]'`" in fault.sentence
    assert len(deciders_of(Settings(diarizer="pyannote"))) == 1


@pytest.mark.skipif(not IS_INSTALLED, reason="pyannote.audio is not installed here (it is an image of its own)")
def test_pyannote_without_a_folder_or_with_a_broken_one_is_told(tmp_path: Path) -> None:
    settings = Settings(diarizer="pyannote", speaker_model_dir=tmp_path, device="cpu")
    assert "SPEAKER_MODEL_DIR must name a folder" in told(settings).sentence
    (tmp_path / "config.yaml").write_text("pipeline: {name: pyannote.audio.pipelines.NoSuchThing}")
    with pytest.raises(AisubsError) as caught:
        diarizer_of(settings).voices([], {})
    assert caught.value.code == "diarizer_failed"
