"""What workers write, and zombies."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from aisubs.model.transcript import Segment, Window
from tests.state_machine.known import DURATION_MS, WINDOW_MS, WINDOWS, Claimed
from tests.state_machine.oracle import result_key
from tests.state_machine.rules import Rules, chosen, contents, picks, seldom
from tests.state_machine.rules_starts import RETRIES


def window(seq: int) -> Window:
    start_ms = seq * WINDOW_MS
    segment = Segment(start_ms, start_ms + 500, f" Satz Nummer {seq}.")
    return Window(seq, start_ms, start_ms + WINDOW_MS, 500, (segment,), ((start_ms, start_ms + 500),))


class WorkerRules(Rules):
    """What any worker writes that ever had a claim: also one that has lost it."""

    def _claim(self, pick: int) -> Claimed:
        live = [claim for claim in self.given.claims if self.oracle.is_live(claim)]
        return chosen(live if live and pick % 4 else self.given.claims, pick)

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks)
    def heartbeat(self, pick: int) -> None:
        claim = self._claim(pick)
        self.both(
            "heartbeat",
            lambda: self.place.jobs.heartbeat(claim.job_id, claim.fence),
            lambda: self.oracle.leased(claim) and None,
        )

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, lost=seldom)
    def set_stage(self, pick: int, lost: bool) -> None:
        claim = self._claim(pick)
        self.both(
            "set_stage",
            lambda: self.place.jobs.set_stage(claim.job_id, claim.fence, "transcribing", DURATION_MS),
            lambda: self.oracle.set_stage(claim),
            lost,
        )

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, again=st.integers(0, 1), count=st.integers(1, WINDOWS), skips=seldom, lost=seldom)
    def save(self, pick: int, again: int, count: int, skips: bool, lost: bool) -> None:
        claim = self._claim(pick)
        saved = self.oracle.jobs[claim.job_id].windows if claim.job_id in self.oracle.jobs else 0
        first = max(0, saved - again) + skips
        self._save(claim, first, min(first + count, WINDOWS + skips) - 1, lost)

    def _save(self, claim: Claimed, first: int, last: int, lost: bool = False) -> None:
        if last < first:
            return
        windows = [window(seq) for seq in range(first, last + 1)]
        self.both(
            "save_windows",
            lambda: self.place.jobs.save_windows(
                claim.job_id, claim.fence, windows, {"next": last + 1}, language="de", remaining_ms=60_000
            ),
            lambda: self.oracle.save(claim, first, last),
            lost,
        )

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, lost=seldom)
    def discard(self, pick: int, lost: bool) -> None:
        claim = self._claim(pick)
        self.both(
            "discard_windows",
            lambda: self.place.jobs.discard_windows(claim.job_id, claim.fence),
            lambda: self.oracle.discard(claim),
            lost,
        )

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, content=contents, lost=seldom)
    def complete(self, pick: int, content: str, lost: bool) -> None:
        self._complete(self._claim(pick), content, lost)

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, content=contents, lost=seldom)
    def work_to_the_end(self, pick: int, content: str, lost: bool) -> None:
        self._finish(self._claim(pick), content, lost)

    def _finish(self, claim: Claimed, content: str, lost: bool = False) -> None:
        if claim.job_id in self.oracle.jobs:
            self._save(claim, self.oracle.jobs[claim.job_id].windows, WINDOWS - 1)
        self._complete(claim, content, lost)

    def _complete(self, claim: Claimed, content: str, lost: bool) -> None:
        key = result_key(claim.job_id, claim.fence)
        self.oracle.store[key] = claim.fence  # written before it is published
        self.both(
            "complete_job",
            lambda: self.place.jobs.complete_job(
                claim.job_id, claim.fence, duration_ms=DURATION_MS, content_sha256=content,
                files=[{"format": "srt", "key": key, "size_bytes": 9}], coverage={"transcribed_ms": DURATION_MS},
                model="toy", audio_ms=DURATION_MS, wall_ms=DURATION_MS // 10,
            ),
            lambda: self.oracle.complete(claim, content),
            lost,
        )  # fmt: skip

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, content=contents, lost=seldom)
    def adopt(self, pick: int, content: str, lost: bool) -> None:
        claim = self._claim(pick)
        self.both(
            "adopt_result",
            lambda: self.place.jobs.adopt_result(claim.job_id, claim.fence, content),
            lambda: self.oracle.adopt(claim, content),
            lost,
        )

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, retryable=st.booleans(), lost=seldom)
    def fail(self, pick: int, retryable: bool, lost: bool) -> None:
        claim = self._claim(pick)
        self.both(
            "fail_job",
            lambda: self.place.jobs.fail_job(
                claim.job_id, claim.fence, "engine_failed", "A sentence.", retryable=retryable, **RETRIES
            ),
            lambda: self.oracle.fail(claim, retryable),
            lost,
        )

    @precondition(lambda self: self.given.claims)
    @rule(pick=picks, out_of_time=st.booleans(), lost=seldom)
    def release(self, pick: int, out_of_time: bool, lost: bool) -> None:
        claim = self._claim(pick)
        self.both(
            "release_job",
            lambda: self.place.jobs.release_job(claim.job_id, claim.fence, out_of_time=out_of_time),
            lambda: self.oracle.release(claim, out_of_time),
            lost,
        )
