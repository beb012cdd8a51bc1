"""What every plug of the engine port must do, whatever it hears with. A plug that passes this is done (tests/engines.py
names them); what each does beyond it stands in test_engine_….py."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.ports import Engine, Guess, Piece, Prepared
from tests.engines import PLUGS, RATE, Plug, loaded, meeting, text_of, windows_of
from tests.real_models import real_model

MOST_FALLBACKS = 5


@pytest.fixture(params=PLUGS)
def name(request: pytest.FixtureRequest) -> str:
    if weights := PLUGS[request.param].weights:
        real_model(weights)
    return str(request.param)


@pytest.fixture
def plug(name: str) -> Plug:
    return PLUGS[name]


@pytest.fixture
def engine(name: str) -> Engine:
    return loaded(name)


def pieces() -> list[Piece]:
    """Short ones: some plugs take as long for one as it lasts."""
    return windows_of(meeting(), 8)


def two(engine: Engine) -> list[Prepared]:
    return [engine.prepare(piece) for piece in pieces()[:2]]


def times_of(segments: tuple[Segment, ...]) -> list[int]:
    return [time for segment in segments for time in (segment.start_ms, segment.end_ms)]


def assert_inside(times: list[int], piece: Piece) -> None:
    """Each in the speech of the piece: between the spans nobody says anything."""
    spans = [(start * 1000 // RATE, end * 1000 // RATE) for start, end in piece.spans]
    for time_ms in times:
        assert any(start <= time_ms <= end for start, end in spans), (time_ms, spans)


def test_segments_stand_in_order_where_they_are_spoken(engine: Engine) -> None:
    batch = two(engine)
    answers = engine.transcribe(batch, "en", Options())
    assert len(answers) == len(batch)
    for prepared, segments in zip(batch, answers, strict=True):
        assert text_of(segments).strip()
        assert times_of(segments) == sorted(times_of(segments))
        assert_inside(times_of(segments), prepared.piece)


def test_words_spell_the_text_and_lie_in_it(engine: Engine) -> None:
    batch = two(engine)
    for prepared, segments in zip(batch, engine.transcribe(batch, "en", Options()), strict=True):
        for segment in segments:
            assert "".join(word.text for word in segment.words) == segment.text
            assert (segment.start_ms, segment.end_ms) == (segment.words[0].start_ms, segment.words[-1].end_ms)
            times = [time for word in segment.words for time in (word.start_ms, word.end_ms)]
            assert times == sorted(times)
            assert_inside(times, prepared.piece)
            assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in segment.words)
            assert all(word.text.strip() for word in segment.words)


def test_without_words_there_are_none_and_the_text_is_there(engine: Engine) -> None:
    batch = two(engine)
    for prepared, segments in zip(batch, engine.transcribe(batch, "en", Options(word_timestamps=False)), strict=True):
        assert text_of(segments).strip()
        assert not any(segment.words for segment in segments)
        assert times_of(segments) == sorted(times_of(segments))
        assert_inside(times_of(segments), prepared.piece)


def test_equal_batches_have_equal_answers(plug: Plug, engine: Engine) -> None:
    batch = two(engine)
    first = engine.transcribe(batch, "en", Options())
    engine.guess_languages(batch[:1])
    engine.guess_spans(batch)
    engine.transcribe(batch[1:], "en", Options(initial_prompt="Something else."))
    assert engine.transcribe(batch, "en", Options()) == first
    other = plug.load()
    assert other.transcribe(two(other), "en", Options()) == first
    assert other.fingerprint == engine.fingerprint


def test_a_window_says_the_same_alone_where_several_may_ask_at_once(plug: Plug) -> None:
    """`concurrency` above 1 promises it: windows then come one by one."""
    engine = plug.load(cpu_threads=2)
    assert engine.concurrency >= 1
    assert 1 <= engine.batch_size <= 64
    if engine.concurrency > 1:
        batch = two(engine)
        alone = [engine.transcribe([one], "en", Options())[0] for one in batch]
        assert engine.transcribe(batch, "en", Options()) == alone


def test_no_more_than_so_many_at_once(engine: Engine) -> None:
    before = engine.at_once
    batch = two(engine)
    engine.narrow(1)
    assert engine.at_once == 1
    narrow = engine.transcribe(batch, "en", Options())
    assert [text_of(segments) for segments in narrow] == [
        text_of(segments) for one in batch for segments in engine.transcribe([one], "en", Options())
    ]
    engine.narrow(None)
    assert engine.at_once == before


def test_an_empty_batch_has_no_answers(engine: Engine) -> None:
    assert engine.transcribe([], "en", Options()) == []
    assert engine.guess_languages([]) == []


def test_fallbacks_answer_alike_and_end(engine: Engine) -> None:
    (piece, *_) = two(engine)
    options, answers = Options(initial_prompt="Good morning."), []
    for attempt in range(1, MOST_FALLBACKS + 1):
        answers.append(engine.redecode(piece, "en", options, attempt))
        if not answers[-1]:
            break
    assert answers[-1] == ()
    assert engine.redecode(piece, "en", options, len(answers) + 1) == ()
    for attempt, answer in enumerate(answers[:-1], 1):
        assert engine.redecode(piece, "en", options, attempt) == answer
        assert_inside(times_of(answer), piece.piece)


def test_silence_has_no_words_or_is_in_doubt(engine: Engine) -> None:
    silence = engine.prepare(Piece(0, np.zeros(20 * RATE, np.float32), ((RATE, 21 * RATE),)))
    [segments] = engine.transcribe([silence], "en", Options())
    scores = [segment.no_speech_prob for segment in segments] + [segment.avg_logprob for segment in segments]
    assert not text_of(segments).strip() or any(score is not None for score in scores)
    assert_inside(times_of(segments), silence.piece)


def test_a_moment_of_sound_is_no_fault(engine: Engine) -> None:
    """200 ms, as a span may be as short as that."""
    piece = engine.prepare(Piece(3, meeting()[RATE : RATE + 3_200], ((5 * RATE, 5 * RATE + 3_200),)))
    [segments] = engine.transcribe([piece], "en", Options())
    assert_inside(times_of(segments), piece.piece)
    assert len(engine.guess_languages([piece])) == 1


def test_languages_are_told_apart(engine: Engine) -> None:
    guesses = engine.guess_languages(two(engine))
    assert [guess.language for guess in guesses] == ["en"] * 2
    assert all(0.5 < guess.probability <= 1 for guess in guesses)


def test_each_span_is_guessed(engine: Engine) -> None:
    batch = two(engine)
    for prepared, odds in zip(batch, engine.guess_spans(batch), strict=True):
        assert len(odds) == len(prepared.piece.spans)
        assert all(0 < chance <= 1 for span in odds for chance in span.values())
        assert all(sum(span.values()) <= 1.001 for span in odds)


def test_only_languages_that_may_be_spoken_are_guessed(plug: Plug, engine: Engine) -> None:
    batch = two(engine)
    assert [guess.language for guess in engine.guess_languages(batch, ("en", plug.knows))] == ["en", "en"]
    assert engine.guess_languages(batch, (plug.knows,)) == [Guess(plug.knows, 1.0)] * 2
    for odds in (odds for piece in engine.guess_spans(batch, ("en", plug.knows)) for odds in piece):
        assert odds.keys() <= {"en", plug.knows}
        assert sum(odds.values()) == pytest.approx(1, abs=0.02)


def test_languages_that_it_does_not_know_are_refused(plug: Plug, engine: Engine) -> None:
    (piece, *_) = two(engine)
    for ask in (
        lambda: engine.guess_languages([piece], plug.lacks),
        lambda: engine.guess_spans([piece], plug.lacks),
        lambda: engine.transcribe([piece], plug.lacks[0], Options()),
    ):
        with pytest.raises(AisubsError) as refused:
            ask()
        assert refused.value.code == "bad_language"


def test_an_excerpt_is_that_part_alone(engine: Engine) -> None:
    (whole, *_) = pieces()
    prepared = engine.prepare(whole)
    first, second = (end - start for start, end in whole.spans[:2])
    part = engine.excerpt(prepared, whole.spans[1:2])
    alone = engine.prepare(Piece(0, whole.samples[first : first + second], whole.spans[1:2]))
    assert part.piece.spans == whole.spans[1:2]
    [heard], [expected] = (engine.transcribe([one], "en", Options()) for one in (part, alone))
    assert text_of(heard) == text_of(expected)
    assert_inside(times_of(heard), part.piece)
    with pytest.raises(ValueError, match="no span"):
        engine.excerpt(prepared, ((whole.spans[-1][1] + 1, whole.spans[-1][1] + 2),))


def test_a_queue_of_windows_holds_no_more_than_the_sound(engine: Engine) -> None:
    """Either the samples or what was made of them."""
    (piece, *_) = pieces()
    prepared = engine.prepare(piece)
    assert prepared.piece.spans == piece.spans
    held = prepared.piece.samples
    assert held.base is None or held is piece.samples, "a view would keep everything that it was cut from"
    features = getattr(prepared.features, "nbytes", 0)
    assert held.nbytes + features <= piece.samples.nbytes


def test_a_known_text_is_put_on_the_sound_word_by_word(engine: Engine) -> None:
    batch = two(engine)
    if not engine.aligns:
        with pytest.raises(AisubsError) as refused:
            engine.align(batch, ["one", "two"], "en")
        assert refused.value.code == "no_alignment"
        return
    texts = [text_of(segments) for segments in engine.transcribe(batch, "en", Options())]
    for prepared, text, words in zip(batch, texts, engine.align(batch, texts, "en"), strict=True):
        assert "".join(word.text for word in words) == text
        assert_inside([time for word in words for time in (word.start_ms, word.end_ms)], prepared.piece)
        assert all(one.end_ms <= other.start_ms for one, other in pairwise(words))
        assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in words)
    assert engine.align(batch, ["", " never ending" * 400], "en") == [(), ()]


def test_what_shapes_the_text_is_in_the_fingerprint(name: str, plug: Plug, engine: Engine) -> None:
    assert name in engine.fingerprint, "checkpoints of one engine are never continued by another"
    fingerprints = {engine.fingerprint, *(plug.load(**other).fingerprint for other in plug.others)}
    assert len(fingerprints) == 1 + len(plug.others)


def test_a_model_that_is_not_there_is_named(plug: Plug) -> None:
    prefix, marked, _ = plug.model.partition(":")
    missing = f"{prefix}:/nowhere/model" if marked else "/nowhere/model"
    with pytest.raises(AisubsError) as caught:
        plug.load(model=missing)
    assert caught.value.code == "model_missing"
    assert "/nowhere/model" in caught.value.sentence


def test_ping_says_what_it_is(engine: Engine) -> None:
    assert engine.model.rsplit("/", 1)[-1] in engine.ping()
