"""The command line as scripts and people use it: real processes, exit codes, stdout for data, stderr for sentences."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aisubs.cli.command_line import COMMANDS, name_of
from aisubs.cli.exits import Exit
from aisubs.formats import FORMATS
from tests.speech import long_recording, write_audio
from tests.whole.edition import QUICK, REPOSITORY, Up, eventually, running, share_heard

TIMEOUT_S = 240


def start(*arguments: object, cwd: Path = REPOSITORY, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "aisubs", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **QUICK, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def aisubs(*arguments: object, cwd: Path = REPOSITORY, **environment: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    process = start(*arguments, cwd=cwd, **environment)
    out, err = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that several commands use one after the other."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[str]]:
    """A short recording and its words."""
    recording = long_recording(7.0, seed=21)
    return write_audio(recording.blocks(), tmp_path_factory.mktemp("talk") / "talk.m4a").read_bytes(), recording.words


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the user keeps recordings; a name that scripts trip over."""
    folder = tmp_path / "my talks (öffentlich)"
    folder.mkdir()
    return folder


# ── help and usage ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["", *map(name_of, COMMANDS)])
def test_every_command_explains_itself(command: str) -> None:
    code, out, err = aisubs(*filter(None, [command]), "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: aisubs")
    assert "Traceback" not in out


def test_the_help_tells_the_commands_and_the_exit_codes() -> None:
    _, out, _ = aisubs("--help")
    for module in COMMANDS:
        assert name_of(module) in out
        assert module.SUMMARY in out
    for code in Exit:
        assert f"\n  {code.value:<4} " in out


