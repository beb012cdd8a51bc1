"""Windows -> what the network is to learn from them: tokens, where each is heard, and what each encoder frame says."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tests.toy_model import tokens
from tests.toy_model.bank import Bank
from tests.toy_model.windows import PlacedUtterance, Window, WindowComposer

IGNORED = -100
NOWHERE = (-1, -1)
ENCODER_FRAMES_PER_S = 50
PHONE_CLASSES = 128
_MAX_PROMPT_TOKENS = 223  # what faster-whisper passes on from the text before

Span = tuple[float, float] | None
TimedToken = tuple[int, Span]
"""A token and the seconds of the window in which it is heard."""


@dataclass(frozen=True)
class Lesson:
    """Decoder input and target, position by position, and the seconds where input and target are heard."""

    inputs: list[int]
    targets: list[int]
    input_spans: list[Span]
    target_spans: list[Span]


@dataclass(frozen=True)
class Batch:
    """Arrays of one training step: B windows, T decoder positions, E encoder frames of 20 ms."""

    first_frame: int
    """Encoder position of the windows' first frame: short windows are placed anywhere in the 30 s."""
    features: NDArray[np.float32]  # [B, 80, 2E]
    inputs: NDArray[np.int64]  # [B, T]
    targets: NDArray[np.int64]  # [B, T], IGNORED where nothing is to be learned
    input_spans: NDArray[np.int64]  # [B, T, 2] encoder frames, NOWHERE if not heard
    target_spans: NDArray[np.int64]  # [B, T, 2]
    word_labels: NDArray[np.int64]  # [B, E], 0 = none, else 1 + tokens.WORD_INDEX
    phone_labels: NDArray[np.int64]  # [B, E], 0 = none


def phone_inventory(bank: Bank) -> dict[str, int]:
    """Phone name -> class, from 1, by descending frequency; the rarest beyond `PHONE_CLASSES` are left out."""
    counts = Counter(name for utterance in bank.utterances for _, name in utterance.phones)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: index + 1 for index, name in enumerate(ranked[: PHONE_CLASSES - 1])}


def _word_tokens(utterance: PlacedUtterance, next_start_s: float) -> list[TimedToken]:
    """The sentence's tokens; the full stop's span reaches over the pause, or the next word would swallow it."""
    bounds = utterance.bounds_s
    end = bounds[-1]
    spans: list[Span] = list(pairwise(bounds))
    spans.append((end - 0.02, max(end + 0.06, next_start_s)))
    return list(zip(tokens.sentence(utterance.words), spans, strict=True))


def _next_starts(window: Window) -> list[float]:
    starts = [utterance.bounds_s[0] - 0.02 for utterance in window.utterances[1:]]
    if window.utterances:
        starts.append(min(window.content_s, window.utterances[-1].bounds_s[-1] + 0.5))
    return starts


def _timestamped(window: Window, offset_s: float) -> list[TimedToken]:
    """`<|start|> Words . <|end|>` for each utterance; one that is cut off gives only its start."""
    timed: list[TimedToken] = []
    for utterance, next_start in zip(window.utterances, _next_starts(window), strict=True):
        start, end = utterance.bounds_s[0], utterance.bounds_s[-1]
        if not utterance.whole and start > window.content_s - 0.1:
            break
        timed.append((tokens.timestamp(start + 0.02 + offset_s), (start - 0.04, start + 0.08)))
        if not utterance.whole:
            break
        timed += _word_tokens(utterance, next_start)
        timed.append((tokens.timestamp(end + 0.02 + offset_s), (end - 0.06, end + 0.08)))
    return timed or [(tokens.timestamp(offset_s), (0, 0.06))]


def _plain(window: Window) -> list[TimedToken]:
    """Words without timestamps, those of a cut utterance as far as they are heard."""
    timed: list[TimedToken] = []
    for utterance, next_start in zip(window.utterances, _next_starts(window), strict=True):
        spoken = _word_tokens(utterance, next_start)
        timed += [t for t in spoken[:-1] if t[1] and t[1][1] <= window.content_s - 0.03]
        if utterance.whole:
            timed.append(spoken[-1])
    return timed


