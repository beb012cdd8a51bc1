"""`aisubs transcribe FOLDER --server`: real commands and a real `aisubs up`, each in a process of its own, that are
killed in the middle of what they do."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from starlette.requests import Request

from aisubs.cli.demo_sample import VIDEO
from aisubs.cli.exits import Exit
from aisubs.cli.remote.sending import CHUNK_BYTES
from tests.chaos.http_link import HttpLink
from tests.doors.test_cli import aisubs, start
from tests.http_server import serve
from tests.speech import long_recording, write_audio
from tests.track_files import Sound, write_tracks
from tests.whole.edition import Up, running

FORMATS = "srt,txt,json"


class Link(HttpLink):
    """To the edition; `hook` is told of every piece of a recording, with its span, before it is passed on."""

    def __init__(self, target: Callable[[], str], hook: Callable[[str], None] = lambda _: None) -> None:
        super().__init__(target)
        self.hook = hook
        self.spans: list[str] = []

    async def _passed_on(self, request: Request, body: bytes) -> httpx.Response:
        if request.method == "PUT" and body:
            self.spans.append(request.headers["content-range"])
            self.hook(self.spans[-1])
        return await super()._passed_on(request, body)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """An edition that takes recordings of those with a key alone."""
    with running(tmp_path_factory.mktemp("other"), ANONYMOUS="no", QUEUE_CAPACITY="100") as up:
        yield up


@pytest.fixture(scope="module")
def key_file(up: Up) -> Path:
    return new_key(up)


def new_key(up: Up, *words: str) -> Path:
    code, out, said = aisubs("key", "create", "test", *words, "--json", "--data-dir", up.data)
    assert code == Exit.OK, said
    path = up.home / f"key{'-'.join(words)}.txt"
    path.write_text(json.loads(out)["token"] + "\n")
    return path


def words_for(folder: Path, up: str, tmp_path: Path, *words: object) -> list[object]:
    return ["transcribe", folder, "--server", up, "--data-dir", tmp_path / "client", "--format", FORMATS, *words]


def jobs_of(up: Up, key_file: Path) -> list[dict[str, object]]:
    headers = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
    with httpx.Client(trust_env=False) as http:
        answer = http.get(f"{up.url}/api/jobs", headers=headers)
    jobs: list[dict[str, object]] = answer.raise_for_status().json()["jobs"]
    return jobs


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """What a command has said until, and with, the line that holds these words."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(f"never said {words!r}\n{said}")


