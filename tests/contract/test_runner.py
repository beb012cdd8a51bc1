"""What every plug of the Runner port promises. A plug joins by one line in PLUGS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from aisubs.adapters.runner.cloud_run import CloudRunRunner
from aisubs.adapters.runner.subprocess import SubprocessRunner
from aisubs.adapters.runner.subprocess.process import name_process, state_of, terminate, this_boot
from aisubs.adapters.runner.subprocess.registry import KEPT_ENDED, MAX_LOG_BYTES, Registry, new_execution
from aisubs.model.errors import AisubsError
from aisubs.ports import ExecutionState, LastWords, Runner
from tests.doubles.cloud_run import CloudRun
from tests.http_server import until

# Tells its environment, then waits to be told to end, or ends at SIGTERM with code 3.
WORKER = """
import json, os, pathlib, signal, sys, time
folder, job = pathlib.Path(sys.argv[1]), os.environ["JOB_ID"]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
print("job", job, "begins", flush=True)
tmp = folder / f"{job}.tmp"
tmp.write_text(json.dumps(dict(os.environ) | {"pid": os.getpid(), "session": os.getsid(0)}))
tmp.rename(folder / f"{job}.json")
while not (folder / f"{job}.end").exists():
    time.sleep(0.01)
"""


@dataclass
class Bench:
    """A runner with room for two workers, and a way to let a worker end by itself."""

    runner: Runner
    finish: Callable[[str], None]


@contextmanager
def subprocesses(folder: Path) -> Iterator[Bench]:
    runner = SubprocessRunner([sys.executable, "-c", WORKER, str(folder)], folder / "executions", capacity=2)
    yield Bench(runner, lambda job_id: (folder / f"{job_id}.end").touch())
    runner.close(5)


@contextmanager
def cloud_run(folder: Path) -> Iterator[Bench]:
    """The Cloud Run plug with the real client library; an execution is a real process."""
    command = [sys.executable, "-c", WORKER, str(folder)]
    with CloudRun(command, {}, folder / "cloud_run.log", quota=2) as double:
        yield Bench(
            CloudRunRunner.connect(double.job, double.endpoint), lambda job_id: (folder / f"{job_id}.end").touch()
        )


PLUGS: dict[str, Callable[[Path], AbstractContextManager[Bench]]] = {
    "subprocess": subprocesses,
    "cloud_run": cloud_run,
}


@pytest.fixture(params=PLUGS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with PLUGS[request.param](tmp_path) as bench:
        yield bench


def new_id() -> str:
    return str(uuid4())


def test_a_worker_runs_until_it_ends(bench: Bench) -> None:
    job_id, dispatch_id = new_id(), new_id()
    name = bench.runner.start(job_id, dispatch_id)
    assert bench.runner.state(name) is ExecutionState.RUNNING
    assert bench.runner.find(dispatch_id) == name
    bench.finish(job_id)
    until(lambda: bench.runner.state(name) is ExecutionState.GONE)
    assert bench.runner.find(dispatch_id) == name
    bench.runner.cancel(name)


def test_a_cancelled_worker_ends(bench: Bench) -> None:
    name = bench.runner.start(new_id(), new_id())
    other = bench.runner.start(new_id(), new_id())
    bench.runner.cancel(name)
    until(lambda: bench.runner.state(name) is ExecutionState.GONE)
    assert bench.runner.state(other) is ExecutionState.RUNNING


def test_a_dispatch_that_never_was_has_no_execution(bench: Bench) -> None:
    assert bench.runner.find(new_id()) is None


def test_no_capacity_and_capacity_again(bench: Bench) -> None:
    first, refused = new_id(), new_id()
    name = bench.runner.start(first, new_id())
    bench.runner.start(new_id(), new_id())
    with pytest.raises(AisubsError) as caught:
        bench.runner.start(new_id(), refused)
    assert (caught.value.code, caught.value.retryable) == ("no_capacity", True)
    assert bench.runner.find(refused) is None
    bench.finish(first)
    until(lambda: bench.runner.state(name) is ExecutionState.GONE)
    assert bench.runner.state(bench.runner.start(new_id(), new_id())) is ExecutionState.RUNNING


def test_ping(bench: Bench) -> None:
    assert bench.runner.ping()


def test_of_a_worker_that_ended_well_there_is_nothing_to_say(bench: Bench) -> None:
    job_id = new_id()
    name = bench.runner.start(job_id, new_id())
    bench.finish(job_id)
    until(lambda: bench.runner.state(name) is ExecutionState.GONE)
    assert bench.runner.last_words(name) == LastWords()


# ── subprocesses ─────────────────────────────────────────────────────────────────────────────────────────────────────


def told(folder: Path, job_id: str) -> dict[str, str]:
    until((folder / f"{job_id}.json").exists)
    environment: dict[str, str] = json.loads((folder / f"{job_id}.json").read_text())
    return environment


def test_a_worker_gets_its_ids_and_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    runner = SubprocessRunner(command, tmp_path / "executions", environment={"DATABASE_URL": "postgresql://x"})
    dispatch_id = new_id()
    name = runner.start("job-1", dispatch_id)
    environment = told(tmp_path, "job-1")
    assert environment["DISPATCH_ID"] == dispatch_id
    assert environment["DATABASE_URL"] == "postgresql://x"
    assert environment["INHERITED"] == "yes"
    assert int(environment["session"]) == int(environment["pid"])  # Ctrl-C in our terminal does not reach it
    assert name == name_process(int(environment["pid"]))
    assert "job-1 begins" in (tmp_path / "executions" / f"{dispatch_id}.log").read_text()
    assert runner.start("job-1", dispatch_id) == name  # called again after all: still one worker
    runner.close()
    assert runner.state(name) is ExecutionState.GONE


def test_the_end_of_a_worker_is_told_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ends: list[tuple[str, str, int]] = []

    def on_exit(job_id: str, name: str, returncode: int) -> None:
        ends.append((job_id, name, returncode))
        raise ValueError("the database is down")

    runner = SubprocessRunner([sys.executable, "-c", WORKER, str(tmp_path)], tmp_path / "executions", on_exit=on_exit)
    names = {job_id: runner.start(job_id, new_id()) for job_id in ("ends", "killed", "cancelled")}
    (tmp_path / "ends.end").touch()
    os.kill(int(told(tmp_path, "killed")["pid"]), signal.SIGKILL)
    told(tmp_path, "cancelled")
    runner.cancel(names["cancelled"])
    until(lambda: len(ends) == 3)
    assert sorted(ends) == sorted(
        [("ends", names["ends"], 0), ("killed", names["killed"], -9), ("cancelled", names["cancelled"], 3)]
    )
    until(lambda: [record.message for record in caplog.records].count("worker.on_exit_failed") == 3)


# Starts a worker and is then killed with everything it had in memory.
PARENT = """
import os, signal, sys
from pathlib import Path
from aisubs.adapters.runner.subprocess import SubprocessRunner
folder = Path(sys.argv[1])
runner = SubprocessRunner([sys.executable, "-c", sys.argv[2], str(folder)], folder / "executions")
print(runner.start("job-1", "dispatch-1"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_is_known_after_a_restart_of_ours(tmp_path: Path) -> None:
    parent = subprocess.run([sys.executable, "-c", PARENT, str(tmp_path), WORKER], stdout=subprocess.PIPE, check=False)
    name = parent.stdout.decode().strip()
    runner = SubprocessRunner([sys.executable], tmp_path / "executions", capacity=1)
    assert runner.find("dispatch-1") == name
    assert runner.state(name) is ExecutionState.RUNNING
    with pytest.raises(AisubsError) as caught:
        runner.start("job-2", "dispatch-2")
    assert caught.value.code == "no_capacity"
    told(tmp_path, "job-1")
    runner.cancel(name)
    until(lambda: runner.state(name) is ExecutionState.GONE)


def test_a_recycled_pid_is_not_the_worker(tmp_path: Path) -> None:
    runner = SubprocessRunner([sys.executable], tmp_path)
    name = name_process(os.getpid())
    assert name is not None
    pid, start, where = name.split(":")
    assert runner.state(name) is ExecutionState.RUNNING
    earlier = f"{pid}:{int(start) - 1}:{where}"
    assert runner.state(earlier) is ExecutionState.GONE
    runner.cancel(earlier)  # would end this very test if it were taken for the worker


def test_a_zombie_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as process:
        name = name_process(process.pid)
        assert name is not None
        assert state_of(name) is ExecutionState.RUNNING
        assert process.stdin
        process.stdin.close()
        until(lambda: state_of(name) is ExecutionState.GONE)  # nobody has waited for it yet
        assert name_process(process.pid) == name
        terminate(name)


def test_names_that_mean_nothing_here(tmp_path: Path) -> None:
    runner = SubprocessRunner([sys.executable], tmp_path)
    for name in ("", "projects/p/locations/l/executions/e", "1", "1:2", "x:1:y", f"{os.getpid()}:1:another-machine"):
        assert runner.state(name) is ExecutionState.UNKNOWN
        runner.cancel(name)


def test_a_worker_from_before_the_machine_was_restarted_is_gone(tmp_path: Path) -> None:
    Registry(tmp_path).save(new_execution("dispatch-1", "job-1", f"{os.getpid()}:1:earlier-boot"))
    assert SubprocessRunner([sys.executable], tmp_path).state(f"{os.getpid()}:1:earlier-boot") is ExecutionState.GONE


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    runner = SubprocessRunner([str(tmp_path / "nothing")], tmp_path)
    for action in (runner.ping, lambda: runner.start("job-1", "dispatch-1")):
        with pytest.raises(AisubsError) as caught:
            action()
        assert caught.value.code == "runner_unavailable"
    assert runner.find("dispatch-1") is None


CANNOT_START = '{"severity": "CRITICAL", "message": "worker.cannot_start", "sentence": "The disk is full."}'

NO_MEMORY = "There was not enough memory to start it."


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (f"first\n{CANNOT_START}\n", LastWords("The disk is full.", lasting=True)),
        (
            "/usr/bin/python3: No module named aisubs.worker\n",
            LastWords("Python finds no module named aisubs.worker.", True),
        ),
        ("ModuleNotFoundError: No module named 'numpy'", LastWords("Python finds no module named numpy.", True)),
        ("Traceback:\nMemoryError: libav.so: failed to map segment from shared object\n", LastWords(NO_MEMORY)),
        (f"{CANNOT_START}\nand then it went on\n", LastWords()),
        ("could not connect to postgresql://aisubs:secret@host/db", LastWords()),
        ('{"message": "outcome.not_recorded", "sentence": "postgresql://aisubs:secret@host/db"}', LastWords()),
        ("[1, 2]", LastWords()),
        ("\xff\xfe", LastWords()),
        ("", LastWords()),
    ],
)
def test_of_what_a_worker_says_last_only_what_is_for_people_is_told(tmp_path: Path, log: str, words: LastWords) -> None:
    (tmp_path / "says").write_text(log, encoding="latin-1")
    says = "import pathlib, sys; sys.stderr.buffer.write(pathlib.Path(sys.argv[1]).read_bytes()); sys.exit(78)"
    runner = SubprocessRunner([sys.executable, "-c", says, str(tmp_path / "says")], tmp_path / "executions")
    name = runner.start("job", "dispatch")
    until(lambda: runner.state(name) is ExecutionState.GONE)
    assert runner.last_words(name) == words
    # Another process of ours, after a restart, knows it as well.
    assert SubprocessRunner([sys.executable], tmp_path / "executions").last_words(name) == words
    assert runner.last_words("unheard:of:it") == LastWords()