class Teacher:
    """Makes batches of lessons from a bank; deterministic for a seed."""

    def __init__(self, bank: Bank, seed: int) -> None:
        self._composer = WindowComposer(bank, seed)
        self._random = self._composer.random
        self._phones = phone_inventory(bank)

    def batch(self, windows: int, frames: int, prompt_tokens: int, anywhere: bool) -> Batch:
        """`windows` windows of `frames` × 10 ms with up to `prompt_tokens` tokens of previous text before each.

        `anywhere`: place the windows at a random position of Whisper's 30 s instead of at its start.
        """
        encoder_frames = frames // 2
        first_frame = self._random.randint(0, 1500 - encoder_frames) if anywhere else 0
        composed = [self._composer.compose(frames) for _ in range(windows)]
        lessons = [self._lesson(window, first_frame, prompt_tokens) for window in composed]
        length = max(len(lesson.inputs) for lesson in lessons)
        inputs = np.full((windows, length), tokens.END_OF_TEXT, np.int64)
        targets = np.full((windows, length), IGNORED, np.int64)
        for row, lesson in enumerate(lessons):
            inputs[row, : len(lesson.inputs)] = lesson.inputs
            targets[row, : len(lesson.targets)] = lesson.targets
        return Batch(
            first_frame,
            np.stack([window.features.T for window in composed]),
            inputs,
            targets,
            _span_array([lesson.input_spans for lesson in lessons], length, encoder_frames),
            _span_array([lesson.target_spans for lesson in lessons], length, encoder_frames),
            np.stack([_word_labels(window, encoder_frames) for window in composed]),
            np.stack([self._phone_labels(window, encoder_frames) for window in composed]),
        )

    def _lesson(self, window: Window, first_frame: int, prompt_tokens: int) -> Lesson:
        with_timestamps = self._random.random() < 0.5
        offset_s = first_frame / ENCODER_FRAMES_PER_S
        timed = _timestamped(window, offset_s) if with_timestamps else _plain(window)
        end = timed[-1][1][1] if timed and timed[-1][1] else 0.0
        timed.append((tokens.END_OF_TEXT, None if with_timestamps else (end, end + 0.3)))
        language = tokens.SPECIAL[f"<|{window.language}|>"]
        head = [*self._prompt(window, prompt_tokens), tokens.START_OF_TRANSCRIPT, language, tokens.TRANSCRIBE]
        head += [] if with_timestamps else [tokens.NO_TIMESTAMPS]
        targets = [IGNORED] * (len(head) - 1) + [token for token, _ in timed]
        targets[head.index(tokens.START_OF_TRANSCRIPT)] = language if window.utterances else tokens.NO_SPEECH
        spans = [span for _, span in timed]
        inputs = head + [token for token, _ in timed[:-1]]
        late = with_timestamps and first_frame == 0 and timed[0][0] > tokens.timestamp(1.0)
        if late and self._random.random() < 0.5:
            # faster-whisper forbids a first timestamp beyond 1 s: meet that here, and learn nothing wrong from it
            inputs[len(head)] = tokens.timestamp(1.0)
            targets[len(head) - 1] = IGNORED
        nowhere: list[Span] = [None] * len(head)
        return Lesson(inputs, targets, nowhere + spans[:-1], nowhere[:-1] + spans)

    def _prompt(self, window: Window, limit: int) -> list[int]:
        """Previous text as faster-whisper passes it on: with or without timestamps, its front cut off."""
        rng = self._random
        if limit == 0 or rng.random() < 0.2:
            return []
        length = limit if rng.random() < 0.5 else rng.randint(1, limit)
        stamped = rng.random() < 0.7
        clock_s = rng.uniform(0, 20)
        prompt: list[int] = []
        while len(prompt) < length:
            words = self._composer.draw_sentence(window.language)
            if window.utterances and rng.random() < 0.1:  # said before, said again
                words = rng.choice(window.utterances).words
            if stamped:
                end_s = clock_s + 0.35 * len(words)
                prompt += [tokens.timestamp(clock_s), *tokens.sentence(words), tokens.timestamp(end_s)]
                clock_s = (end_s + rng.uniform(0.2, 1)) % 25
            else:
                prompt += tokens.sentence(words)
        prompt = prompt[-min(length, _MAX_PROMPT_TOKENS) :]
        if rng.random() < 0.1:  # a user's own prompt is spelled in bytes
            prompt[:3] = [rng.randint(0, 255) for _ in prompt[:3]]
        return [tokens.START_OF_PREVIOUS, *prompt]

    def _phone_labels(self, window: Window, encoder_frames: int) -> NDArray[np.int64]:
        labels = np.zeros(encoder_frames, np.int64)
        end = round(window.content_s * ENCODER_FRAMES_PER_S)
        for utterance in window.utterances:
            starts = [max(0, round(begin * ENCODER_FRAMES_PER_S)) for begin, _ in utterance.phones]
            for (_, name), first, last in zip(utterance.phones, starts, starts[1:] + starts[-1:], strict=True):
                labels[first : min(last, end)] = self._phones.get(name, 0)
        return labels


def _word_labels(window: Window, encoder_frames: int) -> NDArray[np.int64]:
    labels = np.zeros(encoder_frames, np.int64)
    end = round(window.content_s * ENCODER_FRAMES_PER_S)
    for utterance in window.utterances:
        bounds = [round(bound * ENCODER_FRAMES_PER_S) for bound in utterance.bounds_s]
        for word, first, last in zip(utterance.words, bounds, bounds[1:], strict=False):
            labels[first : min(last, end)] = 1 + tokens.WORD_INDEX[word]
    return labels


def _span_array(spans: list[list[Span]], length: int, encoder_frames: int) -> NDArray[np.int64]:
    array = np.full((len(spans), length, 2), NOWHERE, np.int64)
    for row, row_spans in enumerate(spans):
        for column, span in enumerate(row_spans):
            if span is not None:
                first = max(0, min(encoder_frames - 1, round(span[0] * ENCODER_FRAMES_PER_S)))
                last = max(first + 1, min(encoder_frames, round(span[1] * ENCODER_FRAMES_PER_S)))
                array[row, column] = (first, last)
    return array
