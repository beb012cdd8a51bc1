"""The real faster-whisper with the toy model; tokens compared with its own batched pipeline."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline
from faster_whisper.transcribe import Segment as UpstreamSegment

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.adapters.engine.faster_whisper.decoding import (
    Pass,
    encode,
    fallbacks,
    first_pass,
    generate,
    make_tokenizer,
)
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.ports import Piece, Prepared
from aisubs.settings import Settings
from tests.engines import RATE, copy_of_toy, meeting, prepare, text_of, windows_of
from tests.speech import clips, long_recording


@cache
def load(**settings: object) -> FasterWhisperEngine:
    return FasterWhisperEngine.load(Settings(cpu_threads=1, **settings))


@pytest.fixture
def engine() -> FasterWhisperEngine:
    return load()


def transcribe(engine: FasterWhisperEngine, options: Options, batch_size: int) -> list[tuple[Segment, ...]]:
    pieces = prepare(engine, meeting())
    batches = [pieces[first : first + batch_size] for first in range(0, len(pieces), batch_size)]
    return [answer for batch in batches for answer in engine.transcribe(batch, options.language or "en", options)]


def ask_upstream(engine: FasterWhisperEngine, batch_size: int, **options: object) -> list[list[UpstreamSegment]]:
    """What the batched pipeline answers for the meeting, window by window."""
    given = {"language": "en", **options}
    told, _ = BatchedInferencePipeline(engine._whisper).transcribe(meeting(), batch_size=batch_size, **given)
    return [list(window) for _, window in groupby(told, key=lambda segment: segment.seek)]


def words_in(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z']+", text.lower()))


CHOICES = {
    "default": {},
    "prompt": {"initial_prompt": "The meeting of the team."},
    "hotwords": {"hotwords": "budget project"},
    "both": {"initial_prompt": "Good morning.", "hotwords": "budget"},
    "translate": {"task": "translate"},
    "spanish": {"language": "es"},
}


@pytest.mark.parametrize("choice", CHOICES)
def test_text_and_scores_equal_upstream(engine: FasterWhisperEngine, choice: str) -> None:
    given = CHOICES[choice]
    upstream = ask_upstream(engine, batch_size=3, **given)
    answers = transcribe(engine, Options(**given), batch_size=3)
    assert len(answers) > 2
    for answer, theirs in zip(answers, upstream, strict=True):
        assert text_of(answer) == "".join(segment.text for segment in theirs)
        assert {segment.avg_logprob for segment in answer} == {round(theirs[0].avg_logprob, 4)}
        assert {segment.no_speech_prob for segment in answer} == {round(theirs[0].no_speech_prob, 4)}


@pytest.mark.parametrize("timestamps", [True, False])
@pytest.mark.parametrize("batch_size", [1, 4])
def test_tokens_equal_upstream(engine: FasterWhisperEngine, batch_size: int, timestamps: bool) -> None:
    upstream = ask_upstream(engine, batch_size, without_timestamps=not timestamps)
    tokenizer = make_tokenizer(engine._whisper, "en", "transcribe")
    pieces = prepare(engine, meeting())
    ours = []
    for first in range(0, len(pieces), batch_size):
        batch = pieces[first : first + batch_size]
        states = encode(engine._whisper, batch)
        steer = Pass(timestamps=timestamps)
        ours += [one.tokens for one in generate(engine._whisper, tokenizer, states, len(batch), Options(), steer, 5)]
    theirs = [[token for segment in window for token in segment.tokens] for window in upstream]
    kept = [tokens[: len(their)] if timestamps else tokens for tokens, their in zip(ours, theirs, strict=True)]
    assert kept == theirs


def test_greedy_search_equals_upstream() -> None:
    engine = load(beam_size=1)
    upstream = ask_upstream(engine, batch_size=4, beam_size=1)
    for answer, theirs in zip(transcribe(engine, Options(), batch_size=4), upstream, strict=True):
        assert text_of(answer) == "".join(segment.text for segment in theirs)


def test_segments_without_words_follow_the_timestamps(engine: FasterWhisperEngine) -> None:
    upstream = ask_upstream(engine, batch_size=4, without_timestamps=False)
    without = transcribe(engine, Options(word_timestamps=False), batch_size=4)
    for answer, theirs in zip(without, upstream, strict=True):
        # Upstream leaves out what follows the last timestamp of a window; it must never be the other way round.
        assert text_of(answer).startswith("".join(segment.text for segment in theirs))
        times = [time for segment in answer for time in (segment.start_ms, segment.end_ms)]
        assert times == sorted(times)
        assert len(answer) > 1
        assert not any(segment.words for segment in answer)


def test_sentences_stand_where_they_were_spoken(engine: FasterWhisperEngine) -> None:
    recording = long_recording(60, seed=3)
    answers = engine.transcribe(prepare(engine, recording.samples()), "en", Options())
    heard = {words_in(segment.text): segment for answer in answers for segment in answer}
    spoken = {tuple(placed.clip.text.split()): placed for placed in recording.placed}
    known = heard.keys() & spoken.keys()
    assert len(known) >= 0.5 * len(spoken)  # what the toy model gets wrong is not the plug's doing
    off = [
        abs(time_ms - true_ms)
        for words in known
        for time_ms, true_ms in (
            (heard[words].start_ms, spoken[words].start * 1000 // RATE + 40),
            (heard[words].end_ms, spoken[words].end * 1000 // RATE - 40),
        )
    ]
    assert median(off) < 100
    assert max(off) < 500


def test_segments_end_with_sentences(engine: FasterWhisperEngine) -> None:
    answers = engine.transcribe(prepare(engine, meeting())[:4], "en", Options())
    segments = [segment for answer in answers for segment in answer]
    assert len(segments) > 12
    assert sum(segment.text.rstrip().endswith((".", "?", "!")) for segment in segments) >= 0.9 * len(segments)


def test_prepare_lets_go_of_the_samples(engine: FasterWhisperEngine) -> None:
    (piece,) = windows_of(clips()[0].samples)
    prepared = engine.prepare(piece)
    assert prepared.piece.samples.nbytes == 0
    assert prepared.piece.samples.base is None
    assert prepared.features.shape == (80, len(piece.samples) // 160)


def test_an_answer_without_words_says_what_it_thinks_of_the_silence(engine: FasterWhisperEngine) -> None:
    silence = engine.prepare(Piece(0, np.zeros(30 * RATE, np.float32), ((RATE, 31 * RATE),)))
    (answer,) = engine.transcribe([silence], "en", Options(word_timestamps=False))
    assert text_of(answer).strip() == ""
    assert answer[0].no_speech_prob is not None


def test_guessing_first_changes_no_answer(engine: FasterWhisperEngine) -> None:
    pieces = prepare(engine, meeting())[:3]
    plain = engine.transcribe(pieces, "en", Options())
    engine.guess_languages(pieces[:2])
    engine.guess_languages(pieces)
    engine.guess_spans(pieces)
    assert engine.transcribe(pieces, "en", Options()) == plain
    assert engine.transcribe(pieces, "en", Options()) == plain


def test_features_of_an_excerpt_are_those_of_that_part(engine: FasterWhisperEngine) -> None:
    (whole, *_) = windows_of(meeting())
    first, second = (end - start for start, end in whole.spans[:2])
    alone = engine.prepare(Piece(0, whole.samples[first : first + second], whole.spans[1:2]))
    part = engine.excerpt(engine.prepare(whole), whole.spans[1:2])
    assert abs(part.features.shape[1] - alone.features.shape[1]) <= 1


def test_each_core_decodes_its_own_window_and_says_the_same(engine: FasterWhisperEngine) -> None:
    two = FasterWhisperEngine.load(Settings(cpu_threads=2))
    assert transcribe(two, Options(), batch_size=3) == transcribe(engine, Options(), batch_size=3)


WAYS = {"plain": ({}, 1), "prompt": ({"initial_prompt": "Good morning."}, 2), "hotwords": ({"hotwords": "budget"}, 2)}


@pytest.mark.parametrize("case", WAYS)
def test_fallbacks_answer_and_end(engine: FasterWhisperEngine, case: str) -> None:
    """Without a prompt there is one less: leaving out the prompt would be the first pass again."""
    (piece, *_) = prepare(engine, meeting())
    options, ways = Options(**WAYS[case][0]), WAYS[case][1]
    answers = [engine.redecode(piece, "en", options, attempt) for attempt in range(1, ways + 1)]
    assert all(text_of(answer) for answer in answers)
    assert engine.redecode(piece, "en", options, 1) == answers[0]
    assert engine.redecode(piece, "en", options, ways + 1) == ()


@pytest.mark.parametrize("options", [Options(), Options(word_timestamps=False)], ids=["words", "no words"])
def test_no_fallback_is_the_first_pass_again(options: Options) -> None:
    assert {one.timestamps for one in fallbacks(options)} == {not first_pass(options).timestamps}


def test_a_long_prompt_leaves_room_for_the_text(engine: FasterWhisperEngine) -> None:
    (piece, *_) = prepare(engine, meeting())
    long = Options(initial_prompt="budget " * 110, hotwords="project " * 49)
    (answer,) = engine.transcribe([piece], "en", long)
    (plain,) = engine.transcribe([piece], "en", Options())
    assert len(text_of(answer).split()) > 0.5 * len(text_of(plain).split())


@pytest.mark.parametrize("name", ["/nowhere/model", "no-such-size", "."])
def test_a_model_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(AisubsError) as caught:
        FasterWhisperEngine.load(Settings(model=name, model_dir=tmp_path))
    assert caught.value.code == ("unknown_model" if name == "no-such-size" else "model_missing")
    assert name in caught.value.sentence


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    copy_of_toy(tmp_path)
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(AisubsError) as caught:
        FasterWhisperEngine.load(Settings(model=str(tmp_path)))
    assert caught.value.code == "model_missing"


def test_a_gpu_that_is_not_there_is_no_engine() -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(AisubsError) as caught:
        FasterWhisperEngine.load(Settings(device="cuda"))
    assert caught.value.code == "model_missing"


def test_an_impossible_batch_is_an_engine_error(engine: FasterWhisperEngine) -> None:
    piece = Prepared(Piece(0, np.zeros(0, np.float32), ((0, RATE),)), np.zeros((7, 100), np.float32))
    with pytest.raises(AisubsError) as caught:
        engine.transcribe([piece], "en", Options())
    assert caught.value.code == "engine_failed"


def test_the_fingerprint_names_what_shapes_the_text(tmp_path: Path, engine: FasterWhisperEngine) -> None:
    copy_of_toy(tmp_path)
    copy = FasterWhisperEngine.load(Settings(model=str(tmp_path)))
    assert copy.fingerprint == engine.fingerprint
    (tmp_path / "vocabulary.json").write_text((tmp_path / "vocabulary.json").read_text() + "\n")
    fingerprints = {
        engine.fingerprint,
        FasterWhisperEngine.load(Settings(model=str(tmp_path))).fingerprint,
        load(beam_size=1).fingerprint,
        load(compute_type="float32").fingerprint,
    }
    assert len(fingerprints) == 4


def test_ping_runs_the_model(engine: FasterWhisperEngine) -> None:
    assert "toy on cpu" in engine.ping()


def test_a_known_text_is_timed_as_its_own(engine: FasterWhisperEngine) -> None:
    batch = prepare(engine, meeting())[:2]
    heard = engine.transcribe(batch, "en", Options())
    texts = ["".join(segment.text for segment in segments) for segments in heard]
    aligned = engine.align(batch, texts, "en")
    for segments, words in zip(heard, aligned, strict=True):
        own = [word for segment in segments for word in segment.words]
        assert [word.start_ms for word in words] == [word.start_ms for word in own], "as it times its own words"