def test_logs_and_notes_do_not_grow_for_ever(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    ended = [
        new_execution(f"old-{number}", "job", f"1:never-{number}:{this_boot()}") for number in range(KEPT_ENDED + 20)
    ]
    for execution in ended:
        registry.save(execution)
        registry.log(execution.dispatch_id).write_text("log")
    noisy = "import sys; [sys.stdout.write('x' * 1023 + chr(10)) for _ in range(9 * 1024)]; print('the end')"
    runner = SubprocessRunner([sys.executable, "-c", noisy], tmp_path)
    name = runner.start("job", "noisy")
    until(lambda: runner.state(name) is ExecutionState.GONE)
    until(lambda: (note := registry.find("noisy")) is not None and note.returncode == 0)
    assert (tmp_path / "noisy.log").stat().st_size < MAX_LOG_BYTES
    assert (tmp_path / "noisy.log.1").read_bytes().endswith(b"the end\n")
    assert len(list(tmp_path.glob("old-*.json"))) == KEPT_ENDED
    assert len(list(tmp_path.glob("old-*.log"))) == KEPT_ENDED


@pytest.mark.parametrize("dispatch_id", ["../../x", "a/b", "\U0001f3a4", "x" * 300, ""])
def test_a_dispatch_id_cannot_lead_out_of_the_folder(tmp_path: Path, dispatch_id: str) -> None:
    registry = Registry(tmp_path / "executions")
    registry.save(new_execution(dispatch_id, "job", "1:2:3"))
    assert registry.find(dispatch_id) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["executions"]
