"""The service itself, on the official SDK: what is asked of it, what its refusals mean to us, and what it may cost."""

from __future__ import annotations

import io
import logging
import time
import wave
from itertools import count
from threading import Lock

import numpy as np
import openai

from aisubs.model.endpoint import PASSING, SHOWN_CHARS, check_address, is_here, retry_after_s, shown
from aisubs.model.errors import AisubsError, error
from aisubs.ports import SAMPLES_PER_SECOND, Samples, Spent
from aisubs.settings import Settings

log = logging.getLogger(__name__)

_LEAST_SAMPLES = SAMPLES_PER_SECOND // 5
"""It refuses what is shorter than 100 ms."""
_LONGEST_PAUSE_S = 30.0


class Budget:
    """What has been sent of a recording, within what may be. Several threads ask at a time."""

    def __init__(self, settings: Settings) -> None:
        self._most_ms, self._most_requests = settings.hearing_minutes * 60_000, settings.hearing_requests
        self._lock = Lock()
        self.spent = Spent()

    def begin(self, spent: Spent) -> None:
        with self._lock:
            self.spent = spent

    def take(self, ms: int) -> None:
        """Before it is sent: what is under way counts. Raises `engine_budget`."""
        with self._lock:
            after = Spent(self.spent.sent_ms + ms, self.spent.requests + 1)
            if self._most_ms and after.sent_ms > self._most_ms:
                spent, limit = round(self.spent.sent_ms / 60_000, 1), self._most_ms // 60_000
                raise error("engine_budget", unit="minutes", setting="HEARING_MINUTES", spent=spent, limit=limit)
            if self._most_requests and after.requests > self._most_requests:
                spent, limit = self.spent.requests, self._most_requests
                raise error("engine_budget", unit="requests", setting="HEARING_REQUESTS", spent=spent, limit=limit)
            self.spent = after

    def give_back(self, ms: int) -> None:
        """It was refused, and so costs nothing."""
        with self._lock:
            self.spent = Spent(max(0, self.spent.sent_ms - ms), max(0, self.spent.requests - 1))


class Endpoint:
    """One model of a service."""

    def __init__(self, settings: Settings, model: str) -> None:
        """Raises ValueError, with a sentence, for settings that cannot be meant."""
        key = settings.hearing_key.get_secret_value() if settings.hearing_key else None
        self.host = check_address(settings.hearing_url, key, "HEARING")
        self.model = model
        self.budget = Budget(settings)
        self._patience_s = settings.hearing_patience_s
        # Redirects would take the sound to a host of which nobody was told. Tries and pauses are counted here.
        self._client = openai.OpenAI(
            base_url=settings.hearing_url,
            api_key=key or "none",
            timeout=settings.hearing_timeout_s,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not is_here(self.host)),
        )

    def models(self) -> set[str] | None:
        """What it says that it has; None where it does not say. Raises `engine_key`, `engine_unavailable`."""
        try:
            return {model.id for model in self._client.models.list()}
        except (openai.NotFoundError, openai.BadRequestError, ValueError, AttributeError):
            return None
        except openai.APIStatusError as fault:
            raise self._refusal(fault) from fault
        except openai.APIConnectionError as fault:
            raise self._silence(fault) from fault

    def hear(self, samples: Samples, language: str | None, prompt: str, *, task: str, words: bool) -> bytes:
        """The body of its answer about one window, asked for again while it is busy or silent.

        Raises `bad_language`, `engine_budget`, `engine_key`, `engine_refused`, `engine_busy`, `engine_unavailable`.
        """
        until_s, length_ms = time.monotonic() + self._patience_s, len(samples) * 1000 // SAMPLES_PER_SECOND
        for number in count():
            self.budget.take(length_ms)
            try:
                return self._ask(samples, language, prompt, task=task, words=words)
            except openai.APIStatusError as answered:
                self.budget.give_back(length_ms)
                fault = self._refusal(answered, language)
            except openai.APIConnectionError as silent:  # it may have heard all of it, and cost as much
                fault = self._silence(silent)
            pause_s = min(2.0**number, _LONGEST_PAUSE_S) if fault.retry_after_s is None else fault.retry_after_s
            if not fault.retryable or time.monotonic() + pause_s > until_s:
                raise fault
            log.warning("hearing.again", extra={"error_code": fault.code, "reason": fault.reason, "pause_s": pause_s})
            time.sleep(pause_s)
        raise AssertionError("unreachable")

    def _ask(self, samples: Samples, language: str | None, prompt: str, *, task: str, words: bool) -> bytes:
        file = ("window.wav", _wav(samples), "audio/wav")
        said = prompt or openai.omit
        if task == "translate":
            made = self._client.audio.translations.with_raw_response.create(
                file=file, model=self.model, response_format="verbose_json", prompt=said, temperature=0
            )
            return made.http_response.content
        heard = self._client.audio.transcriptions.with_raw_response.create(
            file=file,
            model=self.model,
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"] if words else ["segment"],
            language=language or openai.omit,
            prompt=said,
            temperature=0,
        )
        return heard.http_response.content

    def _refusal(self, fault: openai.APIStatusError, language: str | None = None) -> AisubsError:
        status, why, headers = fault.status_code, shown(fault.status_code, fault.body), fault.response.headers
        if status in (401, 403):
            return error("engine_key", f"{status} {why}", host=self.host)
        if status == 429 and fault.code != "insufficient_quota":
            return error("engine_busy", why, retry_after_s=retry_after_s(headers))
        if status >= 500 or status in PASSING:
            return error("engine_unavailable", f"{status} {why}", retry_after_s=retry_after_s(headers))
        if language is not None and (fault.param == "language" or "language" in (fault.code or "")):
            return error("bad_language", why, language=language)
        return error("engine_refused", f"{status}", host=self.host, why=why)

    def _silence(self, fault: openai.APIConnectionError) -> AisubsError:
        """Timeouts are among them."""
        return error("engine_unavailable", f"{self.host}: {fault.__cause__ or fault}"[:SHOWN_CHARS])


def _wav(samples: Samples) -> bytes:
    """16 bits, as that is what speech needs."""
    padded = np.pad(samples, (0, max(0, _LEAST_SAMPLES - len(samples))))
    data, file = (np.clip(padded, -1, 1) * 32767).astype("<i2").tobytes(), io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(SAMPLES_PER_SECOND)
        made.writeframes(data)
    return file.getvalue()
