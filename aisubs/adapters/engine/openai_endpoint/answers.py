"""What can be read of a `verbose_json`. Nothing of it is taken on trust: fields may be missing, times run backwards,
and the words of OpenAI's own service come without the punctuation that the text has."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from aisubs.adapters.engine.timing.words import TimedText
from aisubs.model.errors import error
from aisubs.model.language import LANGUAGES

_CODES = {name.lower(): code for code, name in LANGUAGES.items()}
_UNSPACED = ("⺀", "鿿")
"""From the first CJK radical to the last unified ideograph: there no space comes before a text."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One window, in times of the shortened sound. Words spell the text, or there are none; so do parts."""

    text: str
    language: str | None
    words: tuple[TimedText, ...]
    parts: tuple[TimedText, ...]
    avg_logprob: float | None
    no_speech_prob: float | None


def read_answer(body: bytes, duration_s: float) -> Heard:
    """Raises `engine_unavailable` for what is no answer."""
    try:
        data = json.loads(body)
        said = data["text"]
    except (ValueError, RecursionError, KeyError, TypeError) as fault:
        raise error("engine_unavailable", f"no verbose_json: {body[:100]!r}") from fault
    if not isinstance(said, str):
        raise error("engine_unavailable", "text is no text")
    rows = [row for row in _rows(data.get("segments")) if isinstance(row.get("text"), str)]
    parts = _in_order(_timed(rows, "text", duration_s), duration_s)
    text = _spaced("".join(part.text for part in parts))
    if _solid(text) != _solid(said) or not parts:
        text = _spaced(said)
        parts = [TimedText(0.0, duration_s, text)] if text else []
    elif parts[0].text != text:
        parts[0] = replace(parts[0], text=text[: len(text) - sum(len(part.text) for part in parts[1:])])
    words = _in_order(_timed(_rows(data.get("words")), "word", duration_s), duration_s)
    return Heard(
        text,
        _language(data.get("language")),
        tuple(_with_scores(_spelled(words, text), rows)),
        tuple(parts),
        _mean(rows, "avg_logprob"),
        _mean(rows, "no_speech_prob"),
    )


def _rows(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _timed(rows: Iterable[dict[str, Any]], name: str, duration_s: float) -> Iterator[TimedText]:
    for row in rows:
        start_s, end_s, text = _number(row.get("start")), _number(row.get("end")), row.get(name)
        if isinstance(text, str) and text.strip():
            yield TimedText(start_s or 0.0, duration_s if end_s is None else end_s, text)


def _in_order(timed: Iterable[TimedText], duration_s: float) -> list[TimedText]:
    """Each within the sound, none before the one before it or into the one behind it."""
    ordered: list[TimedText] = []
    for one in timed:
        start_s = min(max(one.start_s, ordered[-1].start_s if ordered else 0.0), duration_s)
        ordered.append(replace(one, start_s=start_s, end_s=min(max(one.end_s, start_s), duration_s)))
    for at, (one, behind) in enumerate(pairwise(ordered)):
        ordered[at] = replace(one, end_s=max(one.start_s, min(one.end_s, behind.start_s)))
    return ordered


def _spelled(words: Sequence[TimedText], text: str) -> list[TimedText]:
    """The text, cut into these words: what stands between two of them, such as a comma, belongs to the first up to the
    space, and to the second from there on. No words where a tenth of them is not to be found."""
    found: list[tuple[int, int, TimedText]] = []
    at, folded = 0, text.casefold()
    if len(folded) != len(text):
        folded = text
    for word in words:
        bare = word.text.strip()
        place = folded.find(bare.casefold(), at)
        if place < 0 or place - at > _FAR:
            continue
        found.append((place, place + len(bare), word))
        at = place + len(bare)
    if not found or len(found) < 0.9 * len(words):
        return []
    cuts = [0]
    for (_, end, _), (start, _, _) in pairwise(found):
        between = text[end:start]
        space = next((place for place, sign in enumerate(between) if sign.isspace()), len(between))
        cuts.append(end + space)
    cuts.append(len(text))
    return [
        replace(word, text=text[first:last]) for (first, last), (_, _, word) in zip(pairwise(cuts), found, strict=True)
    ]


_FAR = 60
"""A word that is only found so many characters further on is another one."""


def _with_scores(words: Sequence[TimedText], rows: Sequence[dict[str, Any]]) -> Iterator[TimedText]:
    """A word is as sure as the segment in which it lies: nothing more is told."""
    scores = [(_number(row.get("end")), _number(row.get("avg_logprob"))) for row in rows]
    for word in words:
        mid_s = (word.start_s + word.end_s) / 2
        known = [score for end_s, score in scores if score is not None and (end_s is None or mid_s <= end_s)]
        last = [score for _, score in scores if score is not None][-1:]
        score = next(iter(known or last), None)
        yield replace(word, probability=None if score is None else math.exp(min(0.0, score)))


def _mean(rows: Sequence[dict[str, Any]], name: str) -> float | None:
    """By length."""
    known = [
        (max(0.01, (_number(row.get("end")) or 0.0) - (_number(row.get("start")) or 0.0)), value)
        for row in rows
        if (value := _number(row.get(name))) is not None
    ]
    whole = sum(weight for weight, _ in known)
    return sum(weight * value for weight, value in known) / whole if known else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _language(said: object) -> str | None:
    """`english` of OpenAI's, `en` of others."""
    if not isinstance(said, str):
        return None
    name = said.strip().lower()
    return name if name in LANGUAGES else _CODES.get(name)


def _spaced(text: str) -> str:
    text = text.rstrip()
    if not text or text[0].isspace() or _UNSPACED[0] <= text[0] <= _UNSPACED[1]:
        return text
    return f" {text}"


def _solid(text: str) -> str:
    return "".join(text.split())