def long_wav(path: Path, seed: int) -> Path:
    """Speech, and silence until it is three pieces long: sound already, so sent as it is."""
    spoken = long_recording(6.0, seed=seed).samples()
    silent = np.zeros(CHUNK_BYTES * 5 // 4 - len(spoken), np.float32)
    return write_audio(np.concatenate([spoken, silent]), path)


def test_a_folder_comes_out_as_on_this_machine(up: Up, key_file: Path, tmp_path: Path) -> None:
    folder, mine = tmp_path / "clips", tmp_path / "mine"
    (folder / "below").mkdir(parents=True)
    spoken = Sound(long_recording(9.0, seed=51).samples(), "eng", starts_s=0.4)
    film = write_tracks(folder / "film.mkv", spoken, Sound(long_recording(9.0, seed=52).samples(), "ger"))
    write_audio(long_recording(7.0, seed=53).blocks(), folder / "below/talk.m4a")
    shutil.copy(film, folder / "below/again.mkv")
    shutil.copy(VIDEO, folder / "sample.mp4")
    (folder / "below/lies.mp3").write_text("This is a text.\n" * 99)
    shutil.copytree(folder, mine)
    before = len(jobs_of(up, key_file))

    code, out, said = aisubs(*words_for(folder, up.url, tmp_path, "--key-file", key_file, "--json"))
    assert code == Exit.JOB_FAILED, said
    told = {Path(entry["file"]).name: entry for entry in json.loads(out)}
    done = {name for name, entry in told.items() if entry["status"] == "completed"}
    assert done == {"film.mkv", "again.mkv", "talk.m4a", "sample.mp4"} == told.keys() - {"lies.mp3"}
    assert "not audio or video" in told["lies.mp3"]["error"]["message"]
    assert told["film.mkv"]["job_id"] == told["again.mkv"]["job_id"]
    assert f"{len(told)} recordings: 4 completed, 1 failed; 1:11 of sound." in said
    jobs = jobs_of(up, key_file)
    assert len(jobs) - before == 4, "equal content is sent once"
    sent = next(job for job in jobs if job["job_id"] == told["sample.mp4"]["job_id"])
    assert int(str(sent["file_size_bytes"])) < VIDEO.stat().st_size * 3 // 4

    aisubs("transcribe", mine, "--data-dir", tmp_path / "here", "--format", FORMATS)
    for name in ("film", "below/again", "below/talk", "sample"):
        for suffix in ("srt", "txt"):
            assert (folder / f"{name}.{suffix}").read_bytes() == (mine / f"{name}.{suffix}").read_bytes(), name
    code, _, said = aisubs(*words_for(folder, up.url, tmp_path, "--key-file", key_file, "--match", "*.m*"))
    assert (code, "5 recordings: 4 kept, 1 failed" in said) == (Exit.JOB_FAILED, True), said
    (folder / "film.txt").unlink()
    aisubs(*words_for(folder, up.url, tmp_path, "--match", "film*"), AISUBS_API_KEY=key_file.read_text().strip())
    assert (folder / "film.txt").exists()
    assert len(jobs_of(up, key_file)) - before == 4, "nothing is sent again"


def test_a_client_that_is_killed_goes_on_at_the_piece_where_it_was(up: Up, key_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    total = long_wav(folder / "long.wav", 61).stat().st_size
    link = Link(lambda: up.url)
    with serve(link.app) as url:
        words = words_for(folder, url, tmp_path, "--key-file", key_file)
        process = start(*words)

        def kill_at_the_second(span: str) -> None:
            if not span.startswith("bytes 0-"):
                process.kill()

        link.hook = kill_at_the_second
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        link.hook = lambda _: None
        first, link.spans = link.spans, []
        code, _, said = aisubs(*words)
    assert code == Exit.OK, said
    assert len(first) == 2
    begins = [int(span.removeprefix("bytes ").partition("-")[0]) for span in link.spans]
    assert CHUNK_BYTES <= begins[0] <= 2 * CHUNK_BYTES
    assert total - begins[-1] <= CHUNK_BYTES
    assert (folder / "long.txt").stat().st_size > 0
    assert sum(job["filename"] == "long.wav" for job in jobs_of(up, key_file)) == 1


def test_an_announcement_whose_answer_was_lost_is_not_made_twice(up: Up, key_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    write_audio(long_recording(5.0, seed=62).blocks(), folder / "unheard.m4a")
    link = Link(lambda: up.url)
    with serve(link.app) as url:
        link.arm(["", "", "lost_answer", "refused", "lost_answer", "twice"])
        code, _, said = aisubs(*words_for(folder, url, tmp_path, "--key-file", key_file))
    assert code == Exit.OK, said
    assert "does not answer, it is asked again" in said
    assert sum(job["filename"] == "unheard.m4a" for job in jobs_of(up, key_file)) == 1


def test_a_server_that_is_killed_in_the_middle_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for number in range(3):
        write_audio(long_recording(60.0, seed=70 + number).blocks(), folder / f"talk {number}.m4a")
    with running(tmp_path / "up", QUEUE_CAPACITY="100") as up:
        process = start(*words_for(folder, up.url, tmp_path, "--parallel", "2"))
        said = wait_for(process, "transcribing")
        up.kill_everything()
        said += wait_for(process, "does not answer, it is asked again")
        up.start_again_on(int(up.url.rpartition(":")[2]))
        _, rest = process.communicate(timeout=240)
        assert process.returncode == Exit.OK, said + rest
        assert "3 recordings: 3 completed; 3:00 of sound." in rest
        assert up.queue()["pending"] == 0
    assert all((folder / f"talk {number}.srt").stat().st_size > 0 for number in range(3))


def test_ctrl_c_says_what_goes_on_and_the_next_one_fetches_it(up: Up, key_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    write_audio(long_recording(60.0, seed=75).blocks(), folder / "talk.m4a")
    words = words_for(folder, up.url, tmp_path, "--key-file", key_file)
    process = start(*words)
    wait_for(process, "starting")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, "Nothing is lost. 1 go on there" in said) == (Exit.INTERRUPTED, True), said
    code, _, said = aisubs(*words)
    assert code == Exit.OK, said
    assert "sending" not in said
    assert (folder / "talk.srt").exists()


def test_a_server_that_is_full_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    write_audio(long_recording(5.0, seed=76).blocks(), folder / "talk.m4a")
    with running(tmp_path / "up", MAX_UPLOADS="1") as up, httpx.Client(base_url=up.url, trust_env=False) as http:
        body = {"filename": "slow.mp4", "file_size_bytes": 1000}
        other = http.post("/api/jobs/submit", json=body).raise_for_status().json()
        process = start(*words_for(folder, up.url, tmp_path))
        said = wait_for(process, "waiting, again in")
        assert "1 uploads are under way, and no more than 1 may be" in said
        headers = {"Authorization": f"Bearer {other['access_token']}"}
        http.delete(f"/api/jobs/{other['job_id']}", headers=headers).raise_for_status()
        _, rest = process.communicate()
        assert process.returncode == Exit.OK, said + rest
    assert (folder / "talk.srt").exists()


def test_what_is_no_server_or_wants_nothing_of_us_is_said_at_once(up: Up, key_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    write_audio(long_recording(5.0, seed=77).blocks(), folder / "talk.m4a")
    (wrong := tmp_path / "wrong.txt").write_text("key_that_was_never_made")
    (text := tmp_path / "text.txt").write_text("not a key at all")
    reading = new_key(up, "--scope", "read")
    link = Link(lambda: f"{up.url}/nowhere")
    with serve(link.app) as elsewhere:
        for url, words, sentence in (
            ("http://127.0.0.1:9", [], "Nothing answers at http://127.0.0.1:9"),
            (elsewhere, [], f"What answers at {elsewhere} is no aisubs server (HTTP 404)."),
            (up.url, ["--key-file", wrong], "This API key opens nothing"),
            (up.url, ["--key-file", reading], "This API key was not made for that."),
            (up.url, ["--key-file", text], "holds no API key"),
            (up.url, [], "This server is for people who have signed in. Give a key: --key-file"),
        ):
            code, _, said = aisubs(*words_for(folder, url, tmp_path, *words))
            assert (code, sentence in said) == (Exit.ENVIRONMENT, True), said
    for url, words, sentence in (
        ("ftp://example.com", [], "is no address of a server"),
        ("http://me:secret@example.com", [], "without a name or password"),
    ):
        code, _, said = aisubs(*words_for(folder, url, tmp_path, *words))
        assert (code, sentence in said) == (Exit.USAGE, True), said
    code, _, said = aisubs("transcribe", folder, "--parallel", "2")
    assert (code, "say which, by --server" in said) == (Exit.USAGE, True)
    assert not list(folder.glob("*.srt"))
    assert oct((tmp_path / "client/servers.sqlite3").stat().st_mode)[-3:] == "600"
