"""One claimed job on its way to a published transcript, and what a worker needs for that."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from aisubs.media.probe import Limits
from aisubs.model.diarization import Diarization, turns_to_json
from aisubs.model.errors import error
from aisubs.model.job import Stage
from aisubs.model.losses import losses_of
from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.speech_model import shown_model
from aisubs.model.turns import Turn
from aisubs.pipeline.alignment.align_script import align_script
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.identify import hashing
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.speakers.diarize import diarize
from aisubs.pipeline.speakers.know_voices import know_voices
from aisubs.pipeline.transcribe.batches import widest_batch
from aisubs.pipeline.transcribe.hear_again import check
from aisubs.pipeline.transcribe.second_opinion import second_opinion
from aisubs.pipeline.transcribe_job import Transcribed, transcribe_job
from aisubs.pipeline.write_results import write_results
from aisubs.ports import Diarizer, Engine, Mirror, PushNotifier, Queue, Store
from aisubs.settings import Settings
from aisubs.weights.mark import told_name

log = logging.getLogger(__name__)

LONG_RECORDING_MS = 600_000

_LOOK_UP_S = 0.2


class EngineCache:
    """The one loaded engine. Another model takes its place: two may not fit on the device."""

    def __init__(self, load: Callable[[str | None], Engine]) -> None:
        self._load = load
        self._name: str | None = None
        self._engine: Engine | None = None

    def take(self, name: str | None) -> Engine:
        """The engine for a job's `model` option; None is the worker's own. Raises `model_missing`."""
        if self._engine is None or name != self._name:
            self._engine = None
            self._engine = self._load(name)
            self._name = name
        return self._engine


@dataclass(frozen=True, slots=True)
class Worker:
    """What every step of the work needs."""

    jobs: Jobs
    store: Store
    queue: Queue
    mirror: Mirror | None
    limits: Limits
    settings: Settings
    engines: EngineCache
    load_diarizer: Callable[[], Diarizer]
    """What tells speakers apart, loaded once. Raises `no_diarizer`."""
    stop: threading.Event
    out_of_time: threading.Event = field(default_factory=threading.Event)
    """Set where `stop` is, once the time of this execution is over."""
    notifier: PushNotifier | None = None
    ask_for_model: Callable[[str], object] = lambda _: None
    """Sees to it that a model can be loaded. Raises `no_model`, `unknown_model`, `model_missing`."""


def complete(worker: Worker, claim: Claim, lease: Lease) -> None:
    """The way of a job that goes well: transcribe, write, publish; or take over the result of a twin."""
    diarizer = worker.load_diarizer() if claim.options.diarize else None  # before hours of work, as the second model
    with hashing(worker.store, claim) as content_sha256:
        if claim.twin and not claim.options.fresh and _adopt(worker, claim, lease, content_sha256, diarizer):
            log.info("job.adopted", extra={"job_id": claim.job_id})
            return
        second = second_model(worker, claim)
        if second is not None:
            worker.ask_for_model(second)  # not after hours of work for the first one
        done, model = _transcribe(worker, claim, lease)
        opinion = _ask_second(worker, claim, lease, second, done) if second is not None else None
        done = _align(worker, claim, lease, replace(done, bookmark=replace(done.bookmark, second=opinion)))
        speakers, turns = _tell_apart(worker, claim, lease, diarizer, done) if diarizer else (None, [])
        if done.audio_ms > LONG_RECORDING_MS:  # for shorter ones, writing is over before anybody could read of it
            lease.insist(lambda: worker.jobs.set_stage(claim.job_id, claim.fence, Stage.WRITING))
        transcript, files = write_results(
            claim,
            jobs=worker.jobs,
            store=worker.store,
            lease=lease,
            language=done.language,
            track=done.bookmark.track,
            model=model,
            second=opinion,
            alignment=done.bookmark.alignment,
            passes=done.bookmark.second_passes,
            speakers=speakers,
            turns=turns,
        )
        if diarizer is not None and speakers is not None and speakers.found and diarizer.reads(speakers.diarizer):
            lenient = worker.settings.on_diarization_failure == "complete"
            know_voices(claim, transcript, jobs=worker.jobs, decider=diarizer, lease=lease, lenient=lenient)
        lease.check()
        result = {
            "duration_ms": transcript.duration_ms,
            "content_sha256": content_sha256.result(),
            "files": files,
            "coverage": asdict(transcript.coverage) if transcript.coverage else None,
            "model": transcript.model,
            "audio_ms": done.audio_ms,
            "wall_ms": done.wall_ms,
            "losses": asdict(losses_of(transcript)),
            "turns": turns_to_json(turns) if speakers else None,
        }
        lease.insist(lambda: worker.jobs.complete_job(claim.job_id, claim.fence, **result))


def _transcribe(worker: Worker, claim: Claim, lease: Lease) -> tuple[Transcribed, str]:
    """With the name of the model that people know. Nothing holds on to the engine afterwards but the cache."""
    engine = worker.engines.take(claim.options.model)
    if claim.options.script is not None and not engine.aligns:
        raise error("no_alignment", model=shown_model(engine.model))  # not after hours of work
    done = transcribe_job(
        claim,
        jobs=worker.jobs,
        store=worker.store,
        engine=engine,
        lease=lease,
        limits=worker.limits,
        widest=widest_batch(engine, worker.settings.batch_size),
        stop=worker.stop,
    )
    return done, shown_model(engine.model)


def second_model(worker: Worker, claim: Claim) -> str | None:
    """The model that is asked about what is in doubt: what the job says, else the worker's setting. One that is the
    first model anyway would only say the same again."""
    second = claim.options.second_model(worker.settings.second_opinion)
    first = claim.options.model or worker.settings.model
    return None if second is None or told_name(second) == told_name(first) else second


def _ask_second(worker: Worker, claim: Claim, lease: Lease, model: str, done: Transcribed) -> SecondOpinion:
    return second_opinion(
        claim,
        model,
        done.bookmark,
        jobs=worker.jobs,
        store=worker.store,
        take=worker.engines.take,
        lease=lease,
        limits=worker.limits,
        stop=worker.stop,
    )


def _align(worker: Worker, claim: Claim, lease: Lease, done: Transcribed) -> Transcribed:
    """With its script in place of what was heard, where it has one."""
    if claim.options.script is None:
        return done
    bookmark = align_script(
        claim,
        done.bookmark,
        jobs=worker.jobs,
        store=worker.store,
        engine=worker.engines.take(claim.options.model),
        lease=lease,
        limits=worker.limits,
        stop=worker.stop,
    )
    return replace(done, bookmark=bookmark)


def _tell_apart(
    worker: Worker, claim: Claim, lease: Lease, diarizer: Diarizer, done: Transcribed
) -> tuple[Diarization | None, list[Turn]]:
    """What is known of the speakers; nothing more where each has an audio track of their own."""
    bookmark = done.bookmark
    if bookmark.track is not None and bookmark.track.in_turn:
        return None, []
    return diarize(
        claim,
        bookmark,
        jobs=worker.jobs,
        store=worker.store,
        diarizer=diarizer,
        lease=lease,
        limits=worker.limits,
        stop=worker.stop,
        lenient=worker.settings.on_diarization_failure == "complete",
    )


def _adopt(worker: Worker, claim: Claim, lease: Lease, content_sha256: Future[str], diarizer: Diarizer | None) -> bool:
    while not content_sha256.done():
        check(lease, worker.stop)
        wait([content_sha256], _LOOK_UP_S)
    content = content_sha256.result()
    model = told_name(claim.options.model or worker.settings.model)
    second = second_model(worker, claim)
    told = told_name(second) if second else None
    told_apart_by = diarizer.fingerprint if diarizer else None
    adopt = partial(worker.jobs.adopt_result, claim.job_id, claim.fence, content)
    return lease.insist(lambda: adopt(model, told, told_apart_by))
