"""`make deploy` from an empty project to the end, against recorders of gcloud and terraform that know the order.

Killed after every command that makes something, and started again; under --plan nothing is made at all.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aisubs.cli.preflight.before import APIS
from tests.rules.dockerfiles import ROOT
from tests.rules.test_release import digest_of, written_by_the_release

pytestmark = pytest.mark.slow

RECORDER = '''#!{python} -I
"""gcloud, terraform and aisubs, by name: what was made is in one file, and what is not in order fails."""
import json, pathlib, sys
folder = pathlib.Path({folder!r})
state = folder / "state.json"
known = json.loads(state.read_text())
program, said = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
words = [w for w in said if not w.startswith("-")]
def end(text="", code=0, made=None):
    if made:
        known["made"].append(made)
        if made == known["die_after"]:
            known["die_after"], code = "", 137  # the machine, and all that it was told, is gone
    known["calls"].append([program, *said])
    state.write_text(json.dumps(known))
    print(text)
    sys.exit(code)
def must(*needed):
    missing = [one for one in needed if one not in known["made"]]
    if missing:
        end(f"{{program}} {{' '.join(said)}}: {{missing}} is not there", 9)
def once(made):
    if made in known["made"]:
        end(f"{{made}} is there already", 8)
    end(made=made)
def there(thing, text="yes"):
    end(text) if thing in known["made"] else end("NOT_FOUND", 1)
if program == "aisubs":
    match words:
        case ["doctor", tfvars]:
            must("apis")
            known["wanted"] = pathlib.Path(tfvars).read_text()
            end("FAIL  quotas" if known["obstacle"] else "ok", 3 if known["obstacle"] else 0)
        case ["token", "worker", "1"]:
            key = sys.stdin.read()
            end(code=0 if json.loads(key) else 2)
        case ["migrate"]:
            import os
            must("secrets")
            known["migrated"] = True
            end(made="migrated", code=0 if os.environ["DATABASE_URL"] == known["secrets"]["url"] else 1)
if program == "terraform":
    if "init" in said:
        must("bucket"); end(made="init")
    must("init")
    if "apply" in said:
        must("apis")
        named = (folder / "work/infra/images.auto.tfvars").exists()
        must(*(["secrets"] if named else []))
        if named and not known.get("migrated"):
            end("code before its database", 9)
        end(made="running" if named else "ground")
    must("ground")
    if "secrets" in said:
        end(json.dumps({{"dispatch": "key-dispatch", "api": "key-api", "database_url": "url", "signing_key": "sign"}}))
    outputs = {{"build_region": "europe-west1", "build_account": "projects/p/serviceAccounts/b"}}
    outputs |= {{"released": "europe-west1-docker.pkg.dev/subtitles-4711/aisubs-released"}}
    outputs |= {{"builds": "gs://p-builds/source", "api_url": "https://api", "uploads": "gs://p-aisubs-uploads"}}
    end(outputs[said[-1]])
match words:
    case ["auth", "list"]: end("me@example.com")
    case ["auth", "print-identity-token"]: end("token")
    case ["projects", "describe", _]: there("project")
    case ["projects", "create", _]: once("project")
    case ["billing", "projects", "describe", _]: end("True" if "billing" in known["made"] else "False")
    case ["billing", "accounts", "list"]: end("billingAccounts/0")
    case ["billing", "projects", "link", _]: must("project"); end(made="billing")
    case ["services", "list"]: end(known["apis"] if "apis" in known["made"] else "")
    case ["services", "enable", *names]: must("billing"); known["apis"] = "\\n".join(names); end(made="apis")
    case ["storage", "buckets", "describe", _]: there("bucket")
    case ["storage", "buckets", "create", _]: must("billing"); once("bucket")
    case ["storage", "buckets", "update", _]: must("bucket"); end(made="versioning")
    case ["secrets", "versions", "list", name]: must("ground"); end("1" if name in known["secrets"] else "")
    case ["secrets", "versions", "add", name]:
        must("ground")
        known["secrets"][name] = sys.stdin.read()
        end(made="secrets" if len(known["secrets"]) == 4 else name)
    case ["secrets", "versions", "access", "latest"]: end(known["secrets"]["url"])
    case ["builds", "submit"]:
        must("ground", "secrets"); known["migrated"] = True; end("build-1", made="image")
    case ["storage", "cat", _]:
        must("image"); end('functions_image = "f@sha256:0"', made="digests")
end(f"unknown: {{said}}", 2)
'''

DRIVER = r"""
import getpass, pathlib, sys
folder = pathlib.Path(__file__).parent
key = (folder / "key.json").read_text().splitlines()
def pasted(prompt):
    with (folder / "pastes.txt").open("a") as file:
        file.write(prompt + "\n")
    if "signing" in prompt or not prompt:
        return key.pop(0)
    return "postgresql://VALUE" if "pooler" in prompt else "sb_secret_VALUE"