def test_the_version_is_the_package_version() -> None:
    from aisubs import __version__

    assert aisubs("--version") == (0, f"aisubs {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["transcribe"], "FILE"),
        (["fly"], "fly"),
        ([], "COMMAND"),
        (["transcribe", "x.mp4", "--format", "srt,pdf"], "There is no format called pdf"),
        (["transcribe", "x.mp4", "--format", ","], "There is no format"),
        (["transcribe", "x.mp4", "--profile", "imax"], "There is no profile called imax"),
        (["transcribe", "x.mp4", "--language", "martian"], "unknown language 'martian'"),
        (["transcribe", "x.mp4", "--languages", "de,martian"], "--languages: unknown language 'martian'"),
        (["transcribe", "x.mp4", "--hotwords", "x" * 401], "at most 400"),
        (["transcribe", "x.mp4", "--num-speakers", "0"], "--num-speakers: "),
        (["transcribe", "x.mp4", "--no-speakers", "--max-speakers", "2"], "where diarize is false"),
        (["jobs", "speakers", "x.mp4", "--min-speakers", "3", "--max-speakers", "2"], "larger than max_speakers"),
        (["jobs", "--limit", "0"], "at least 1"),
    ],
)
def test_a_wrong_command_line_is_told_and_gives_2(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    code, out, err = aisubs(*arguments, cwd=tmp_path)
    assert (code, out) == (Exit.USAGE, "")
    assert sentence in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == [], "a wrong command line leaves nothing behind"


def test_a_wrong_setting_is_named_and_gives_3(tmp_path: Path) -> None:
    code, _, err = aisubs("up", cwd=tmp_path, PORT="http", BEAM_SIZE="99")
    assert code == Exit.ENVIRONMENT
    assert "PORT" in err
    assert "BEAM_SIZE" in err
    assert "Traceback" not in err


def test_formats_are_those_of_the_library() -> None:
    code, out, _ = aisubs("formats", "--json")
    assert code == 0
    assert [row["name"] for row in json.loads(out)] == list(FORMATS)


# ── environment ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_doctor_finds_a_healthy_machine_healthy(home: Path) -> None:
    code, out, err = aisubs("doctor", "--json", "--data-dir", home / "data", cwd=home)
    report = json.loads(out)
    assert (code, report["ok"]) == (0, True), err
    assert {check["name"] for check in report["checks"]} >= {"database", "store", "queue", "workers", "speech model"}


def test_the_doctor_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # takes connections and never says a word
        url = f"postgresql://nobody:secret-word@127.0.0.1:{taken.getsockname()[1]}/none"
    code, out, err = aisubs(
        "doctor", "--data-dir", tmp_path / "data", "--model", "/no/such/model", cwd=tmp_path, DATABASE_URL=url,
        VAPID_SUBJECT="mailto:somebody@example.org",
    )  # fmt: skip
    assert code == Exit.ENVIRONMENT
    assert "FAIL  database" in out
    assert "→ Check DATABASE_URL" in out
    assert "FAIL  speech model" in out
    assert "MODEL_DIR" in out
    assert "FAIL  notifications" in out
    assert "VAPID_PRIVATE_KEY" in out
    assert "secret-word" not in out + err
    assert "3 of" in err


def test_migrating_twice_is_fine(tmp_path: Path) -> None:
    code, out, _ = aisubs("migrate", "--json", "--data-dir", tmp_path / "data")
    assert code == 0
    assert any(name.endswith(".sql") for name in json.loads(out)["applied"])
    code, _, err = aisubs("migrate", "--data-dir", tmp_path / "data")
    assert code == 0
    assert "Nothing to do" in err


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, _, err = aisubs("jobs", "--data-dir", tmp_path / "file" / "data")
    assert code == Exit.ENVIRONMENT
    assert "Traceback" not in err


# ── up ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_one_up_per_data_folder_and_per_port(tmp_path: Path) -> None:
    with running(tmp_path / "edition") as up:
        code, _, err = aisubs("up", "--port", "0", "--data-dir", up.data)
        assert code == Exit.ENVIRONMENT
        assert f"Another `aisubs up` already runs on {up.data} (process {up.pid}, {up.url})" in err
        port = up.url.rpartition(":")[2]
        code, _, err = aisubs("up", "--port", port, "--data-dir", tmp_path / "other")
        assert code == Exit.ENVIRONMENT
        assert f"Port {port} is taken" in err
        assert up.queue()["active"] == 0, "and the first one goes on"


# ── transcribe ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_transcribe_writes_beside_each_file_and_bad_ones_do_not_stop_it(
    home: Path, folder: Path, talk: tuple[bytes, list[str]]
) -> None:
    data, words = talk
    good = folder / "talk 🎤.m4a"
    good.write_bytes(data)
    twin = folder / "talk 🎤.mp4"  # the same content, and the same name but for its ending
    twin.write_bytes(data)
    lie = folder / "lie.mp4"
    lie.write_text("no recording at all\n" * 100)
    (folder / "empty.mp4").touch()
    files = [lie, good, folder / "missing.mp4", folder / "empty.mp4", twin]
    code, out, err = aisubs("transcribe", *files, "--format", "srt,txt", "--json", "--data-dir", home / "data")
    assert code == Exit.JOB_FAILED
    report: dict[str, Any] = {entry["file"]: entry for entry in json.loads(out)}
    assert share_heard((folder / "talk 🎤.txt").read_text(), words) > 0.9
    assert (folder / "talk 🎤.srt").read_text().startswith("1\n")
    assert (folder / "talk 🎤.mp4.srt").read_bytes() == (folder / "talk 🎤.srt").read_bytes()
    assert report[str(good)]["status"] == report[str(twin)]["status"] == "completed"
    assert {path: entry["error"]["code"] for path, entry in report.items() if entry["error"]} == {
        str(lie): "not_media",
        str(folder / "missing.mp4"): "object_not_found",
        str(folder / "empty.mp4"): "empty_file",
    }
    for sentence in ("not audio or video", "There is no such file", "This file is empty"):
        assert sentence in err
    assert "Traceback" not in err
    assert good.read_bytes() == data
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_what_is_there_is_kept_and_other_formats_need_no_new_transcription(
    home: Path, folder: Path, talk: tuple[bytes, list[str]]
) -> None:
    recording = folder / "talk.m4a"
    recording.write_bytes(talk[0])
    mine = folder / "talk.srt"
    mine.write_text("corrected by hand")
    code, _, err = aisubs("transcribe", recording, "--format", "srt", "--data-dir", home / "data")
    assert code == 0
    assert "kept talk.srt" in err
    assert mine.read_text() == "corrected by hand"

    code, out, _ = aisubs(
        "transcribe", recording, "--format", "srt,docx", "--profile", "bbc", "--json", "--data-dir", home / "data"
    )
    assert code == 0
    assert mine.read_text() == "corrected by hand"
    assert (folder / "talk.docx").read_bytes().startswith(b"PK")
    first = json.loads(out)[0]["job_id"]

    code, out, _ = aisubs(
        "transcribe", recording, "--format", "srt", "--overwrite", "--json", "--data-dir", home / "data"
    )
    assert code == 0
    assert mine.read_text().startswith("1\n")
    assert json.loads(out)[0]["job_id"] == first, "the same content and options are the same job"


