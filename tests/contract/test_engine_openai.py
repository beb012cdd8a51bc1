"""A speech service elsewhere: what it is asked, what its refusals become, and what it may cost."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from aisubs.adapters.engine.openai_endpoint.answers import read_answer
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.ports import Engine, Guess, PaidEngine, Spent
from aisubs.settings import Settings
from aisubs.wiring_engine import make_engine
from tests.doubles.audio_endpoint import KEY, MODEL, AudioEndpoint, Behaviour
from tests.engines import meeting, prepare, text_of


@pytest.fixture
def endpoint() -> Iterator[AudioEndpoint]:
    with AudioEndpoint() as endpoint:
        yield endpoint


def load(endpoint: AudioEndpoint, model: str = f"openai:{MODEL}", **more: object) -> Engine:
    chosen = {"hearing_url": endpoint.url, "hearing_key": KEY, "hearing_patience_s": 0, "model": model}
    return make_engine(Settings(**chosen | more))  # type: ignore[arg-type]


def fault_of(engine: Engine, options: Options | None = None) -> AisubsError:
    with pytest.raises(AisubsError) as caught:
        engine.transcribe(prepare(engine, meeting())[:1], "en", options or Options())
    return caught.value


def test_what_is_asked(endpoint: AudioEndpoint) -> None:
    engine = load(endpoint)
    (window, *_) = prepare(engine, meeting())
    engine.transcribe([window], "es", Options(initial_prompt="Names.", hotwords="Ann, Tom"))
    engine.transcribe([window], "en", Options(word_timestamps=False))
    engine.transcribe([window], "es", Options(task="translate"))
    usual = {"model": [MODEL], "response_format": ["verbose_json"], "temperature": ["0"]}
    both, one = {"timestamp_granularities[]": ["word", "segment"]}, {"timestamp_granularities[]": ["segment"]}
    assert endpoint.asked == [
        {**usual, **both, "language": ["es"], "prompt": ["Names., Ann, Tom"]},
        {**usual, **one, "language": ["en"]},
        usual,
    ]


def test_a_window_is_not_paid_twice_for_its_language(endpoint: AudioEndpoint) -> None:
    engine = load(endpoint)
    batch = prepare(engine, meeting())[:2]
    engine.guess_languages(batch)
    engine.guess_spans(batch)
    heard = engine.transcribe(batch, "en", Options())
    assert len(endpoint.asked) == 2
    assert all("language" not in asked for asked in endpoint.asked)
    assert load(endpoint).transcribe(batch, "en", Options()) == heard, "told to hear it so it says the same"
    engine.transcribe(batch[:1], "en", Options(initial_prompt="Something."))
    assert len(endpoint.asked) == 5, "with a prompt it is another question"


def test_of_languages_that_may_be_the_surest_is_taken(endpoint: AudioEndpoint) -> None:
    engine = load(endpoint)
    (window, *_) = prepare(engine, meeting())
    assert engine.guess_languages([window], ("es", "fr")) == [Guess("es", 0.5)], "the other one is refused"
    assert [asked.get("language") for asked in endpoint.asked] == [None, ["es"], ["fr"]]


@pytest.mark.parametrize(
    ("behaviour", "code", "said"),
    [
        (Behaviour(401, code="invalid_api_key"), "engine_key", "127.0.0.1 does not take the key"),
        (Behaviour(403), "engine_key", ""),
        (Behaviour(429, {"Retry_After": "7"}), "engine_busy", ""),
        (Behaviour(429, code="insufficient_quota", message="You exceeded your quota."), "engine_refused", "quota"),
        (Behaviour(400, message="Something new."), "engine_refused", "refuses what it is asked: Something new."),
        (Behaviour(500), "engine_unavailable", ""),
        (Behaviour(302, {"Location": "http://127.0.0.1:9/v1"}), "engine_refused", ""),
        (Behaviour(raw=b"<html>"), "engine_unavailable", ""),
        (Behaviour(raw=b'{"text": null}'), "engine_unavailable", ""),
        (Behaviour(cut=True), "engine_unavailable", ""),
    ],
)
def test_refusals(endpoint: AudioEndpoint, behaviour: Behaviour, code: str, said: str) -> None:
    engine = load(endpoint)
    endpoint.script = [behaviour]
    fault = fault_of(engine)
    assert (fault.code, fault.retryable) == (code, code in ("engine_busy", "engine_unavailable"))
    assert said in fault.sentence
    assert KEY not in f"{fault!r} {fault}"
    assert fault.retry_after_s == (7 if behaviour.headers.get("Retry_After") else None)


def test_who_is_busy_is_asked_again_when_it_says_so(endpoint: AudioEndpoint) -> None:
    engine = load(endpoint, hearing_patience_s=60)
    endpoint.script = [Behaviour(429, {"Retry_After": "0"}), Behaviour(503, {"Retry_After": "0"})]
    [heard] = engine.transcribe(prepare(engine, meeting())[:1], "en", Options())
    assert text_of(heard).strip()
    endpoint.script = [Behaviour(429, {"Retry_After": "61"})]
    assert fault_of(engine).code == "engine_busy", "longer than it is waited for"


def test_nobody_there(endpoint: AudioEndpoint) -> None:
    engine = load(endpoint)
    with endpoint.down():
        assert fault_of(engine).code == "engine_unavailable"
        with pytest.raises(AisubsError) as caught:
            load(endpoint)
        assert caught.value.code == "engine_unavailable"


def test_no_more_is_sent_than_may_be(endpoint: AudioEndpoint) -> None:
    engine = load(endpoint, hearing_minutes=1)
    assert isinstance(engine, PaidEngine)
    batch = prepare(engine, meeting())
    lengths_ms = [len(one.piece.samples) * 1000 // 16_000 for one in batch]
    assert sum(lengths_ms[:2]) < 60_000 < sum(lengths_ms)
    with pytest.raises(AisubsError) as caught:
        engine.transcribe(batch, "en", Options())
    assert caught.value.code == "engine_budget"
    assert f"{sum(lengths_ms[:2]) / 60_000:.1f} of 1 minutes" in caught.value.sentence
    assert engine.spent == Spent(sum(lengths_ms[:2]), 2)
    engine.begin(Spent())
    endpoint.script = [Behaviour(429)]
    fault_of(engine)
    assert engine.spent == Spent(), "what is refused costs nothing"
    limited = load(endpoint, hearing_minutes=0, hearing_requests=1)
    with pytest.raises(AisubsError, match="1 of 1 requests"):
        limited.transcribe(batch, "en", Options())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"hearing_url": ""}, "HEARING_URL must be"),
        ({"hearing_url": "ftp://x/v1"}, "HEARING_URL must be"),
        ({"hearing_url": "https://a:b@x.example/v1"}, "HEARING_KEY"),
        ({"hearing_url": "http://x.example/v1"}, "TLS"),
    ],
)
def test_settings_that_cannot_be_meant(endpoint: AudioEndpoint, settings: dict[str, object], said: str) -> None:
    with pytest.raises(AisubsError) as caught:
        load(endpoint, **settings)
    assert caught.value.code == "engine_unusable"
    assert said in caught.value.sentence
    assert endpoint.asked == []


def test_a_wrong_key_is_told_before_anything_is_sent(endpoint: AudioEndpoint) -> None:
    with pytest.raises(AisubsError) as caught:
        load(endpoint, hearing_key="sk-another")
    assert caught.value.code == "engine_key"


def answer(text: str, words: list[tuple[str, object, object]], **more: object) -> bytes:
    rows = [{"word": word, "start": start, "end": end} for word, start, end in words]
    return json.dumps({"text": text, "language": "english", "words": rows, **more}).encode()


def test_words_without_punctuation_spell_the_text() -> None:
    said = 'He said: "No, never!" And left.'
    words = [
        ("He", 0, 0.2),
        ("said", 0.2, 0.5),
        ("No", 0.6, 0.8),
        ("never", 0.8, 1.1),
        ("And", 2, 2.2),
        ("left", 2.2, 3),
    ]
    heard = read_answer(answer(said, words), 3.0)
    assert [word.text for word in heard.words] == [" He", " said:", ' "No,', ' never!"', " And", " left."]
    assert heard.text == f" {said}"
    assert [word.probability for word in heard.words] == [None] * 6


def test_what_is_wrong_in_an_answer_spoils_no_more_than_itself() -> None:
    words = [("one", float("nan"), 1), ("two", -3, "x"), ("three", 2.5, 1.0), ("four", 99, 100)]
    heard = read_answer(answer("one two three four", words), 4.0)
    assert [word.text for word in heard.words] == [" one", " two", " three", " four"]
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= 4.0
    for wrong in (None, 7, [None, 3], [{"start": 1}], [{"word": "elsewhere", "start": 0, "end": 1}]):
        told = read_answer(json.dumps({"text": "one two", "words": wrong, "segments": wrong}).encode(), 4.0)
        assert (told.text, told.words) == (" one two", ())
        assert [part.text for part in told.parts] == [" one two"]


def test_segments_that_spell_the_text_are_parts() -> None:
    segments = [
        {"start": 0, "end": 1, "text": " Good morning.", "avg_logprob": -0.1, "no_speech_prob": 0.02},
        {"start": 1, "end": 3, "text": " Yes.", "avg_logprob": -0.4, "no_speech_prob": 0.02},
    ]
    heard = read_answer(answer("Good morning. Yes.", [("Yes", 1.5, 2)], segments=segments), 3.0)
    assert [(part.start_s, part.end_s, part.text) for part in heard.parts] == [
        (0, 1, " Good morning."),
        (1, 3, " Yes."),
    ]
    assert heard.avg_logprob == pytest.approx(-0.3)
    assert read_answer(answer("我们走。", []), 3.0).text == "我们走。"
