"""The official OpenAI client, with its address changed, against a running edition."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.speech import long_recording, write_audio
from tests.whole.conftest import Clip
from tests.whole.edition import RIGHT, Up, eventually, share_heard


@pytest.fixture
def client(up: Up) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{up.url}/v1", api_key="none is needed", max_retries=0, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    spoken = long_recording(25.0, seed=77)
    path = write_audio(spoken.blocks(), tmp_path_factory.mktemp("openai") / "clip.m4a")
    return Clip(path.read_bytes(), spoken.words)


def workers_of(up: Up) -> int:
    """How many were started so far."""
    return len(list((up.data / "executions").glob("*.json")))


def test_all_formats(client: openai.OpenAI, clip: Clip) -> None:
    create = client.audio.transcriptions.create
    file = ("clip.m4a", clip.data)
    plain = create(file=file, model="whisper-1")
    assert share_heard(plain.text, clip.words) >= RIGHT
    assert plain.usage is not None
    assert plain.usage.type == "duration"
    assert create(file=file, model="whisper-1", response_format="text") == plain.text + "\n"
    srt = create(file=file, model="whisper-1", response_format="srt")
    assert str(srt).startswith("1\n00:00:")
    assert str(create(file=file, model="whisper-1", response_format="vtt")).startswith("WEBVTT")
    verbose = create(file=file, model="whisper-1", response_format="verbose_json")
    assert verbose.text == plain.text
    assert verbose.language == "english"
    assert verbose.words is None
    assert verbose.segments
    assert "".join(segment.text for segment in verbose.segments).strip() == plain.text
    words = create(file=file, model="whisper-1", response_format="verbose_json", timestamp_granularities=["word"])
    assert words.segments is None
    assert words.words
    assert [word.start for word in words.words] == sorted(word.start for word in words.words)
    assert words.words[-1].end <= verbose.duration


def test_a_stream_tells_the_text_as_it_is_heard(client: openai.OpenAI, clip: Clip) -> None:
    events = list(
        client.audio.transcriptions.create(file=("s.m4a", clip.data), model="whisper-1", stream=True, language="en")
    )
    assert [event.type for event in events] == ["transcript.text.delta"] * (len(events) - 1) + ["transcript.text.done"]
    *deltas, done = events
    assert done.type == "transcript.text.done"
    assert "".join(event.delta for event in deltas if event.type == "transcript.text.delta").strip() == done.text


def test_into_english(client: openai.OpenAI, clip: Clip) -> None:
    told = client.audio.translations.create(file=("clip.m4a", clip.data), model="whisper-1")
    assert told.text


def test_models(client: openai.OpenAI) -> None:
    assert "whisper-1" in [model.id for model in client.models.list()]


def test_who_hangs_up_joins_the_job_with_the_next_request(client: openai.OpenAI, up: Up, long_one: Clip) -> None:
    file, before = ("long.m4a", long_one.data), workers_of(up)
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=httpx.Timeout(30, read=0.2)).audio.transcriptions.create(
            file=file, model="whisper-1", prompt="Who hangs up."
        )
    eventually(lambda: workers_of(up) == before + 1, "the job to be under way without anybody", up)
    answers: list[str] = []

    def ask() -> None:
        answers.append(client.audio.transcriptions.create(file=file, model="whisper-1", prompt="Who hangs up.").text)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers) == 3
    assert workers_of(up) == before + 1
    assert share_heard(answers[0], long_one.words) >= RIGHT


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"temperature": 0.7}, "temperature: only 0"),
        ({"response_format": "xml"}, "response_format: one of json, text, srt"),
        ({"timestamp_granularities": ["word"]}, "timestamp_granularities: only with response_format verbose_json"),
        ({"response_format": "srt", "stream": True}, "stream: only with response_format json or text"),
        ({"include": ["logprobs"]}, "include[]: this is not done here."),
        ({"language": "tlh"}, "The language tlh is not known."),
    ],
)
def test_what_cannot_be_done_is_refused(client: openai.OpenAI, clip: Clip, wish: dict[str, object], said: str) -> None:
    with pytest.raises((openai.BadRequestError, openai.UnprocessableEntityError)) as refused:
        client.audio.transcriptions.create(file=("c.m4a", clip.data), model="whisper-1", **wish)  # type: ignore[call-overload]
    assert said in refused.value.message


def test_other_refusals(client: openai.OpenAI, up: Up, clip: Clip) -> None:
    with pytest.raises(openai.BadRequestError, match=r"model: one of"):
        client.audio.transcriptions.create(file=("c.m4a", clip.data), model="gpt-4o-transcribe")
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.transcriptions.create(file=("c.m4a", b"this is no recording" * 50), model="whisper-1")
    assert refused.value.code == "not_media"
    with httpx.Client(trust_env=False) as http:
        path = f"{up.url}/v1/audio/transcriptions"
        assert http.post(path, data={"model": "whisper-1"}).json()["error"]["code"] == "bad_request"
        page = http.post(path, files={"file": ("c.m4a", clip.data)}, headers={"Origin": "https://elsewhere.example"})
        assert page.json()["error"]["code"] == "origin_refused"
        too_big = http.post(path, files={"file": ("c.m4a", bytes(21_000_000))})
        assert (too_big.status_code, too_big.json()["error"]["code"]) == (413, "too_big")


def test_a_recording_that_failed_is_tried_anew(client: openai.OpenAI) -> None:
    for _ in range(2):
        with pytest.raises(openai.BadRequestError):
            client.audio.transcriptions.create(file=("c.m4a", b"no recording either" * 50), model="whisper-1")


def test_files_on_disk_as_the_client_opens_them(client: openai.OpenAI, clip: Clip, tmp_path: Path) -> None:
    path = tmp_path / "talk.m4a"
    path.write_bytes(clip.data)
    with path.open("rb") as file:
        assert client.audio.transcriptions.create(file=file, model="whisper-1").text
