"""The part of the wiring that starts workers (which runner, what stands in when it has no machine), and what one of
them tells speakers apart with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from aisubs.model.errors import AisubsError, error
from aisubs.ports import Runner
from aisubs.ports.diarizer import Decider, Diarizer
from aisubs.settings import Settings
from aisubs.weights.speakers.place import find_speakers, require_speakers

if TYPE_CHECKING:
    from aisubs.adapters.queue.local import LocalQueue
    from aisubs.adapters.runner.subprocess import SubprocessRunner

WORKER = (sys.executable, "-m", "aisubs.worker")
"""The command that starts a worker on this machine."""

TOKEN_SPARE_S = 3600.0
"""A worker's token outlives the wait for a machine and the execution itself by so much: sweeps may come late."""


def make_runner(settings: Settings) -> Runner:
    """`CLOUD_RUN_JOB`, else subprocesses of this machine. A worker in Cloud Run knows itself only."""
    if settings.cloud_run_execution:
        from aisubs.adapters.runner.own_execution import OwnExecution

        return OwnExecution(settings.cloud_run_execution, settings.dispatch_id)
    if settings.cloud_run_job:
        from aisubs.adapters.runner.cloud_run import CloudRunRunner

        return CloudRunRunner.connect(settings.cloud_run_job, settings.cloud_run_endpoint, make_tokens(settings))
    from aisubs.adapters.runner.subprocess import SubprocessRunner

    return SubprocessRunner(WORKER, settings.data_dir / "executions")


def make_overflow(settings: Settings) -> Runner | None:
    """`CLOUD_RUN_OVERFLOW_JOB`; None where there is no second job."""
    if not settings.cloud_run_overflow_job:
        return None
    from aisubs.adapters.runner.cloud_run import CloudRunRunner

    return CloudRunRunner.connect(settings.cloud_run_overflow_job, settings.cloud_run_endpoint, make_tokens(settings))


def make_tokens(settings: Settings) -> Callable[[str], str] | None:
    """Dispatch id to the token of the execution that is started for it; None without `SUPABASE_SIGNING_KEY`."""
    if settings.supabase_signing_key is None:
        return None
    from aisubs.model.component_token import make_token

    key = settings.supabase_signing_key.get_secret_value()
    lasts_s = settings.gpu_patience_minutes * 60 + settings.task_timeout_s + TOKEN_SPARE_S
    return lambda dispatch_id: make_token(key, "worker", lasts_s, dispatch_id)


def joined(first: Runner, second: Runner) -> Runner:
    """Starts with the first, and knows the executions of both."""
    from aisubs.adapters.runner.joined import JoinedRunner

    return JoinedRunner(first, second)


def make_local_queue(dispatch: Callable[[], object]) -> LocalQueue:
    """The queue of a process that dispatches by itself, running; the caller closes it."""
    from aisubs.adapters.queue.local import LocalQueue

    return LocalQueue(dispatch)


def make_local_runner(
    settings: Settings, environment: Mapping[str, str], on_exit: Callable[[str, str, int], None]
) -> SubprocessRunner:
    """Workers on this machine whose end is reported; the caller closes it. `environment` carries the settings."""
    from aisubs.adapters.runner.subprocess import SubprocessRunner

    return SubprocessRunner(WORKER, settings.data_dir / "executions", environment=environment, on_exit=on_exit)


def no_diarizer() -> Diarizer:
    """Where nothing tells speakers apart. Raises `no_diarizer`."""
    raise error("no_diarizer")


def diarizes(settings: Settings, edition: str) -> bool:
    """Whether workers would find what `DIARIZER` names; the cloud's have theirs in their image."""
    if settings.diarizer == "none":
        return False
    return edition == "cloud" or why_no_diarizer(settings) is None


def why_no_diarizer(settings: Settings) -> AisubsError | None:
    """What is told to whoever wants speakers told apart where that cannot be; None: it can, on this machine."""
    if settings.diarizer == "none":
        return error("diarizer_off")
    if settings.diarizer == "onnx":
        return error("no_diarizer") if find_speakers(settings) is None else None
    from aisubs.adapters.diarizer.pyannote import can_be_used

    why = can_be_used(settings.speaker_model_dir)
    return error("diarizer_unusable", diarizer="pyannote", why=why) if why else None


def insist_on_diarizer(there: bool, settings: Settings) -> None:
    """Raises what says why workers would not find one: `no_diarizer`, `diarizer_off`, `diarizer_unusable`."""
    if not there:
        raise why_no_diarizer(settings) or error("no_diarizer")


def deciders_of(settings: Settings) -> Sequence[Decider]:
    """What decides from rows that were kept, without sound: for ours without weights, on every machine."""
    from aisubs.adapters.diarizer.onnx import OnnxDecider

    if settings.diarizer != "pyannote" or why_no_diarizer(settings) is not None:
        return (OnnxDecider(),)
    from aisubs.adapters.diarizer.pyannote import PyannoteDecider

    return (OnnxDecider(), PyannoteDecider(settings.speaker_model_dir, settings.device))


def diarizer_of(settings: Settings) -> Diarizer:
    """What tells speakers apart. Costs next to nothing until it listens. Raises `no_diarizer` where its weights are not
    here: `aisubs models download speakers` fetches them; `diarizer_off`, `diarizer_unusable`."""
    if settings.diarizer != "onnx":
        if (fault := why_no_diarizer(settings)) is not None:
            raise fault
        from aisubs.adapters.diarizer.pyannote import PyannoteDiarizer

        return PyannoteDiarizer(settings.speaker_model_dir, settings.device)
    from aisubs.adapters.diarizer.onnx import OnnxDiarizer

    found = require_speakers(settings)
    return OnnxDiarizer(found.segmentation, found.embedding, found.digests())
