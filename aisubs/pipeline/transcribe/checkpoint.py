"""What is saved with each batch, so that a killed worker costs the batch at the engine and the one that is being saved,
and the thread that saves it."""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aisubs.media.front import Choice, FrontState, Wish, front_version
from aisubs.model.alignment import Alignment, Passage
from aisubs.model.audio_track import AudioTrack, Reason
from aisubs.model.diarization import Diarization
from aisubs.model.errors import AisubsError, error
from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.second_passes import SecondPasses
from aisubs.model.transcript import Window
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.ports import Engine, Spent

log = logging.getLogger(__name__)

LOOP_VERSION = 7
"""Raise it when the batch plan, the election or the guards change: older checkpoints are then done anew."""

MAX_UNSAVED = 32
"""Batches that may wait for a database that does not answer; texts only, so a few megabytes."""

_SHAPING_OPTIONS = {
    *("language", "force_language", "languages", "task", "initial_prompt", "hotwords"),
    *("word_timestamps", "audio_track"),
}
"""The options that change what is transcribed, beside how channels are heard; cue profiles and speakers come later."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where the loop goes on: after the last window saved. Kept in `transcription_jobs.resume_state`."""

    fingerprint: str
    front: FrontState | None = None
    speech_windows: int = 0
    """Windows of speech saved: the place in the batch plan."""
    language: str | None = None
    second_passes: SecondPasses = field(default_factory=SecondPasses)
    """Further passes so far: the allowance for more depends on their number."""
    track: AudioTrack | None = None
    """The audio track that is heard: chosen once, and then kept."""
    at_once: int | None = None
    """How many windows are decoded at once since memory ran out (`Engine.at_once`): in floating point the scores change
    with it in their last bits, so whoever goes on does the same."""
    spent: Spent = field(default_factory=Spent)
    """What was sent elsewhere until then."""
    second: SecondOpinion | None = None
    """How far the second opinion has come, once all windows are saved and the job wants one."""
    alignment: Alignment | None = None
    """How far the script has come, once all windows are saved, where there is one."""
    passages: tuple[Passage, ...] = ()
    """Which words of it belong where, until all are there."""
    speakers: Diarization | None = None
    """How far telling speakers apart has come, after that."""

    @property
    def finished(self) -> bool:
        """There is no next window."""
        return self.front is not None and self.front.is_done

    def to_json(self) -> dict[str, Any]:
        return {
            "fingerprint": self.fingerprint,
            "front": self.front.to_json() if self.front else None,
            "speech_windows": self.speech_windows,
            "language": self.language,
            "second_passes": self.second_passes.as_json(),
            "track": self.track.as_json() if self.track else None,
            "at_once": self.at_once,
            "second": self.second.as_json() if self.second else None,
            "alignment": self.alignment.as_json() if self.alignment else None,
            "passages": [passage.as_json() for passage in self.passages],
            "speakers": self.speakers.as_json() if self.speakers else None,
        } | ({"spent": [self.spent.sent_ms, self.spent.requests]} if self.spent != Spent() else {})


def find_bookmark(claim: Claim, fingerprint: str) -> Bookmark | None:
    """The bookmark of an earlier worker, or None if there is none or its windows were made by other means."""
    state = claim.resume_state
    if not claim.windows or not state or state.get("fingerprint") != fingerprint:
        return None
    track = AudioTrack.from_json(state["track"]) if state["track"] else None
    second = SecondOpinion.from_json(state["second"]) if state.get("second") else None
    speakers = Diarization.from_json(state["speakers"]) if state.get("speakers") else None
    alignment = Alignment.from_json(state["alignment"]) if state.get("alignment") else None
    passages = tuple(Passage.from_json(row) for row in state.get("passages", ()))
    front, passes = FrontState.from_json(state["front"]), SecondPasses.from_json(state["second_passes"])
    known: dict[str, Any] = {
        "front": front,
        "track": track,
        "second": second,
        "second_passes": passes,
        "speakers": speakers,
    }
    known |= {"alignment": alignment, "passages": passages, "spent": spent_on(claim)}
    return Bookmark(**{**state, **known})


