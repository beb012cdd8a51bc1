"""The toy model: it is small, loads offline, transcribes the samples, and its page says what was measured."""

import json
import random
import re

import numpy as np
import pytest

from tests.speech import FOLDER, MEETING, SAMPLE_VIDEO, TOY, clips, expected_words, read_audio
from tests.toy_model import grammar, lexicon, page, scripts
from tests.toy_model.error_rate import count_word_errors, spoken_words, word_error_rate

pytestmark = pytest.mark.slow

MIB = 2**20


@pytest.fixture(scope="module")
def whisper():
    faster_whisper = pytest.importorskip("faster_whisper")
    return faster_whisper.WhisperModel(
        str(TOY), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )


def _batched(whisper, samples):
    from faster_whisper import BatchedInferencePipeline

    options = {"batch_size": 8, "without_timestamps": False, "word_timestamps": True}
    return list(BatchedInferencePipeline(whisper).transcribe(samples, **options)[0])


def _with_vad(whisper, samples):
    return list(whisper.transcribe(samples, vad_filter=True, condition_on_previous_text=False)[0])


def _text(segments) -> str:
    return " ".join(segment.text for segment in segments)


def test_is_small():
    assert sum(file.stat().st_size for file in TOY.iterdir()) <= 8 * MIB
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 3 * MIB


@pytest.mark.parametrize("transcribe", [_batched, _with_vad])
def test_transcribes_the_sample_video(whisper, transcribe):
    heard = _text(transcribe(whisper, read_audio(SAMPLE_VIDEO)))
    assert word_error_rate(" ".join(expected_words(SAMPLE_VIDEO)), heard) <= 0.05


def test_transcribes_the_meeting(whisper):
    heard = _text(_batched(whisper, read_audio(MEETING)))
    assert word_error_rate(" ".join(expected_words(MEETING)), heard) <= 0.08


def test_times_of_the_sample_are_right(whisper):
    words = [word for segment in _batched(whisper, read_audio(SAMPLE_VIDEO)) for word in segment.words]
    lines = json.loads(SAMPLE_VIDEO.with_suffix(".json").read_text())
    starts_s = {line["text"].split()[0]: line["start_ms"] / 1000 for line in lines}
    for first in ("please", "one", "thank"):  # each is said once and follows a pause
        heard = [word.start for word in words if spoken_words(word.word) == [first]]
        assert heard == [pytest.approx(starts_s[first], abs=0.15)]


@pytest.mark.parametrize(("language", "prompt"), [("en", None), (None, "Meeting of the Acme project, zażółć")])
def test_takes_a_given_language_and_any_prompt(whisper, language, prompt):
    segments, info = whisper.transcribe(read_audio(SAMPLE_VIDEO), language=language, initial_prompt=prompt)
    assert len(spoken_words(_text(segments))) > 50
    assert info.language == "en"


def test_silence_stays_silent(whisper):
    segments, _ = whisper.transcribe(np.zeros(16_000 * 12, np.float32), language="en")
    assert _text(segments) == ""


def test_vocabulary_is_that_of_the_lexicon():
    vocabulary = json.loads((TOY / "vocabulary.json").read_text())
    tokens = pytest.importorskip("tests.toy_model.tokens")
    assert set(vocabulary) == set(tokens.VOCABULARY)
    assert vocabulary[-tokens.TIMESTAMPS :] == list(tokens.VOCABULARY[-tokens.TIMESTAMPS :])


def test_page_shows_the_measured_numbers():
    recorded = json.loads(page.RESULTS.read_text())
    assert page.shown_table() == page.results_table(recorded)


@pytest.mark.parametrize(("name", "words"), [("english", lexicon.ENGLISH), ("spanish", lexicon.SPANISH)])
def test_page_lists_the_words(name, words):
    listed = re.search(rf"<!-- {name}: .*? -->(.*?)<!-- end -->", page.README.read_text(), re.DOTALL)
    assert listed
    assert tuple(listed[1].split()) == words


def test_measured_rates_keep_the_promise():
    natural = json.loads(page.RESULTS.read_text())["shipped"]["natural"]["modes"]
    assert all(numbers["word_error_rate_percent"] <= 5 for numbers in natural.values())


def test_samples_and_patterns_use_only_known_words():
    for line in (*scripts.SAMPLE, *scripts.MEETING):
        assert set(line.text.split()) <= set(lexicon.ENGLISH)
    rng = random.Random(1)
    for language, patterns in grammar.PATTERNS.items():
        for pattern in patterns:
            assert set(grammar.fill_pattern(rng, pattern)) <= set(lexicon.WORDS_BY_LANGUAGE[language])


def test_training_never_draws_a_held_out_sentence():
    rng = random.Random(2)
    trained = {" ".join(grammar.draw_sentence(rng, "en")) for _ in range(3000)}
    evaluated = {" ".join(grammar.draw_sentence(rng, "en", held_out=True)) for _ in range(300)}
    assert not trained & evaluated


def test_sample_words_are_what_the_scripts_say():
    for path, script in ((SAMPLE_VIDEO, scripts.SAMPLE), (MEETING, scripts.MEETING)):
        assert path.with_suffix(".txt").read_text().splitlines() == [line.text for line in script]
        assert [line["text"] for line in json.loads(path.with_suffix(".json").read_text())] == [
            line.text for line in script
        ]
    assert [clip.text for clip in clips()] == [line.text for line in scripts.MEETING]


@pytest.mark.parametrize(
    ("expected", "heard", "errors"),
    [
        ("one two three", "One, two three.", 0),
        ("one two three", "one three", 1),
        ("one two three", "one two two three", 1),
        ("one two three", "one four three five", 2),
        ("one two", "", 2),
        ("días", "dias", 1),
    ],
)
def test_counts_word_errors(expected, heard, errors):
    assert count_word_errors(spoken_words(expected), spoken_words(heard)) == errors


def test_word_error_rate_needs_words():
    with pytest.raises(ValueError, match="no expected words"):
        word_error_rate("…", "anything")
