"""The engine port, over the real faster-whisper with the demo model; tokens compared with its own batched pipeline."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline
from faster_whisper.audio import decode_audio
from faster_whisper.transcribe import Segment as UpstreamSegment
from faster_whisper.vad import VadOptions, get_speech_timestamps

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.adapters.engine.faster_whisper.decoding import Pass, encode, generate, make_tokenizer
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.ports import Piece, Prepared, Samples
from aisubs.settings import Settings
from tests.speech import clips, long_recording

SAMPLES = Path("gpu_job/demo_model/samples")
RATE = 16_000


@cache
def load(**settings: object) -> FasterWhisperEngine:
    return FasterWhisperEngine.load(Settings(cpu_threads=1, **settings))


@pytest.fixture
def engine() -> FasterWhisperEngine:
    return load()


@cache
def meeting() -> Samples:
    """The first minutes: three windows of speech."""
    return decode_audio(str(SAMPLES / "meeting.opus"))[: 120 * RATE]


def windows_of(samples: Samples) -> list[Piece]:
    """The windows of upstream: speech spans merged from left to right, up to 30 s of them."""
    spans = get_speech_timestamps(samples, VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160))
    groups: list[list[tuple[int, int]]] = [[]]
    for span in ((span["start"], span["end"]) for span in spans):
        if sum(end - start for start, end in groups[-1]) + span[1] - span[0] > 30 * RATE:
            groups.append([])
        groups[-1].append(span)
    return [
        Piece(seq, np.concatenate([samples[start:end] for start, end in group]), tuple(group))
        for seq, group in enumerate(groups)
    ]


def prepare(engine: FasterWhisperEngine, samples: Samples) -> list[Prepared]:
    return [engine.prepare(piece) for piece in windows_of(samples)]


def text_of(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.text for segment in segments)


def transcribe(engine: FasterWhisperEngine, options: Options, batch_size: int) -> list[tuple[Segment, ...]]:
    pieces = prepare(engine, meeting())
    batches = [pieces[first : first + batch_size] for first in range(0, len(pieces), batch_size)]
    return [answer for batch in batches for answer in engine.transcribe(batch, options.language or "en", options)]


def ask_upstream(engine: FasterWhisperEngine, batch_size: int, **options: object) -> list[list[UpstreamSegment]]:
    """What the batched pipeline answers for the meeting, window by window."""
    given = {"language": "en", "without_timestamps": False, **options}
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
        # Upstream leaves out what follows the last timestamp of a window; it must never be the other way round.
        assert text_of(answer).startswith("".join(segment.text for segment in theirs))
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
        assert text_of(answer).startswith("".join(segment.text for segment in theirs))


def test_segments_without_words_follow_the_timestamps(engine: FasterWhisperEngine) -> None:
    with_words = transcribe(engine, Options(), batch_size=4)
    without = transcribe(engine, Options(word_timestamps=False), batch_size=4)
    assert [text_of(answer) for answer in without] == [text_of(answer) for answer in with_words]
    for answer in without:
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
    assert len(known) >= 0.5 * len(spoken)  # what the demo model gets wrong is not the plug's doing
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


def test_words_make_up_the_text_and_lie_in_order_inside_the_speech(engine: FasterWhisperEngine) -> None:
    pieces = prepare(engine, meeting())
    for piece, answer in zip(pieces[:4], engine.transcribe(pieces[:4], "en", Options()), strict=True):
        first, last = piece.piece.spans[0][0] * 1000 // RATE, piece.piece.spans[-1][1] * 1000 // RATE
        times = [time for segment in answer for word in segment.words for time in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert first <= times[0]
        assert times[-1] <= last
        for segment in answer:
            assert "".join(word.text for word in segment.words) == segment.text
            assert (segment.start_ms, segment.end_ms) == (segment.words[0].start_ms, segment.words[-1].end_ms)
            assert all(0 <= (word.confidence or 0) <= 1 for word in segment.words)


def test_segments_end_with_sentences(engine: FasterWhisperEngine) -> None:
    answers = engine.transcribe(prepare(engine, meeting())[:4], "en", Options())
    segments = [segment for answer in answers for segment in answer]
    assert len(segments) > 12
    assert sum(segment.text.rstrip().endswith((".", "?", "!")) for segment in segments) >= 0.9 * len(segments)


def test_equal_batches_give_equal_segments(engine: FasterWhisperEngine) -> None:
    pieces = prepare(engine, meeting())[:3]
    assert engine.transcribe(pieces, "en", Options()) == engine.transcribe(pieces, "en", Options())


def test_prepare_lets_go_of_the_samples(engine: FasterWhisperEngine) -> None:
    (piece,) = windows_of(clips()[0].samples)
    prepared = engine.prepare(piece)
    assert prepared.piece.samples.nbytes == 0
    assert prepared.piece.samples.base is None
    assert prepared.features.shape == (80, len(piece.samples) // 160)


def test_silence_gives_a_segment_without_text(engine: FasterWhisperEngine) -> None:
    silence = engine.prepare(Piece(0, np.zeros(30 * RATE, np.float32), ((RATE, 31 * RATE),)))
    (answer,) = engine.transcribe([silence], "en", Options())
    assert text_of(answer).strip() == ""
    assert answer[0].no_speech_prob is not None


def test_languages_are_told_apart(engine: FasterWhisperEngine) -> None:
    guesses = engine.guess_languages(prepare(engine, meeting())[:3])
    assert [guess.language for guess in guesses] == ["en"] * 3
    assert all(guess.probability > 0.9 for guess in guesses)


def test_guessing_first_changes_no_answer(engine: FasterWhisperEngine) -> None:
    pieces = prepare(engine, meeting())[:3]
    plain = engine.transcribe(pieces, "en", Options())
    engine.guess_languages(pieces[:2])
    engine.guess_languages(pieces)
    assert engine.transcribe(pieces, "en", Options()) == plain
    assert engine.transcribe(pieces, "en", Options()) == plain


def test_fallbacks_answer_and_end(engine: FasterWhisperEngine) -> None:
    (piece, *_) = prepare(engine, meeting())
    first, second = (engine.redecode(piece, "en", Options(), attempt) for attempt in (1, 2))
    assert text_of(first)
    assert text_of(second)
    assert engine.redecode(piece, "en", Options(), 1) == first
    assert engine.redecode(piece, "en", Options(), 3) == ()


def test_a_long_prompt_leaves_room_for_the_text(engine: FasterWhisperEngine) -> None:
    (piece, *_) = prepare(engine, meeting())
    long = Options(initial_prompt="budget " * 110, hotwords="project " * 49)
    (answer,) = engine.transcribe([piece], "en", long)
    (plain,) = engine.transcribe([piece], "en", Options())
    assert len(text_of(answer).split()) > 0.5 * len(text_of(plain).split())


def test_a_language_that_the_model_lacks_is_refused(engine: FasterWhisperEngine) -> None:
    (piece, *_) = prepare(engine, meeting())
    with pytest.raises(AisubsError) as caught:
        engine.transcribe([piece], "fr", Options())
    assert caught.value.code == "bad_language"


@pytest.mark.parametrize("name", ["/nowhere/model", "no-such-size", "."])
def test_a_model_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(AisubsError) as caught:
        FasterWhisperEngine.load(Settings(model=name, model_dir=tmp_path))
    assert caught.value.code == "model_missing"
    assert name in caught.value.sentence


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    for file in Path("gpu_job/demo_model/model").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
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
    for file in Path("gpu_job/demo_model/model").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
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
    assert "demo on cpu" in engine.ping()
