"""whisper.cpp beyond the port: it says what faster-whisper says; what would take down the process is told instead."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from aisubs.adapters.engine.whisper_cpp.native import Token, has_gpu
from aisubs.adapters.engine.whisper_cpp.words import text_of as text_of_tokens
from aisubs.adapters.engine.whisper_cpp.words import words_of
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.settings import Settings
from aisubs.weights.sources import find_model
from aisubs.wiring_engine import make_engine
from tests.engines import RATE, loaded, text_of, windows_of
from tests.recognition.scores import word_error_rate
from tests.speech import long_recording

NAME = "whisper-cpp"


def test_it_says_what_faster_whisper_says_with_the_same_weights(base_model: Path) -> None:
    """With as many hypotheses, one, and in full precision: what else differs is how the sums are rounded."""
    other = make_engine(Settings(model="base", compute_type="float32", beam_size=1, cpu_threads=1))
    recording = long_recording(20, seed=5)
    pieces = windows_of(recording.samples())
    ours, theirs = (
        "".join(text_of(engine.transcribe([engine.prepare(one)], "en", Options())[0]) for one in pieces)
        for engine in (loaded(NAME), other)
    )
    assert word_error_rate(theirs, ours) <= 0.02
    assert word_error_rate(" ".join(recording.words), ours) <= word_error_rate(" ".join(recording.words), theirs) + 0.02


def test_words_stand_where_they_are_spoken(base_model: Path) -> None:
    engine, recording = loaded(NAME), long_recording(20, seed=5)
    answers = engine.transcribe([engine.prepare(one) for one in windows_of(recording.samples())], "en", Options())
    words = [word for segments in answers for segment in segments for word in segment.words]
    starts = [placed.start * 1000 // RATE + 40 for placed in recording.placed]
    off = [min(abs(word.start_ms - start_ms) for word in words) for start_ms in starts]
    assert median(off) < 120
    ends = [placed.end * 1000 // RATE - 40 for placed in recording.placed]
    assert median(min(abs(word.end_ms - end_ms) for word in words) for end_ms in ends) < 150


def test_prompt_and_hotwords_reach_the_decoder(base_model: Path) -> None:
    """What it was told before changes how probable everything is, and each of them in its own way."""
    engine = loaded(NAME)
    piece = engine.prepare(windows_of(long_recording(20, seed=5).samples(), 8)[0])
    told = [
        engine.transcribe([piece], "en", options)[0]
        for options in (Options(), Options(initial_prompt="A new recording."), Options(hotwords="dog Bob"))
    ]
    assert len({segments[0].avg_logprob for segments in told}) == 3
    assert all("dog" in text_of(segments) for segments in told)


def test_more_threads_say_the_same(base_model: Path) -> None:
    two = make_engine(Settings(model="whisper-cpp:base", cpu_threads=2))
    piece = windows_of(long_recording(20, seed=5).samples(), 8)[0]
    assert two.fingerprint == loaded(NAME).fingerprint
    answers = [engine.transcribe([engine.prepare(piece)], "en", Options()) for engine in (two, loaded(NAME))]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("damage", ["short", "other"])
def test_a_file_that_is_no_model_is_told(tmp_path: Path, base_model: Path, damage: str) -> None:
    file = tmp_path / "ggml-broken.bin"
    data = find_model("whisper-cpp:base", Settings()).open().read_bytes() if damage == "short" else b"RIFF" * 100
    file.write_bytes(data[: len(data) // 3])
    with pytest.raises(AisubsError) as refused:
        make_engine(Settings(model=f"whisper-cpp:{file}"))
    assert refused.value.code == "model_missing"


def test_a_gpu_that_its_build_does_not_know_is_told(base_model: Path) -> None:
    if has_gpu():
        pytest.skip("this build of whisper.cpp knows a GPU")
    with pytest.raises(AisubsError) as refused:
        make_engine(Settings(model="whisper-cpp:base", device="cuda"))
    assert refused.value.code == "model_missing"


def tokens(*told: tuple[bytes, float]) -> list[Token]:
    return [Token(text, end_s, 0.5) for text, end_s in told]


def test_punctuation_joins_its_word_and_takes_none_of_its_time() -> None:
    words = words_of(
        tokens((b" Yes", 0.5), (b",", 1.2), (b" it", 1.4), (b" is", 1.6), (b"n't", 1.8), (b".", 2.5)), "en", 0, 9
    )
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        (" Yes,", 0.0, 0.5),
        (" it", 1.2, 1.4),
        (" isn't.", 1.4, 1.8),
    ]


def test_characters_of_several_tokens_are_whole() -> None:
    snow, word = "雪".encode(), "が".encode()
    told = tokens((snow[:1], 0.2), (snow[1:], 0.4), (word, 0.6), ("。".encode(), 0.9), (b"\xe9", 1.0))
    assert text_of_tokens(told) == "雪が。\N{REPLACEMENT CHARACTER}"
    assert [word.text for word in words_of(told, "ja", 0, 9)] == ["雪", "が。", "\N{REPLACEMENT CHARACTER}"]


def test_words_spell_the_text_whatever_the_spaces() -> None:
    told = tokens((b" ", 0.1), (b' "', 0.2), (b"Hello", 0.5), (b" ", 0.6), (b" there", 0.8), (b" ", 1.0))
    assert "".join(word.text for word in words_of(told, "en", 0, 9)) == text_of_tokens(told)
    assert words_of(tokens((b" ", 0.1)), "en", 0, 9) == []


def test_silence_in_front_is_taken_off_the_times() -> None:
    [one, other] = words_of(tokens((b" One", 0.4), (b" two", 2.0)), "en", 0.5, 1.4)
    assert (one.start_s, one.end_s, other.start_s, other.end_s) == (0.0, 0.0, 0.0, 1.4)
