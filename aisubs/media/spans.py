"""Speech probabilities become padded spans of speech, left to right, with at most one span held back.

The decisions are those of `faster_whisper.vad.get_speech_timestamps` with the options of `BatchedInferencePipeline`;
upstream makes them over the whole recording and pads in a second pass. That pass only ever looks at the start of the
next span, so it can be made here as soon as that start is known or is certain to be far away.
"""

from __future__ import annotations

from collections.abc import Sequence

CHUNK = 512
THRESHOLD = 0.5
NEG_THRESHOLD = 0.3499999940395355
"""0.35 as a 32 bit float: the precision in which upstream compares"""
PAD = 6_400
"""speech_pad_ms = 400"""
MIN_SILENCE = 2_560
"""min_silence_duration_ms = 160"""
MAX_SPEECH = 30 * 16_000 - CHUNK - 2 * PAD
"""max_speech_duration_s = 30, with room for the padding"""
_SPLIT_SILENCE = 1_568
"""98 ms: the shortest silence at which a span that has become too long is split."""

Span = tuple[int, int]


class SpanMachine:
    """All numbers are samples at 16 kHz; a span is (start, end).

    Variables are upstream's: `temp_end` is where a silence began that may end the span, `prev_end` and `next_start` are
    the last silence at which it could be split. 0 stands for none, as there.
    """

    def __init__(self) -> None:
        self.position = 0  # first sample of the chunk that comes next
        self.start = -1  # of the span that is open, not padded; -1 while there is none
        self.temp_end = 0
        self.prev_end = 0
        self.next_start = 0
        self.padded_start = -1  # of the span that is open, once the one before it has been settled
        self.held: Span | None = None  # ended, its start padded, its end not yet

    def step(self, probability: float) -> Span | None:
        """Take the probability of one chunk and return the span that is settled by it, if there is one."""
        settled = self._settle()
        at = self.position
        self.position += CHUNK
        if probability >= THRESHOLD and self.temp_end:
            self.temp_end = 0
            if self.next_start < self.prev_end:
                self.next_start = at
        if self.start < 0:
            if probability >= THRESHOLD:
                self.start = at
        elif at - self.start > MAX_SPEECH:
            self._split(at)
            # After a split at a silence the chunk still counts for what is open then.
            if self.start >= 0:
                self._listen(probability, at)
        else:
            self._listen(probability, at)
        return settled

    def finish(self, total: int) -> list[Span]:
        """Return the last spans of a recording of `total` samples. All its chunks must have been taken."""
        spans = []
        if self.start >= 0 and total > self.start:
            settled = self._settle()
            spans += [settled] if settled else []
            spans.append((self._pad_start(), total))
        elif self.held is not None:
            spans.append((self.held[0], min(total, self.held[1] + PAD)))
        return spans

    @property
    def low(self) -> int:
        """No span that is still to come begins before this sample."""
        if self.held is not None:
            return self.held[0]
        if self.start >= 0:
            return self._pad_start()
        return max(0, self.position - PAD)

    @property
    def is_idle(self) -> bool:
        """Nothing is open or held: what comes next depends on nothing that was heard, except through the network."""
        return self.start < 0 and self.held is None

    def to_numbers(self) -> list[int]:
        held = self.held or (-1, -1)
        return [self.position, self.start, self.temp_end, self.prev_end, self.next_start, self.padded_start, *held]

    @classmethod
    def from_numbers(cls, numbers: Sequence[int]) -> SpanMachine:
        """Inverse of `to_numbers`."""
        machine = cls()
        machine.position, machine.start, machine.temp_end, machine.prev_end = numbers[:4]
        machine.next_start, machine.padded_start, held_start, held_end = numbers[4:]
        machine.held = None if held_start < 0 else (held_start, held_end)
        return machine

    def _listen(self, probability: float, at: int) -> None:
        if probability >= NEG_THRESHOLD:
            return
        if not self.temp_end:
            self.temp_end = at
        if at - self.temp_end > _SPLIT_SILENCE:
            self.prev_end = self.temp_end
        if at - self.temp_end >= MIN_SILENCE:
            self._end(self.temp_end, -1)

    def _split(self, at: int) -> None:
        """End a span that has become too long: at its last silence or, without one, here."""
        if self.prev_end:
            self._end(self.prev_end, self.next_start if self.next_start >= self.prev_end else -1)
        else:
            self._end(at, -1)

    def _end(self, end: int, next_start: int) -> None:
        self.held = (self._pad_start(), end)
        self.start = next_start
        self.padded_start = -1
        self.temp_end = self.prev_end = self.next_start = 0

    def _pad_start(self) -> int:
        return self.padded_start if self.padded_start >= 0 else max(0, self.start - PAD)

    def _settle(self) -> Span | None:
        """Pad the end of the held span if that can be done.

        An open span counts once a chunk after its first was taken: one that begins where the recording ends is none.
        """
        if self.held is None:
            return None
        held_start, held_end = self.held
        if self.start >= 0 and self.position > self.start:
            silence = self.start - held_end
            if silence < 2 * PAD:
                held_end += silence // 2
                self.padded_start = max(0, self.start - silence // 2)
            else:
                held_end += PAD
                self.padded_start = self.start - PAD
        elif self.start < 0 and self.position - held_end >= 2 * PAD:
            held_end += PAD
        else:
            return None
        self.held = None
        return held_start, held_end