getpass.getpass = pasted
import infra_deploy
infra_deploy.RELEASES = sys.argv.pop(1)
infra_deploy.main(sys.argv[1:])
"""

ANSWERS = "subtitles-4711\n\nhttps://abc.supabase.co\nsb_publishable_abc\n"
MADE = [
    *("project", "billing", "apis", "bucket", "versioning", "init", "ground"),
    *("key-dispatch", "key-api", "url", "secrets", "image", "digests", "running"),
]


@dataclass
class Desk:
    """Somebody's machine: a checkout, gcloud, terraform and nothing else on the PATH."""

    folder: Path

    def __post_init__(self) -> None:
        self.work, self.bin = self.folder / "work", self.folder / "bin"
        (self.work / "infra").mkdir(parents=True)
        (self.work / "aisubs").mkdir()
        (self.work / "aisubs/__init__.py").write_text('__version__ = "0.2.0"\n')
        for folder in (self.bin, self.work / ".venv-deploy/bin"):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "infra/deploy.py", self.work / "infra/infra_deploy.py")
        (self.work / "infra/smoke_test.py").write_text("import sys\nsys.exit(sys.stdin.read() != 'token')\n")
        (self.folder / "driver.py").write_text(DRIVER)
        (self.folder / "key.json").write_text('{"kty": "EC",\n"d": "VALUE"}')
        for program in (self.bin / "gcloud", self.bin / "terraform", self.work / ".venv-deploy/bin/aisubs"):
            program.write_text(RECORDER.format(python=sys.executable, folder=str(self.folder)))
            program.chmod(0o755)
        self.remember({"made": [], "calls": [], "secrets": {}, "die_after": "", "obstacle": False, "apis": ""})

    def remember(self, known: dict[str, object]) -> None:
        (self.folder / "state.json").write_text(json.dumps(known))

    @property
    def known(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "state.json").read_text())
        return found

    def deploy(
        self, *arguments: str, answers: str = ANSWERS, releases: str = "http://127.0.0.1:1"
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "driver.py"), releases, *arguments],
            env={"PATH": str(self.bin), "PYTHONPATH": str(self.work / "infra")},
            cwd=self.work, input=answers, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_from_nothing_to_a_running_edition_and_again_without_a_change(desk: Desk) -> None:
    done = desk.deploy()
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.known["made"] == MADE
    assert "https://api" in done.stdout
    assert "idle month" in done.stdout
    again = desk.deploy(answers="")  # nothing is asked twice
    assert again.returncode == 0, again.stdout + again.stderr
    made = desk.known["made"]
    assert isinstance(made, list)
    assert set(made[len(MADE) :]) <= {"versioning", "init", "running"}, "only what may be said again"


