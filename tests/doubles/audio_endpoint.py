"""OpenAI's audio API on the loopback, which hears with the toy model and refuses as the real one does: keys, models,
names of parameters, granularities, languages, sound that is too short or too large, limits of use.

What it is to do otherwise is scripted, a behaviour a request; after these it hears.
"""

from __future__ import annotations

import io
import json
import wave
from dataclasses import dataclass, field
from email.parser import BytesParser
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from aisubs.model.language import LANGUAGES
from tests.doubles.loopback import Loopback, Request
from tests.toy_model import TOY

KEY = "sk-loopback-0123456789abcdef"
MODEL = "whisper-1"
MOST_BYTES, LEAST_S = 25 << 20, 0.1
KNOWN = ("en", "es")
"""The languages of the toy."""

_FIELDS = {"file", "model", "language", "prompt", "response_format", "temperature", "timestamp_granularities[]"}
_OF_TRANSLATIONS = _FIELDS - {"language", "timestamp_granularities[]"}


@dataclass
class Behaviour:
    """`status` with an error body, or 200 with `raw`; `cut`: the connection ends in the middle of the answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str = "refused"
    raw: bytes | None = None
    cut: bool = False


@cache
def toy() -> WhisperModel:
    return WhisperModel(str(TOY), device="cpu", compute_type="int8", cpu_threads=1)


class AudioEndpoint(Loopback):
    """`script` is taken from the front. `asked` are the fields of each request, without the file."""

    def __init__(self, key: str | None = KEY) -> None:
        self.key = key
        self.script: list[Behaviour] = []
        self.asked: list[dict[str, Any]] = []
        self.seconds: list[float] = []
        self.lock = Lock()
        endpoint = self

        class Handler(_Handler):
            audio = endpoint

        super().__init__(Handler)
        self.url = f"{self.url}/v1"


class _Refusal(Exception):
    def __init__(self, status: int, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.param, self.code = status, message, param, code


class _Handler(Request):
    audio: AudioEndpoint

    def do_GET(self) -> None:
        if self._is_admitted():
            self.answer(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "openai"}]})

    def do_POST(self) -> None:
        body = self.body()
        if not self._is_admitted():
            return
        with self.audio.lock:
            behaviour = self.audio.script.pop(0) if self.audio.script else None
        if behaviour is not None and behaviour.status != 200:
            self._refuse(_Refusal(behaviour.status, behaviour.message, None, behaviour.code), **behaviour.headers)
            return
        try:
            fields, data = _form(self.headers["Content-Type"], body)
            self.audio.asked.append(fields)
            heard = json.dumps(self._heard(fields, data)).encode()
        except _Refusal as refusal:
            self._refuse(refusal)
            return
        if behaviour is not None and behaviour.cut:
            self.send_response(200)
            self.send_header("Content-Length", str(len(heard)))
            self.end_headers()
            self.wfile.write(heard[: len(heard) // 2])
            self.hang_up()
            return
        raw = heard if behaviour is None or behaviour.raw is None else behaviour.raw
        self.answer(200, raw, Content_Type="application/json")

    def _is_admitted(self) -> bool:
        if self.audio.key and self.headers.get("Authorization") != f"Bearer {self.audio.key}":
            self._refuse(_Refusal(401, "Incorrect API key provided: sk-lo****cdef.", None, "invalid_api_key"))
            return False
        return True

    def _heard(self, fields: dict[str, list[str]], data: bytes | None) -> dict[str, Any]:
        translates = self.path == "/v1/audio/translations"
        if not translates and self.path != "/v1/audio/transcriptions":
            raise _Refusal(404, f"Invalid URL (POST {self.path})")
        if unknown := sorted(set(fields) - (_OF_TRANSLATIONS if translates else _FIELDS)):
            raise _Refusal(400, f"Unrecognized request argument supplied: {unknown[0]}", unknown[0])
        if data is None:
            raise _Refusal(400, "you must provide a file", "file")
        if len(data) > MOST_BYTES:
            raise _Refusal(413, f"Maximum content size limit ({MOST_BYTES}) exceeded ({len(data)} bytes read)")
        if fields.get("model") != [MODEL]:
            raise _Refusal(404, f"The model `{fields.get('model')}` does not exist", None, "model_not_found")
        if fields.get("response_format") != ["verbose_json"]:
            raise _Refusal(400, "this double answers with verbose_json alone", "response_format")
        if not set(fields.get("timestamp_granularities[]", ())) <= {"word", "segment"}:
            raise _Refusal(400, "Invalid timestamp granularity", "timestamp_granularities")
        language = (fields.get("language") or [None])[0]
        if language is not None and language not in KNOWN:
            message = f"Invalid language '{language}'. Language parameter must be specified in ISO-639-1 format."
            raise _Refusal(400, message, "language", "invalid_language_format")
        if not 0 <= float(fields.get("temperature", ["0"])[0]) <= 1:
            raise _Refusal(400, "temperature must be between 0 and 1", "temperature")
        return self._answer(fields, _samples(data), language, translates)

    def _answer(self, fields: dict[str, list[str]], samples: Any, language: str | None, translates: bool) -> Any:
        if len(samples) < LEAST_S * 16_000:
            raise _Refusal(400, "Audio file is too short. Minimum audio length is 0.1 seconds.", "file")
        words = "word" in fields.get("timestamp_granularities[]", ())
        with self.audio.lock:  # the model is one, whoever asks
            self.audio.seconds.append(len(samples) / 16_000)
            told, info = toy().transcribe(
                samples,
                language=language,
                task="translate" if translates else "transcribe",
                initial_prompt=(fields.get("prompt") or [None])[0],
                temperature=0,
                beam_size=1,
                condition_on_previous_text=False,
                word_timestamps=words,
            )
            segments = list(told)
        body = {
            "task": "translate" if translates else "transcribe",
            "language": LANGUAGES[info.language].lower(),
            "duration": len(samples) / 16_000,
            "text": "".join(segment.text for segment in segments).strip(),
            "segments": [_segment(number, segment) for number, segment in enumerate(segments)],
        }
        if words:  # without punctuation, as OpenAI's are
            said = [word for segment in segments for word in segment.words or ()]
            bare = [(word.word.strip().strip(".,?!"), word) for word in said]
            body["words"] = [{"word": text, "start": word.start, "end": word.end} for text, word in bare if text]
        return body

    def _refuse(self, refusal: _Refusal, **headers: str) -> None:
        error = {"message": refusal.message, "type": "error", "param": refusal.param, "code": refusal.code}
        self.answer(refusal.status, {"error": error}, **headers)


def _segment(number: int, segment: Any) -> dict[str, Any]:
    kept = ("seek", "start", "end", "text", "avg_logprob", "compression_ratio", "no_speech_prob")
    return {"id": number, **{name: getattr(segment, name) for name in kept}}


def _form(content_type: str, body: bytes) -> tuple[dict[str, list[str]], bytes | None]:
    """Fields of multipart/form-data, and the file."""
    parsed = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, list[str]] = {}
    data = None
    for part in parsed.get_payload():
        name = part.get_param("name", header="content-disposition")
        if name == "file":
            data = part.get_payload(decode=True)
        else:
            fields.setdefault(str(name), []).append(part.get_payload(decode=True).decode())
    return fields, data


def _samples(data: bytes) -> Any:
    try:
        with wave.open(io.BytesIO(data)) as sound:
            frames = sound.readframes(sound.getnframes())
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16_000, 1, 2)
    except (wave.Error, EOFError) as fault:
        raise _Refusal(400, "Invalid file format.", "file") from fault
    return np.frombuffer(frames, "<i2").astype(np.float32) / 32768
