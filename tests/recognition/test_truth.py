"""What people reported of other tools: repeated sentences, languages that change, a groan that becomes the prompt."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import numpy as np
import pytest

from aisubs.ports import Samples
from tests.real_recordings import recording
from tests.recognition.conftest import Listener
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio
from tests.unit.test_media_joined import amr


def language(code: str) -> Samples:
    """All sentences in one language, in the order of their files."""
    folder = recording(f"languages/{code}_{FIRST[code]}.flac").parent
    return np.concatenate([read_audio(path) for path in sorted(folder.glob(f"{code}_*.flac"))])


FIRST = {"es": "conteo", "fr": "comptage", "ja": "kazoeru", "pl": "liczenie"}


def english() -> Samples:
    """The opening of A Tale of Two Cities: ten clauses that begin with "It was"."""
    return read_audio(recording("read/two_cities.flac"))[: 21 * SAMPLE_RATE_HZ]


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)


def written(folder: Path, *parts: Samples) -> Path:
    return write_audio(np.concatenate(parts), folder / "recording.wav")


def test_a_sentence_said_five_times_is_written_five_times(base: Listener, tmp_path: Path) -> None:
    once = read_audio(recording("languages/en_quick_brown_fox.flac"))
    heard = base.hear(written(tmp_path, *[once] * 5))
    assert len(re.findall("lazy dog", heard.text, re.IGNORECASE)) == 5
    assert heard.transcript["coverage"]["unresolved_ms"] == 0


def test_each_stretch_is_written_in_its_own_language(base: Listener, tmp_path: Path) -> None:
    heard = base.hear(written(tmp_path, english(), language("es"), language("fr"), english()))
    assert len(re.findall("It was the", heard.text, re.IGNORECASE)) >= 19
    assert re.search("hola,? mundo", heard.text, re.IGNORECASE)
    assert "vieux whisky" in heard.text
    tagged = [segment["language"] for segment in heard.transcript["segments"]]
    assert [code for code, before in zip(tagged, [None, *tagged], strict=False) if code != before] == [
        "en",
        "es",
        "fr",
        "en",
    ]


@pytest.mark.parametrize("options", [{}, {"language": "en"}], ids=["unasked", "english asked for"])
def test_a_pause_between_two_languages_tears_nothing(base: Listener, tmp_path: Path, options: dict[str, str]) -> None:
    before = language("ja")
    begins_ms = 1000 * len(before) / SAMPLE_RATE_HZ + 30_000
    heard = base.hear(written(tmp_path, before, silence(30), english()), **options)
    clauses = [segment for segment in heard.transcript["segments"] if "It was" in segment["text"]]
    assert len(re.findall("It was", heard.text, re.IGNORECASE)) >= 8
    assert clauses
    assert all(segment["language"] == "en" and segment["start_ms"] >= begins_ms - 200 for segment in clauses)
    assert {segment["language"] for segment in heard.transcript["segments"]} == {"ja", "en"}


@pytest.mark.parametrize("options", [{}, {"language": "en"}, {"languages": ["en", "pl"]}], ids=["", "en", "en or pl"])
def test_few_words_before_a_pause_decide_neither_the_language_nor_the_times_behind_it(
    base: Listener, tmp_path: Path, options: dict[str, str]
) -> None:
    """All in one window, which base takes for Polish or Portuguese as a whole, and all but a few words are English."""
    before = language("pl")
    begins_ms = 1000 * len(before) / SAMPLE_RATE_HZ + 30_000
    heard = base.hear(written(tmp_path, before, silence(30), english()), **options)
    assert heard.language == "en"
    clauses = [segment for segment in heard.transcript["segments"] if "It was" in segment["text"]]
    assert len(re.findall("It was the", heard.text)) >= 9
    assert all(segment["language"] == "en" and segment["start_ms"] >= begins_ms - 200 for segment in clauses)


def test_a_groan_does_not_become_the_prompt(base: Listener, tmp_path: Path) -> None:
    backwards = language("fr")[::-1]
    groan = 0.5 * backwards[round(1.4 * SAMPLE_RATE_HZ) : round(2.0 * SAMPLE_RATE_HZ)]
    prompt = {"initial_prompt": "Interview with Dr. Vávra about OpenTofu.", "hotwords": "OpenTofu, Vávra, Terraform"}
    heard = base.hear(written(tmp_path, silence(8), groan, silence(8)), language="en", **prompt)
    assert not re.search("Vávra|OpenTofu", heard.text)


def heard_clauses(base: Listener, path: Path) -> int:
    return len(re.findall("It was the", base.hear(path).text, re.IGNORECASE))


def stereo(path: Path, left: Samples, right: Samples) -> Path:
    values = np.round(np.stack([left, right], axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(values.tobytes())
    return path


@pytest.mark.parametrize("turned_from_s", [0, 10.3], ids=["all of it", "the second half"])
def test_a_turned_wire_silences_nothing(base: Listener, tmp_path: Path, turned_from_s: float) -> None:
    turned = english().copy()
    turned[round(turned_from_s * SAMPLE_RATE_HZ) :] *= -1
    assert heard_clauses(base, stereo(tmp_path / "turned.wav", english(), turned)) >= 8


def test_the_silence_that_a_telephone_did_not_send_hides_nothing(base: Listener, tmp_path: Path) -> None:
    path = tmp_path / "call.amr"
    path.write_bytes(amr(english(), "amr"))
    assert heard_clauses(base, path) >= 8


def test_joined_mp3s_are_heard_to_their_end(base: Listener, tmp_path: Path) -> None:
    at = round(10.4 * SAMPLE_RATE_HZ)
    parts = [
        write_audio(english()[:at], tmp_path / "a.mp3", rate_hz=44_100),
        write_audio(english()[at:], tmp_path / "b.mp3", rate_hz=48_000, layout="stereo"),
    ]
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert heard_clauses(base, joined) >= 8


def test_nothing_is_heard_in_a_language_that_is_not_spoken(base: Listener, tmp_path: Path) -> None:
    """Base takes the Polish of these voices for Latvian, Lithuanian and Portuguese."""
    parts = (english(), silence(30), language("pl"))
    heard = base.hear(written(tmp_path, *parts), languages=["en", "pl"])
    tagged = {segment["language"] for segment in heard.transcript["segments"]}
    assert "en" in tagged <= {"en", "pl"}
    assert len(re.findall("It was the", heard.text)) >= 8


def test_a_licence_read_in_two_languages_is_written_in_both(base: Listener) -> None:
    heard = base.hear(recording("mixed/multilingual.mp3"))
    texts = {
        code: "".join(s["text"] for s in heard.transcript["segments"] if s["language"] == code) for code in ("en", "de")
    }
    assert re.search("permission", texts["en"], re.IGNORECASE)
    assert re.search("erlaubnis|hiermit|lizenz", texts["de"], re.IGNORECASE)
    assert not re.search(" the ", texts["de"])
