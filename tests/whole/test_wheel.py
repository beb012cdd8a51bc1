"""The built wheel in a new environment, with an empty HOME and no repository, as root and as an ordinary user."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests.real_recordings import recording
from tests.whole.edition import REPOSITORY, share_heard
from tests.whole.installed import UV, Installed, User, bare, build, nobody, open_folder

JFK = re.findall(
    "[a-z]+",
    "and so my fellow americans ask not what your country can do for you ask what you can do for your country",
)
RIGHT = 0.95

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def built(folder: Path) -> tuple[Path, Path]:
    """Wheel and sdist of this checkout."""
    return build(folder / "dist")


@pytest.fixture(scope="module")
def installed(folder: Path, built: tuple[Path, Path]) -> Installed:
    installed = Installed(folder)
    installed.install(built[0], "[local,base]")
    return installed


@pytest.fixture(params=["root", "an ordinary user"])
def user(request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """Somebody with an empty home folder."""
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("these tests do not run as root")
    identity = {} if request.param == "root" else nobody()
    if identity:
        identity["user"] = pwd.getpwnam("nobody").pw_uid
    home = Path(folder / "home" / request.node.name.translate(str.maketrans("[] ", "___")))
    home.mkdir(parents=True)
    user = User(home, identity)
    user.own(home)
    yield user
    shutil.rmtree(home)


def test_the_demo_counts_its_own_errors(installed: Installed, user: User) -> None:
    code, out, err = installed.run(user, "demo", timeout_s=600)
    assert code == 0, err
    assert out.startswith("1\n00:00:0")
    assert re.search(r"\b[0-5]\.\d %", err), err
    assert (user.home / "demo-results/sample.srt").is_file()


def test_a_recording_becomes_subtitles(installed: Installed, user: User) -> None:
    (user.home / "jfk.flac").write_bytes(recording("read/jfk.flac").read_bytes())
    user.own(user.home / "jfk.flac")
    code, _, err = installed.run(user, "transcribe", "jfk.flac")
    assert code == 0, err
    text = re.sub(r"^[\d:, >-]+$", "", (user.home / "jfk.srt").read_text(), flags=re.MULTILINE)
    assert share_heard(text, JFK) >= RIGHT, text


def test_the_page_takes_a_recording_and_shows_its_text(installed: Installed, user: User) -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not (REPOSITORY / "web/node_modules/playwright-core").is_dir() or not shutil.which("node") or not chromium:
        pytest.skip("a browser is driven by Node with what `make web` installs, and by Chromium")
    up = subprocess.Popen(
        installed.command("up", "--port", "0", "--json"), cwd=user.home, env=bare(user), **user.identity,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert up.stdout is not None
        told = list(takewhile(lambda line: line != "}\n", up.stdout))
        assert told, up.communicate(timeout=120)[1]
        url = json.loads("".join(told) + "}")["url"]
        visit = [shutil.which("node"), str(REPOSITORY / "tests/whole/page_visit.mjs"), url]
        seen = subprocess.run(
            [*visit, str(recording("read/jfk.flac"))], env={**os.environ, "CHROMIUM": chromium},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert seen.returncode == 0, seen.stderr
    finally:
        up.send_signal(signal.SIGINT)
        _, said = up.communicate(timeout=120)
    page = json.loads(seen.stdout)
    assert page["title"].endswith("aisubs")
    assert page["faults"] == []
    assert share_heard(page["text"], JFK) >= 0.8, page["text"]  # the page shows times as well
    assert up.returncode == 0, said


def test_without_the_extra_one_sentence_says_what_helps(folder: Path, built: tuple[Path, Path], tmp_path: Path) -> None:
    plain = Installed(folder / "plain")
    plain.folder.mkdir()
    plain.install(built[0], "")
    user = User(tmp_path, {})
    assert plain.run(user, "--help")[0] == 0
    for command in (["up"], ["transcribe", "talk.mp4"], ["demo"], ["jobs"]):
        code, _, err = plain.run(user, *command)
        assert code == 3, err
        assert len(err.splitlines()) == 1, err
        assert "pip install 'aisubs[local]'" in err
    code, out, _ = plain.run(user, "doctor")
    assert code == 3
    assert "pip install 'aisubs[local]'" in out


def test_the_wheel_holds_what_the_commands_need_and_no_toy(built: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(built[0]).namelist())
    tracked = subprocess.run(["git", "ls-files", "aisubs"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split("\n")) - {""} <= names
    assert {"aisubs/page/dist/index.html", "aisubs/page/dist/sw.js", "aisubs/page/security-headers.json"} <= names
    assert {name.split("/")[0] for name in names} <= {"aisubs", *[n.split("/")[0] for n in names if ".dist-info/" in n]}
    assert not [name for name in names if "toy" in name or name.endswith("model.bin")]


def test_the_sdist_makes_the_same_wheel_without_node(built: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.unpack_archive(built[1], tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    again = tmp_path / "again"
    done = subprocess.run(
        [str(UV), "build", "-q", "--wheel", "--out-dir", str(again), str(source)],
        env={**os.environ, "PATH": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (other,) = again.glob("*.whl")
    assert other.read_bytes() == built[0].read_bytes()
