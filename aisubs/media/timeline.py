"""Where each decoded frame belongs in time: the file's timestamps decide, but only where they really disagree.

Sample counts alone drift as soon as a packet is lost or a recorder pauses; timestamps alone jitter. So samples follow
each other without a seam until the timestamps are off by more than `TOLERANCE_S`.
"""

from __future__ import annotations

TOLERANCE_S = 0.05
MAX_OVERLAP_S = 1.0
"""Sound that claims a time already filled is dropped up to here; further back, the clock was reset and it is kept."""
MAX_DISCONTINUITY_S = 10.0
"""Broadcast formats restart their clock; a longer jump in one of them is a restart and not a pause. FFmpeg's value."""


class Timeline:
    """Compares the time at which a frame begins with the end of what came before it. All times in seconds.

    `expected_s` is the time at which the next frame begins if it follows without a seam; 0 is the recording's start.
    """

    def __init__(self, start_s: float, clock_restarts: bool) -> None:
        self.expected_s = 0.0
        self._zero_s = start_s
        self._clock_restarts = clock_restarts
        self._empty = True

    def place(self, begins_s: float | None, length_s: float, next_s: float | None) -> float:
        """Say how far the frame lies from where it is expected: > 0 a gap before it, < 0 an overlap, 0 no seam.

        `begins_s` and `next_s` are the timestamps of this frame and the next one, on the file's clock. A single
        timestamp that the next one contradicts is an error in the file and is ignored.
        """
        seam_s = 0.0
        if begins_s is not None:
            drift_s = begins_s - self._zero_s - self.expected_s
            if abs(drift_s) > TOLERANCE_S and not _is_outlier(drift_s, begins_s + length_s, next_s):
                if self._is_restart(drift_s):
                    self._zero_s += drift_s
                else:
                    seam_s = drift_s
        self._empty = False
        self.expected_s += seam_s + length_s
        return seam_s

    def _is_restart(self, drift_s: float) -> bool:
        if self._empty:
            return drift_s < 0
        return drift_s < -MAX_OVERLAP_S or (self._clock_restarts and drift_s > MAX_DISCONTINUITY_S)


def _is_outlier(drift_s: float, ends_s: float, next_s: float | None) -> bool:
    if next_s is None:
        return False
    # After a true jump the next frame follows this one; after a false one it goes back to where it would have been.
    return (next_s - ends_s) * drift_s < 0 and abs(next_s - ends_s) > abs(drift_s) / 2