def spent_on(claim: Claim) -> Spent:
    """What earlier workers have sent elsewhere of this recording, whatever became of their windows."""
    return Spent(*(claim.resume_state or {}).get("spent", ()))


def fingerprint_of(claim: Claim, engine: Engine, widest: int) -> str:
    """SHA-256 (hex) of everything that shapes the windows' text. Another one means: start over."""
    parts = {
        "loop": LOOP_VERSION,
        "front": front_version(),
        "engine": engine.fingerprint,
        "widest_batch": widest,
        "options": claim.options.model_dump(mode="json", include=_SHAPING_OPTIONS),
        "channels": claim.options.heard_channels,
        "object": [claim.bucket, claim.object_name, claim.generation],
    }
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def track_of(claim: Claim, bookmark: Bookmark) -> Wish | Choice:
    """The audio track to read: the one heard so far, else (and where several are heard in turn) what was wished for."""
    track, options = bookmark.track, claim.options
    if track is not None and track.reason is not Reason.EACH and not track.has_sides:
        return Choice(track.number, track.reason)
    return Wish(options.audio_track, options.language, options.heard_channels)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Finished windows with the bookmark behind the last of them."""

    windows: list[Window]
    bookmark: Bookmark
    remaining_ms: int | None
    peaks: dict[int, bytes]
    """How loud the windows are (media/peaks.py), by their numbers."""


class Saver(threading.Thread):
    """Saves checkpoints in order from a thread of its own, so that the engine never waits for the database.

    While the database does not answer it tries again until the lease has run out; checkpoints that wait are then saved
    together, in one transaction.
    """

    def __init__(self, jobs: Jobs, claim: Claim, lease: Lease) -> None:
        super().__init__(name="saver", daemon=True)
        self._jobs = jobs
        self._claim = claim
        self._lease = lease
        self._waiting: deque[Checkpoint] = deque()
        self._changed = threading.Condition()
        self._saving = False
        self._ended = False
        self.saves = 0

    def put(self, checkpoint: Checkpoint) -> None:
        """Hand over. Waits only when `MAX_UNSAVED` others do; raises what has ended the lease."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < MAX_UNSAVED or self._lease.fault is not None)
            self._lease.check()
            self._waiting.append(checkpoint)
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until everything is saved; raises what has ended the lease."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._waiting or self._saving) or self._lease.fault is not None)
        self._lease.check()

    def close(self) -> None:
        """Save what waits, if the lease still holds, and stop the thread."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self.join()

    def run(self) -> None:
        while batch := self._take():
            try:
                self._save(batch)
            except AisubsError as fault:
                self._lease.end(fault)
            except Exception as fault:
                log.exception("windows.not_saved", extra={"job_id": self._claim.job_id})
                self._lease.end(error("internal", repr(fault)))
            finally:
                with self._changed:
                    self._saving = False
                    self._changed.notify_all()

    def _take(self) -> list[Checkpoint]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            if self._lease.fault is not None:
                return []
            taken = list(self._waiting)
            self._waiting.clear()
            self._saving = True
            self._changed.notify_all()
            return taken

    def _save(self, checkpoints: list[Checkpoint]) -> None:
        last = checkpoints[-1]
        windows = [window for checkpoint in checkpoints for window in checkpoint.windows]
        peaks = {seq: one for checkpoint in checkpoints for seq, one in checkpoint.peaks.items()}
        self._lease.insist(
            lambda: self._jobs.save_windows(
                self._claim.job_id,
                self._claim.fence,
                windows,
                last.bookmark.to_json(),
                language=last.bookmark.language,
                remaining_ms=last.remaining_ms,
                peaks=peaks,
            )
        )
        self.saves += 1
        log.info("windows.saved", extra={"job_id": self._claim.job_id, "windows": len(windows)})


@contextmanager
def saving(jobs: Jobs, claim: Claim, lease: Lease) -> Iterator[Saver]:
    """A saver that is stopped on the way out."""
    saver = Saver(jobs, claim, lease)
    saver.start()
    try:
        yield saver
    finally:
        saver.close()
