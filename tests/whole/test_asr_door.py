"""The requests of programs that speak to whisper-asr-webservice, Bazarr above all, against a running edition."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import numpy as np
import pytest

from tests.real_recordings import recording
from tests.speech import long_recording
from tests.whole.edition import RIGHT, Up, eventually, share_heard

SPOKEN = long_recording(20.0, seed=78)
RAW = (np.clip(SPOKEN.samples(), -1, 1) * 32767).astype("<i2").tobytes()


def asked(up: Up, data: bytes = RAW, **said: Any) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=120) as http:
        return http.post(f"{up.url}/asr", params=said, files={"audio_file": ("audio_file", data)})


def test_bazarr_gets_subtitles(up: Up) -> None:
    """As its provider asks: samples that ffmpeg took out of a film, without a header."""
    reply = asked(up, task="transcribe", language="en", output="srt", encode="false", video_file="/films/a film.mkv")
    assert reply.status_code == 200, reply.text
    assert reply.text.startswith("1\n00:00:")
    assert share_heard(reply.text, SPOKEN.words) >= RIGHT


@pytest.mark.parametrize("output", ["txt", "vtt", "tsv", "json"])
def test_other_outputs(up: Up, output: str) -> None:
    reply = asked(up, output=output, encode="false", word_timestamps="true")
    assert reply.status_code == 200, reply.text
    if output == "json":
        assert share_heard(reply.json()["text"], SPOKEN.words) >= RIGHT
        assert reply.json()["words"]
    else:
        assert reply.headers["content-type"].startswith("text/plain")
        assert {"txt": "", "vtt": "WEBVTT", "tsv": "start\tend\ttext"}[output] in reply.text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"language": "tlh"}, "bad_language"),
        ({"vad_filter": "false"}, "bad_request"),
        ({"output": "doc"}, "bad_request"),
        ({"beam": "5"}, "bad_request"),
        ({}, "not_media"),  # raw samples that are not said to be
    ],
)
def test_what_cannot_be_done_is_refused(up: Up, said: dict[str, str], code: str) -> None:
    reply = asked(up, **said)
    assert reply.json()["error"]["code"] == code, reply.text


def language_of(up: Up, data: bytes, headers: dict[str, str] | None = None, **said: Any) -> httpx.Response:
    """As Bazarr's provider asks: a name of the video that may be missing, and bytes without a name of their own."""
    with httpx.Client(trust_env=False, timeout=120, headers=headers) as http:
        return http.post(f"{up.url}/detect-language", params=said, files={"audio_file": ("audio_file", data)})


def test_bazarr_is_told_the_language_before_all_is_heard(up: Up) -> None:
    """A film that begins with two minutes without a word: the job ends as soon as its language is known, and whoever
    asks again is answered from it."""
    library = {"Authorization": "Bearer lib_" + "c" * 26}
    film = bytes(2 * 16_000 * 120) + RAW * 15

    def ask() -> None:
        answers.append(language_of(up, film, library, encode="false", video_file="/films/a film.mkv"))

    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ask()
    for reply in answers:
        assert reply.status_code == 200, reply.text
        assert reply.json() == {"detected_language": "english", "language_code": "en", "confidence": None}
    with httpx.Client(trust_env=False, headers=library) as http:
        (job,) = http.get(f"{up.url}/api/jobs").raise_for_status().json()["jobs"]
    assert (job["status"], job["language"]) == ("cancelled", "en")
    assert job["progress"] < 100
    eventually(lambda: up.queue()["active"] == 0, "its worker to stop", up)


def test_another_language_of_an_encoded_recording(real_up: Up) -> None:
    reply = language_of(real_up, recording("languages/es_conteo.flac").read_bytes())
    assert reply.json() == {"detected_language": "spanish", "language_code": "es", "confidence": None}


def test_of_silence_no_language_is_told(up: Up) -> None:
    reply = language_of(up, bytes(2 * 16_000 * 20), encode="false")
    assert (reply.status_code, reply.json()) == (200, {}), "what Bazarr takes for no language"


@pytest.mark.parametrize(("said", "code"), [({"language": "de"}, "bad_request"), ({}, "not_media")])
def test_a_question_that_cannot_be_answered_is_refused(up: Up, said: dict[str, str], code: str) -> None:
    assert language_of(up, RAW, **said).json()["error"]["code"] == code
