"""What a person may tell the model: names that it does not know, and that the text shall be English."""

from __future__ import annotations

import re

from tests.real_recordings import recording
from tests.recognition.conftest import Listener


def test_hotwords_bring_a_name_that_the_model_does_not_know(base: Listener) -> None:
    clip = recording("mixed/hotwords.mp3")
    name = re.compile("Comfy ?UI")  # without timestamp tokens base writes two words, as it does in faster-whisper
    assert not name.search(base.hear(clip).text)
    assert name.search(base.hear(clip, hotwords="ComfyUI").text)


def test_a_prompt_does_the_same(base: Listener) -> None:
    assert "ComfyUI" in base.hear(recording("mixed/hotwords.mp3"), initial_prompt="ComfyUI.").text


def test_french_is_translated(base: Listener) -> None:
    heard = base.hear(recording("languages/fr_bonjour_monde.flac"), task="translate")
    assert heard.language == "fr"
    assert "world" in heard.text.lower()