@pytest.mark.parametrize("step", MADE)
def test_killed_after_any_step_it_goes_on(desk: Desk, step: str) -> None:
    desk.remember(desk.known | {"die_after": step})
    assert desk.deploy().returncode != 0
    done = desk.deploy(answers="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(MADE) == set(desk.known["made"])  # type: ignore[call-overload]


def test_secrets_are_pasted_once_each_and_are_on_no_command_line(desk: Desk) -> None:
    done = desk.deploy()
    said = done.stdout + done.stderr + json.dumps(desk.known["calls"])
    assert "VALUE" not in said
    assert desk.known["secrets"] == {
        "key-dispatch": "sb_secret_VALUE",
        "key-api": "sb_secret_VALUE",
        "url": "postgresql://VALUE",
        "sign": '{"kty": "EC","d": "VALUE"}',  # of several lines
    }
    prompts = (desk.folder / "pastes.txt").read_text().splitlines()
    assert len([prompt for prompt in prompts if prompt]) == 3
    assert "VALUE" not in (desk.work / "infra/terraform.tfvars").read_text()


def test_a_plan_makes_nothing(desk: Desk) -> None:
    done = desk.deploy("--plan")
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.known["made"] == []
    assert not (desk.work / "infra/terraform.tfvars").exists()
    assert "would run: gcloud projects create subtitles-4711" in done.stdout


def test_google_is_asked_what_would_stop_it_before_anything_is_made(desk: Desk) -> None:
    desk.remember(desk.known | {"obstacle": True})
    done = desk.deploy()
    assert "Mend what is marked FAIL" in done.stderr
    assert desk.known["made"] == ["project", "billing", "apis"]
    assert 'project_id = "subtitles-4711"' in str(desk.known["wanted"])
    looked = desk.deploy("--plan", answers="")  # a plan asks as well, once there is somebody to answer
    assert "Mend what is marked FAIL" in looked.stderr
    desk.remember(desk.known | {"obstacle": False})
    assert desk.deploy(answers="").returncode == 0


def test_what_the_doctor_asks_is_on_before_it_asks() -> None:
    on = re.search(r"(?s)^APIS = \((.*?)^\)", (ROOT / "infra/deploy.py").read_text(), re.MULTILINE)
    assert on is not None
    assert set(APIS) <= set(re.findall(r'"(\w+)"', on[1]))


def test_a_key_that_cannot_sign_is_refused_when_it_is_pasted(desk: Desk) -> None:
    (desk.folder / "key.json").write_text("{}")
    assert "Run the same command again" in desk.deploy().stderr
    assert "sign" not in desk.known["secrets"]  # type: ignore[operator]


@dataclass
class Releases:
    """What GitHub serves of a release."""

    url: str
    pages: dict[str, str]


@pytest.fixture
def releases() -> Iterator[Releases]:
    pages: dict[str, str] = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Releases(f"http://127.0.0.1:{server.server_port}", pages)
        server.shutdown()
        thread.join()


RELEASED = [step for step in MADE if step != "image"]
RELEASED[RELEASED.index("digests") : RELEASED.index("running")] = ["migrated"]


@pytest.mark.parametrize("die_after", ["", *RELEASED])
def test_images_of_a_release_are_taken_by_digest_and_nothing_is_built(
    desk: Desk, releases: Releases, die_after: str
) -> None:
    """The file is what the release's own steps write (test_release.py); killed after any step it goes on."""
    releases.pages["/v0.2.0/images.tfvars"] = written_by_the_release()
    (desk.work / "infra/terraform.tfvars").write_text('image_source = "release"\n')
    desk.remember(desk.known | {"die_after": die_after})
    done = desk.deploy(releases=releases.url)
    if die_after:
        assert done.returncode != 0
        done = desk.deploy(answers="", releases=releases.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(RELEASED) == set(desk.known["made"])  # type: ignore[call-overload]
    named = (desk.work / "infra/images.auto.tfvars").read_text()
    place = "europe-west1-docker.pkg.dev/subtitles-4711/aisubs-released/aisubs"
    digests = {kind: digest_of(kind) for kind in ("functions", "gpu_job")}
    assert f'functions_image = "{place}/functions@{digests["functions"]}"' in named
    assert f'worker_image = "{place}/gpu_job@{digests["gpu_job"]}"' in named


@pytest.mark.parametrize("page", [None, "", 'functions_image = "ghcr.io/aisubs/functions:latest"\n'])
def test_a_release_that_names_no_images_by_digest_is_refused(desk: Desk, releases: Releases, page: str | None) -> None:
    if page is not None:
        releases.pages["/v0.2.0/images.tfvars"] = page
    (desk.work / "infra/terraform.tfvars").write_text('image_source = "release"\n')
    done = desk.deploy(releases=releases.url)
    assert "/v0.2.0/images.tfvars" in done.stderr
    assert "running" not in desk.known["made"]  # type: ignore[operator]


def test_the_page_counts_what_is_typed_and_pasted() -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    quick = page[page.index("## In one go") : page.index("## Step by step")]
    (typed,) = re.findall(r"(?s)```sh\n(.*?)```", quick)
    commands = [line for line in typed.splitlines() if line.strip() and not line.startswith("#")]
    assert 1 <= len(commands) <= 6
    assert int(re.findall(r"(\d) commands", quick)[0]) == len(commands)
    assert int(re.findall(r"(\d) secrets", quick)[0]) == 3
    assert not re.search(r"sb_secret_\w|postgresql://\w", typed)


def test_the_guide_of_cloud_shell_has_the_commands_of_the_page() -> None:
    page, guide = ((ROOT / "docs" / name).read_text() for name in ("deploy.md", "cloudshell.md"))
    quick = page[page.index("## In one go") : page.index("## Step by step")]
    (typed,) = re.findall(r"(?s)```sh\n(.*?)```", quick)
    guided = [command for command in re.findall(r"(?s)```sh\n(.*?)\n```", guide) if "storage ls" not in command]
    assert guided == typed.splitlines()[1:], "Cloud Shell clones the repository itself"
    assert "cloudshell_tutorial=docs/cloudshell.md" in page
