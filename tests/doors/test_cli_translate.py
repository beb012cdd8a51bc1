"""`aisubs translate`: a real command on a real job, killed for real, and what it says of where texts go."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from aisubs.cli.exits import Exit
from tests.doors.test_cli import aisubs, start, talk  # noqa: F401  a fixture
from tests.doubles.chat_endpoint import KEY, Behaviour, ChatEndpoint, turned

TIMEOUT_S = 120


@pytest.fixture(scope="module")
def endpoint() -> Iterator[ChatEndpoint]:
    with ChatEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, talk: tuple[bytes, list[str]]) -> Path:  # noqa: F811
    """A folder with a recording, and a data folder with its finished job."""
    home = tmp_path_factory.mktemp("home")
    (home / "talk.m4a").write_bytes(talk[0])
    code, _, err = aisubs("transcribe", home / "talk.m4a", "--format", "txt", "--data-dir", home / "data")
    assert code == Exit.OK, err
    return home


@pytest.fixture
def environment(endpoint: ChatEndpoint) -> dict[str, str]:
    endpoint.script.clear()
    endpoint.asked.clear()
    endpoint.key = KEY
    chosen = {"TRANSLATOR": "openai", "TRANSLATION_URL": endpoint.url, "TRANSLATION_MODEL": "tiny-chat"}
    return chosen | {"TRANSLATION_KEY": KEY}


def test_nothing_is_sent_where_nobody_has_set_it_up(home: Path, endpoint: ChatEndpoint) -> None:
    code, _, err = aisubs("translate", "talk.m4a", "--to", "de", "--data-dir", home / "data")
    assert (code, "TRANSLATOR=none" in err) == (Exit.ENVIRONMENT, True)


def test_a_text_in_another_language(home: Path, endpoint: ChatEndpoint, environment: dict[str, str]) -> None:
    data, out = ("--data-dir", home / "data"), ("--output-dir", home / "out")
    command = ("translate", home / "talk.m4a", "--to", "German", "--format", "srt,txt", "--json", *data, *out)
    code, told, err = aisubs(*command, **environment)
    assert code == Exit.OK, err
    assert "The text is sent to 127.0.0.1." in err
    assert KEY not in err
    shown = json.loads(told)
    assert (shown["language"], shown["state"], shown["untranslated"]) == ("de", "completed", 0)
    assert [Path(file["path"]).name for file in shown["files"]] == ["talk.de.srt", "talk.de.txt"]
    spoken = (home / "talk.txt").read_text().split()
    assert (home / "out" / "talk.de.txt").read_text().split() == turned(" ".join(spoken)).split()
    asked = len(endpoint.asked)
    code, _, err = aisubs("export", "talk.m4a", "--language", "de", *data, "--output-dir", home / "again")
    assert code == Exit.OK, err
    assert (home / "again" / "talk.de.srt").read_bytes() == (home / "out" / "talk.de.srt").read_bytes()
    code, told, _ = aisubs("translate", "talk.m4a", *data, **environment)
    assert (code, told.split()[:2]) == (Exit.OK, ["de", "completed"])
    assert len(endpoint.asked) == asked, "what is there is read"


def test_a_command_that_was_killed_goes_on_at_once(
    home: Path, endpoint: ChatEndpoint, environment: dict[str, str]
) -> None:
    """It does not wait until the claim of the dead one has run out."""
    asked, killed = Event(), Event()

    def hold() -> None:
        asked.set()
        killed.wait(TIMEOUT_S)

    endpoint.script = [Behaviour(before=hold)]
    command = ("translate", "talk.m4a", "--to", "fr", "--data-dir", home / "data", "--output-dir", home / "killed")
    process = start(*command, **environment)
    assert asked.wait(TIMEOUT_S)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=TIMEOUT_S)
    killed.set()
    assert not (home / "killed").exists()
    code, _, err = aisubs(*command, **environment)
    assert code == Exit.OK, err
    undisturbed = (*command[:-1], home / "undisturbed", "--anew")
    code, _, err = aisubs(*undisturbed, **environment)
    assert code == Exit.OK, err
    files = [home / folder / "talk.fr.srt" for folder in ("killed", "undisturbed")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_losses_and_refusals_are_told(home: Path, endpoint: ChatEndpoint, environment: dict[str, str]) -> None:
    command = ("translate", "talk.m4a", "--to", "es", "--data-dir", home / "data", "--output-dir", home / "es")
    endpoint.key = "sk-changed"
    code, _, err = aisubs(*command, **environment)
    assert (code, "TRANSLATION_KEY" in err) == (Exit.JOB_FAILED, True)
    endpoint.key = KEY
    (home / "terms.txt").write_text(f"# terms\n{(home / 'talk.txt').read_text().split()[0]} = Término\n")
    endpoint.script = [Behaviour(said=lambda rows: "\n".join(json.dumps(row | {"text": "Nada."}) for row in rows))]
    code, _, err = aisubs(*command, "--glossary", home / "terms.txt", "--strict", **environment)
    assert (code, "a term did not come out" in err) == (Exit.JOB_FAILED, True), err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--to", "de", "--format", "sub"], Exit.USAGE, "There is no format called sub"),
        (["--to", "klingon"], Exit.ENVIRONMENT, "The language klingon is not known."),
        (["--to", "en"], Exit.ENVIRONMENT, "in English already"),
        (["--to", "de", "--glossary", "none.txt"], Exit.ENVIRONMENT, "No such file"),
    ],
)
def test_a_wrong_command_line(
    home: Path, environment: dict[str, str], arguments: list[str], code: Exit, sentence: str
) -> None:
    told, _, err = aisubs("translate", "talk.m4a", *arguments, "--data-dir", home / "data", **environment)
    assert (told, sentence in err) == (code, True), err


def test_the_doctor_says_where_texts_go(home: Path, environment: dict[str, str]) -> None:
    doctor = ("doctor", "--skip-model", "--json", "--data-dir", home / "data")
    for more, ok, said in (
        ({}, True, "no text is translated or sent anywhere"),
        (environment, True, "tiny-chat; texts are sent to 127.0.0.1"),
        (environment | {"TRANSLATION_MODEL": ""}, False, "TRANSLATION_MODEL names no model"),
    ):
        _, out, _ = aisubs(*doctor, cwd=home, **more)
        (check,) = (one for one in json.loads(out)["checks"] if one["name"] == "translator")
        assert (check["ok"], said in check["detail"]) == (ok, True), check
