"""English read aloud by people: an American president, and readers of Austen and of LibriSpeech."""

from __future__ import annotations

import pytest

from tests.real_recordings import recording
from tests.recognition.conftest import Listener
from tests.recognition.scores import word_error_rate


def references() -> dict[str, str]:
    lines = recording("read/refs.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@pytest.mark.parametrize("model", ["base", "tiny_en"])
def test_a_president_is_understood_word_for_word(model: str, request: pytest.FixtureRequest) -> None:
    listener: Listener = request.getfixturevalue(model)
    heard = listener.hear(recording("read/jfk.flac"))
    assert heard.language == "en"
    assert word_error_rate(references()["jfk.flac"], heard.text) == 0


@pytest.mark.parametrize(("model", "most"), [("base", 0.05), ("tiny_en", 0.1)])
def test_readers_are_understood(model: str, most: float, request: pytest.FixtureRequest) -> None:
    """Measured: base 3 wrong words of 106, tiny.en 7; one is the reference's own (a reader stammers)."""
    listener: Listener = request.getfixturevalue(model)
    said = {name: text for name, text in references().items() if name != "jfk.flac"}
    heard = [listener.hear(recording(f"read/{name}")).text for name in said]
    assert len(said) == 7
    assert word_error_rate(list(said.values()), heard) <= most
