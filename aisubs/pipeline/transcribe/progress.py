"""How long the rest will take, by this job's own speed so far."""

from __future__ import annotations

HALF_LIFE_MS = 600_000
"""Audio after which a measurement counts half: the first, small batches are slower than the ones that follow."""


WRITING_MS, WRITING_MS_PER_HOUR = 100, 300
"""What comes after the last window: reading back, shaping cues and writing files, on one ordinary core."""


DIARIZING_SHARE = 0.05
"""Seconds that telling speakers apart takes for a second of sound, until a worker has measured its own: 20 x real time
on one core. aisubs/sql/code/12_stats.sql has it too."""


class Pace:
    """Wall time per audio time, averaged over what was done lately. Loading the model is not in it."""

    def __init__(self, later_share: float = 0.0) -> None:
        """`later_share`: wall time of what comes after this and is not measured yet, per time of the recording."""
        self.later_share = later_share
        self._wall_s = 0.0
        self._audio_ms = 0.0
        self.audio_ms = 0
        self.wall_s = 0.0

    def note(self, audio_ms: int, wall_s: float) -> None:
        """`audio_ms` of the recording took `wall_s` seconds, everything included."""
        kept = 0.5 ** (audio_ms / HALF_LIFE_MS)
        self._wall_s = self._wall_s * kept + wall_s
        self._audio_ms = self._audio_ms * kept + audio_ms
        self.audio_ms += audio_ms
        self.wall_s += wall_s

    def remaining_ms(self, reached_ms: int, duration_ms: int) -> int | None:
        """Wall time from `reached_ms` to the published result, in milliseconds; None while nothing is known."""
        if not self._audio_ms:
            return None
        left_ms = max(0, duration_ms - reached_ms)
        writing_ms = WRITING_MS + WRITING_MS_PER_HOUR * max(duration_ms, reached_ms) / 3_600_000
        return round(left_ms * self._wall_s * 1000 / self._audio_ms + writing_ms + self.later_share * duration_ms)
