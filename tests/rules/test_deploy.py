"""`make deploy` from an empty project to the end, against recorders of gcloud and terraform that know the order.

Killed after every command that makes something, and started again; under --plan nothing is made at all.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rules.dockerfiles import ROOT

RECORDER = '''#!{python} -I
"""gcloud and terraform, by the name they are called: what was made is in one file, and what is not in order fails."""
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
if program == "terraform":
    if "init" in said:
        must("bucket"); end(made="init")
    must("init")
    if "apply" in said:
        must("apis")
        named = (folder / "work/infra/images.auto.tfvars").exists()
        must(*(["image", "secrets"] if named else []))
        end(made="running" if named else "ground")
    must("ground")
    if "secrets" in said:
        end(json.dumps({{"worker": "key-worker", "api": "key-api", "database_url": "url"}}))
    outputs = {{"build_region": "europe-west1", "build_account": "projects/p/serviceAccounts/b"}}
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
    case ["run", "regions", "list"]: must("apis"); end("europe-west1\\nus-central1")
    case ["tasks", "locations", "list"]: must("apis"); end("europe-west1")
    case ["beta", "quotas", "info", "describe", _]:
        granted = {{"dimensions": {{"region": "europe-west1"}}, "details": {{"value": known["l4"]}}}}
        end(json.dumps({{"dimensionsInfos": [granted]}}))
    case ["storage", "buckets", "describe", _]: there("bucket")
    case ["storage", "buckets", "create", _]: must("billing"); once("bucket")
    case ["storage", "buckets", "update", _]: must("bucket"); end(made="versioning")
    case ["secrets", "versions", "list", name]: must("ground"); end("1" if name in known["secrets"] else "")
    case ["secrets", "versions", "add", name]:
        must("ground")
        known["secrets"][name] = sys.stdin.read()
        end(made="secrets" if len(known["secrets"]) == 3 else name)
    case ["builds", "submit"]:
        must("ground", "secrets"); end("build-1", made="image")
    case ["storage", "cp", source, target]:
        must("image")
        pathlib.Path(target).write_text('functions_image = "f@sha256:0"\\n')
        end(made="digests")
end(f"unknown: {{said}}", 2)
'''

DRIVER = """
import getpass, pathlib, sys
getpass.getpass = lambda prompt: "sb_secret_VALUE" if "Supabase" in prompt else "postgresql://VALUE"
import infra_deploy
infra_deploy.main(sys.argv[1:])
"""

ANSWERS = "subtitles-4711\n\nhttps://abc.supabase.co\n"
MADE = [
    *("project", "billing", "apis", "bucket", "versioning", "init", "ground"),
    *("key-worker", "key-api", "secrets", "image", "digests", "running"),
]


@dataclass
class Desk:
    """Somebody's machine: a checkout, gcloud, terraform and nothing else on the PATH."""

    folder: Path

    def __post_init__(self) -> None:
        self.work, self.bin = self.folder / "work", self.folder / "bin"
        (self.work / "infra").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "infra/deploy.py", self.work / "infra/infra_deploy.py")
        (self.work / "infra/smoke_test.py").write_text("import sys\nsys.exit(sys.stdin.read() != 'token')\n")
        (self.folder / "driver.py").write_text(DRIVER)
        for program in ("gcloud", "terraform"):
            (self.bin / program).write_text(RECORDER.format(python=sys.executable, folder=str(self.folder)))
            (self.bin / program).chmod(0o755)
        self.remember({"made": [], "calls": [], "secrets": {}, "die_after": "", "l4": "3", "apis": ""})

    def remember(self, known: dict[str, object]) -> None:
        (self.folder / "state.json").write_text(json.dumps(known))

    @property
    def known(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "state.json").read_text())
        return found

    def deploy(self, *arguments: str, answers: str = ANSWERS) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "driver.py"), *arguments],
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


def test_secrets_are_pasted_twice_and_are_on_no_command_line(desk: Desk) -> None:
    done = desk.deploy()
    said = done.stdout + done.stderr + json.dumps(desk.known["calls"])
    assert "VALUE" not in said
    assert desk.known["secrets"] == {
        "key-worker": "sb_secret_VALUE",
        "key-api": "sb_secret_VALUE",
        "url": "postgresql://VALUE",
    }
    assert "VALUE" not in (desk.work / "infra/terraform.tfvars").read_text()


def test_a_plan_makes_nothing(desk: Desk) -> None:
    done = desk.deploy("--plan")
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.known["made"] == []
    assert not (desk.work / "infra/terraform.tfvars").exists()
    assert "would run: gcloud projects create subtitles-4711" in done.stdout


def test_what_would_stop_an_apply_stops_before_anything_is_made(desk: Desk) -> None:
    desk.remember(desk.known | {"l4": "0"})
    done = desk.deploy()
    assert "quota of L4s in europe-west1 is 0" in done.stderr
    assert "bucket" not in desk.known["made"]  # type: ignore[operator]
    with (desk.work / "infra/terraform.tfvars").open("a") as file:
        file.write("gpu_enabled = false\n")
    assert desk.deploy(answers="").returncode == 0


def test_a_region_that_is_none_is_named(desk: Desk) -> None:
    done = desk.deploy(answers="subtitles-4711\neurope-west99\nhttps://abc.supabase.co\n")
    assert "Cloud Run is not in europe-west99" in done.stderr


def test_the_page_counts_what_is_typed_and_pasted() -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    quick = page[page.index("## In one go") : page.index("## Step by step")]
    (typed,) = re.findall(r"(?s)```sh\n(.*?)```", quick)
    commands = [line for line in typed.splitlines() if line.strip() and not line.startswith("#")]
    assert 1 <= len(commands) <= 6
    assert int(re.findall(r"(\d) commands", quick)[0]) == len(commands)
    assert int(re.findall(r"(\d) secrets", quick)[0]) == 2 <= 3
    assert not re.search(r"sb_secret_\w|postgresql://\w", typed)


def test_the_guide_of_cloud_shell_has_the_commands_of_the_page() -> None:
    page, guide = ((ROOT / "docs" / name).read_text() for name in ("deploy.md", "cloudshell.md"))
    quick = page[page.index("## In one go") : page.index("## Step by step")]
    (typed,) = re.findall(r"(?s)```sh\n(.*?)```", quick)
    guided = [command for command in re.findall(r"(?s)```sh\n(.*?)\n```", guide) if "storage ls" not in command]
    assert guided == typed.splitlines()[1:], "Cloud Shell clones the repository itself"
    assert "cloudshell_tutorial=docs/cloudshell.md" in page