def test_what_was_written_is_remembered_so_that_corrections_reach_it(
    home: Path, folder: Path, talk: tuple[bytes, list[str]]
) -> None:
    from aisubs.local.command_files import rewrite_corrected
    from aisubs.local.edition import Edition
    from aisubs.local.tokens import OWNER
    from aisubs.model.operations import operation_from_json
    from aisubs.pipeline.jobs import Holder, HolderReads
    from aisubs.pipeline.read_transcript import read_text
    from aisubs.pipeline.revise_transcript import save_edit
    from aisubs.settings import read_settings

    recording = folder / "talk.m4a"
    recording.write_bytes(talk[0])
    code, out, err = aisubs("transcribe", recording, "--json", "--data-dir", home / "data")
    assert code == 0, err
    with Edition(read_settings(data_dir=home / "data")) as edition:
        app, holder = edition.open(), Holder.of((), OWNER)
        job = app.jobs.get_job(json.loads(out)[0]["job_id"], holder)
        first = read_text(job, jobs=HolderReads(app.jobs, holder), revision=0).document.as_json()["paragraphs"][0]
        cut = operation_from_json({"op": "splice", "remove": [first["id"]], "before": None, "insert": []})
        save_edit(job, holder, 0, [cut], jobs=app.jobs)
        assert rewrite_corrected(app.jobs, app.store, quiet_s=0) >= 2  # this job may have written files for other tests
    assert first["text"].split()[0] not in (folder / "talk.srt").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["talk.m4a", "talk.srt", "talk.vtt"]


def test_an_output_folder_that_cannot_be_made_is_told_before_the_work(
    folder: Path, talk: tuple[bytes, list[str]]
) -> None:
    recording = folder / "talk.m4a"
    recording.write_bytes(talk[0])
    code, _, err = aisubs(
        "transcribe", recording, "--output-dir", recording / "subtitles", "--data-dir", folder / "data"
    )
    assert code == Exit.JOB_FAILED
    assert "Nothing can be written into" in err
    assert not (folder / "data" / "store").exists()


def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(tmp_path: Path) -> None:
    recording = write_audio(long_recording(600.0, seed=31).blocks(), tmp_path / "long.m4a")
    command = ["transcribe", recording, "--format", "srt", "--data-dir", tmp_path / "data", "--json"]
    process = start(*command)
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        # The first word of it: between two looks at the job the toy may be through with all of it.
        if "transcribing" in line:
            process.send_signal(signal.SIGINT)
            break
    rest_out, rest_err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == Exit.INTERRUPTED, said + rest_err
    assert "Nothing is lost: the same command goes on" in rest_err
    assert not (tmp_path / "long.srt").exists()
    interrupted = json.loads(rest_out)[0]

    code, out, err = aisubs(*command)
    assert code == 0, err
    finished = json.loads(out)[0]
    assert finished["job_id"] == interrupted["job_id"]
    assert (tmp_path / "long.srt").stat().st_size > 0

    code, out, _ = aisubs("jobs", "--json", "--data-dir", tmp_path / "data")
    jobs = json.loads(out)
    assert [(job["job_id"], job["status"], job["retry_count"]) for job in jobs] == [
        (finished["job_id"], "completed", 0)
    ]


def test_beside_a_running_up_the_work_is_left_to_it(tmp_path: Path, talk: tuple[bytes, list[str]]) -> None:
    recording = tmp_path / "talk.m4a"
    recording.write_bytes(talk[0])
    with running(tmp_path / "edition") as up:
        code, _, err = aisubs("transcribe", recording, "--data-dir", up.data)
        assert code == 0, err
        assert (tmp_path / "talk.vtt").read_text().startswith("WEBVTT")
        assert len(list((up.data / "executions").glob("*.json"))) == 1
        assert _alive(up), "the commands that come and go do not take Postgres with them"


def _alive(up: Up) -> bool:
    return bool(eventually(lambda: up.queue()["active"] == 0, "an idle edition", up))


def test_work_carries_what_waits_and_ends(tmp_path: Path, talk: tuple[bytes, list[str]]) -> None:
    from aisubs.local.edition import Edition
    from aisubs.local.submit import submit_file
    from aisubs.model.job import Options, Status
    from aisubs.pipeline.jobs import Holder
    from aisubs.settings import read_settings

    recording = tmp_path / "talk.m4a"
    recording.write_bytes(talk[0])
    with Edition(read_settings(data_dir=tmp_path / "data")) as edition:
        app = edition.open()  # no loops: nobody dispatches
        job = submit_file(recording, Options(), app=app, limits=edition.limits, token="t", check=lambda: None)
        assert job.status is Status.PENDING
        code, out, err = aisubs("work", "--data-dir", tmp_path / "data")
        assert (code, out) == (0, ""), err
        assert app.jobs.get_job(job.job_id, Holder.of(["t"])).status is Status.COMPLETED
        events = [json.loads(line)["message"] for line in err.splitlines() if line.startswith("{")]
        assert "job.completed" in events
        code, _, _ = aisubs("work", "--data-dir", tmp_path / "data")
        assert code == 0, "nothing to do is fine"
