"""The requests of programs that speak to whisper-asr-webservice, Bazarr above all, against a running edition."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest

from tests.speech import long_recording
from tests.whole.edition import RIGHT, Up, share_heard

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
