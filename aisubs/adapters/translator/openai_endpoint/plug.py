"""The plug, on the official SDK: what its answers and its refusals mean to us."""

from __future__ import annotations

import logging

import openai
from openai.types.chat import ChatCompletion

from aisubs.adapters.translator.openai_endpoint.wording import RULES, question, read_answer
from aisubs.model.endpoint import PASSING, SHOWN_CHARS, check_address, is_here, retry_after_s, shown
from aisubs.model.errors import AisubsError, error
from aisubs.ports import Answer, Order

log = logging.getLogger(__name__)

_CHARS_PER_TOKEN = 3


class OpenAiTranslator:
    """Plug of `aisubs.ports.Translator`."""

    def __init__(
        self, url: str, model: str, key: str | None, *, timeout_s: float, temperature: float | None = None
    ) -> None:
        """Raises ValueError, with a sentence, for settings that cannot be meant."""
        host = check_address(url, key, "TRANSLATION")
        if not model.strip():
            raise ValueError("TRANSLATION_MODEL names no model")
        self.name = model
        self.sent_to: str | None = host
        self._temperature = openai.omit if temperature is None else temperature
        # Redirects would take the text to a host of which nobody was told. Whoever asks counts tries and pauses.
        self._client = openai.OpenAI(
            base_url=url,
            api_key=key or "none",
            timeout=timeout_s,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not is_here(host)),
        )

    def check(self, source: str, target: str) -> None:
        """Nobody can ask a chat model which languages it knows."""

    def translate(self, order: Order) -> Answer:
        asked = question(order)
        try:
            made = self._client.chat.completions.create(
                model=self.name,
                messages=[{"role": "system", "content": RULES}, {"role": "user", "content": asked}],
                temperature=self._temperature,
            )
        except openai.APIStatusError as fault:
            raise self._refusal(fault) from fault
        except openai.APIConnectionError as fault:  # timeouts are among them
            raise error(
                "translator_unavailable", f"{self.sent_to}: {fault.__cause__ or fault}"[:SHOWN_CHARS]
            ) from fault
        except (openai.OpenAIError, ValueError) as fault:  # 200 with a body that is no JSON
            log.warning("translator.unreadable", extra={"reason": str(fault)[:SHOWN_CHARS]})
            return Answer((), len(RULES + asked) // _CHARS_PER_TOKEN)
        said = _said(made)
        return Answer(read_answer(said), _tokens(made) or len(RULES + asked + said) // _CHARS_PER_TOKEN)

    def _refusal(self, fault: openai.APIStatusError) -> AisubsError:
        status, why = fault.status_code, shown(fault.status_code, fault.body)
        if status in (401, 403):
            return error("translator_key", f"{status}", host=self.sent_to)
        if status == 429 and fault.code != "insufficient_quota":
            return error("translator_busy", why, retry_after_s=retry_after_s(fault.response.headers))
        if status >= 500 or status in PASSING:
            pause_s = retry_after_s(fault.response.headers)
            return error("translator_unavailable", f"{status} {why}", retry_after_s=pause_s)
        return error("translator_refused", f"{status}", host=self.sent_to, why=why)


def _said(made: object) -> str:
    """What the SDK makes of an answer is not checked by it: everything may be missing."""
    choices = made.choices if isinstance(made, ChatCompletion) else None
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    content = getattr(message, "content", None)
    return content if isinstance(content, str) else ""


def _tokens(made: object) -> int:
    total = getattr(getattr(made, "usage", None), "total_tokens", None)
    return max(0, total) if isinstance(total, int) else 0
