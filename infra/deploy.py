"""From an empty project to a running cloud edition: `make deploy`. Standard library, gcloud, terraform and our doctor.

Every step looks first whether it is done, so the same command goes on where it was stopped, and makes nothing twice.
`--plan` asks the same questions, makes nothing, and says what would be made. Secrets are asked for without an echo and
go to gcloud through its standard input; answers are kept in infra/terraform.tfvars.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AISUBS = ".venv-deploy/bin/aisubs"
"""Ours, with what the cloud's APIs need and no more (`make deploy` puts it there)."""
APIS = (
    *("run", "cloudresourcemanager", "serviceusage", "cloudquotas", "cloudtasks", "cloudscheduler", "cloudbuild"),
    *("eventarc", "iam"),
)
"""What the doctor asks, and Terraform to begin with (a test compares); Terraform enables the rest."""
QUESTIONS = {"project_id": "", "region": "europe-west1", "supabase_url": "", "supabase_publishable_key": ""}
RELEASES = "https://github.com/aisubs/aisubs/releases/download"
RELEASED = re.compile(r'(functions_image|worker_image)\s*=\s*"ghcr\.io/(aisubs/[a-z_]+@sha256:[0-9a-f]{64})"')
SECRETS = {
    "database_url": "URL of the session pooler",
    "vapid_key": "key of notifications",
    "signing_key": "signing key of the Supabase project (JWK or legacy secret)",
}
OTHER_SECRET = "secret key of Supabase (sb_secret_…)"
IDLE_MONTH = "An idle month costs what lies there: two versions of the images (some $0.50), secrets ($0.36), no GPU."


class Deployment:
    """The steps, in order; each a method that does nothing when its work is done."""

    def __init__(self, folder: Path, *, plan: bool) -> None:
        self.folder, self.plan = folder, plan
        self.answers: dict[str, str] = {}
        self.tfvars = ""

    # ── asking and doing ─────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, *command: str) -> str | None:
        """What a command that only reads prints; None when it fails."""
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def do(self, *command: str, secret: str | None = None) -> str:
        """Run a command that makes something, or say under --plan that it would be. Ends with it if it fails."""
        say(f"{'would run' if self.plan else 'run'}: {' '.join(command)}")
        if self.plan:
            return ""
        done = subprocess.run(
            command, cwd=self.folder, input=secret, stdout=subprocess.PIPE, text=True, check=False
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{command[0]} failed with {done.returncode}. Mend it and run the same command again.")
        return done.stdout.strip()

    def terraform(self, *words: str) -> tuple[str, ...]:
        return ("terraform", "-chdir=infra", *words)

    def output(self, name: str) -> str:
        return self.ask(*self.terraform("output", "-raw", name)) or ""

    @property
    def in_project(self) -> str:
        return f"--project={self.answers['project_id']}"

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def tools(self) -> None:
        missing = [tool for tool in ("gcloud", "terraform") if shutil.which(tool) is None]
        if missing:
            sys.exit(f"Install {' and '.join(missing)} first: https://cloud.google.com/sdk, https://terraform.io")
        if not self.ask("gcloud", "auth", "list", "--filter=status:ACTIVE", "--format=value(account)"):
            sys.exit("Log in first: gcloud auth login --update-adc")

    def questions(self) -> None:
        """What has no default that fits everybody, once; everything else has one (infra/variables.tf)."""
        path = self.folder / "infra/terraform.tfvars"
        known = path.read_text() if path.exists() else ""
        self.answers = dict(re.findall(r'(?m)^(\w+)\s*=\s*"([^"]*)"', known))
        for name, default in QUESTIONS.items():
            if name not in self.answers:
                self.answers[name] = input(f"{name}{f' [{default}]' if default else ''}: ").strip() or default
                known += f'{name} = "{self.answers[name]}"\n'
        self.tfvars = known
        if not self.plan:
            path.write_text(known)

    def project(self) -> None:
        project = self.answers["project_id"]
        if self.ask("gcloud", "projects", "describe", project, "--format=value(projectId)") is None:
            self.do("gcloud", "projects", "create", project)
        if self.ask("gcloud", "billing", "projects", "describe", project, "--format=value(billingEnabled)") != "True":
            listed = ("gcloud", "billing", "accounts", "list", "--filter=open=true", "--format=value(name)")
            accounts = (self.ask(*listed) or "").split()
            if len(accounts) != 1:
                sys.exit(f"Link a billing account: gcloud billing projects link {project} --billing-account ID")
            self.do("gcloud", "billing", "projects", "link", project, f"--billing-account={accounts[0]}")

    def missing_apis(self) -> list[str]:
        listed = ("gcloud", "services", "list", "--enabled", "--format=value(config.name)", self.in_project)
        on = (self.ask(*listed) or "").split()
        return [name for name in (f"{name}.googleapis.com" for name in APIS) if name not in on]

    def apis(self) -> None:
        if missing := self.missing_apis():
            self.do("gcloud", "services", "enable", *missing, self.in_project)

    def preflight(self) -> None:
        """What would stop a first apply: rights, regions, quotas, policies. Nothing that lasts is made before this."""
        if self.plan and self.missing_apis():
            say("Google answers once the project is there and its APIs are on; then this is asked before all else.")
            return
        with tempfile.NamedTemporaryFile("w", suffix=".tfvars") as asked:  # --plan leaves no file behind
            asked.write(self.tfvars)
            asked.flush()
            before = (AISUBS, "doctor", "--cloud", "--before", asked.name)
            if subprocess.run(before, cwd=self.folder, check=False).returncode:
                sys.exit("Mend what is marked FAIL (in infra/terraform.tfvars, mostly) and run the same command again.")

    def state(self) -> None:
        bucket = f"gs://{self.answers['project_id']}-terraform"
        if self.ask("gcloud", "storage", "buckets", "describe", bucket, "--format=value(name)") is None:
            self.do(
                "gcloud", "storage", "buckets", "create", bucket, f"--location={self.answers['region']}",
                "--uniform-bucket-level-access", "--public-access-prevention", self.in_project,
            )  # fmt: skip
        self.do("gcloud", "storage", "buckets", "update", bucket, "--versioning")
        self.do(*self.terraform("init", "-input=false", f"-backend-config=bucket={bucket.removeprefix('gs://')}"))

    def ground(self) -> None:
        """Accounts, buckets, queue, registry and empty secrets; with images named, all that runs as well."""
        self.do(*self.terraform("apply", "-input=false", "-auto-approve"))

    def secrets(self) -> None:
        """One Supabase key for all components is enough to begin with; docs/operate.md gives each its own."""
        pasted: dict[str, str] = {}
        for purpose, name in json.loads(self.ask(*self.terraform("output", "-json", "secrets")) or "{}").items():
            if self.ask("gcloud", "secrets", "versions", "list", name, "--format=value(name)", self.in_project):
                continue
            kind = SECRETS.get(purpose, OTHER_SECRET)
            if kind not in pasted and not self.plan:
                pasted[kind] = self.pasted(kind)
            add = ("gcloud", "secrets", "versions", "add", name, "--data-file=-", self.in_project)
            self.do(*add, secret=pasted.get(kind, ""))

    def pasted(self, kind: str) -> str:
        """A key may be JSON over several lines. One that cannot sign is found here, not by the first worker."""
        value = getpass.getpass(f"{kind}: ").strip()
        while value.startswith("{") and not value.endswith("}"):
            value += getpass.getpass("").strip()
        if kind == SECRETS["signing_key"]:
            tried = (AISUBS, "token", "worker", "--days", "1")
            done = subprocess.run(tried, cwd=self.folder, input=value, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{done.stderr.strip()} Run the same command again.")
        return value

    def images(self) -> None:
        """Once; later runs take what was named. Delete the file to build anew, or to take a newer release."""
        if not (self.folder / "infra/images.auto.tfvars").exists():
            (self.released if self.is_released else self.built)()

    @property
    def is_released(self) -> bool:
        return self.answers.get("image_source") == "release"

    def released(self) -> None:
        """The images of this version by digest, as the release has written them down; Google fetches them."""
        (version,) = re.findall(r'__version__ = "(.+)"', (self.folder / "aisubs/__init__.py").read_text())
        url = f"{RELEASES}/v{version}/images.tfvars"
        say(f"{'would fetch' if self.plan else 'fetch'}: {url}")
        if self.plan:
            return
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                told = RELEASED.findall(answer.read(1 << 16).decode())
        except urllib.error.URLError as fault:
            sys.exit(f"{url}: {fault}. Without that release leave image_source out: the images are built then.")
        if sorted(name for name, _ in told) != ["functions_image", "worker_image"]:
            sys.exit(f"{url} does not name one image of each kind by digest.")
        self.name_images("".join(f'{name} = "{self.output("released")}/{image}"\n' for name, image in told))

    def name_images(self, text: str) -> None:
        part = self.folder / "infra/images.auto.part"
        part.write_text(text)
        part.replace(part.with_suffix(".tfvars"))  # a file that was cut short names nothing

    def built(self) -> None:
        """By Cloud Build, which also migrates."""
        builds = self.output("builds")
        build = self.do(
            "gcloud", "builds", "submit", "--config=cloudbuild.yaml", f"--region={self.output('build_region')}",
            f"--service-account={self.output('build_account')}", f"--gcs-source-staging-dir={builds}",
            f"--substitutions=_REGION={self.answers['region']},_DEPLOY=no", "--format=value(id)", self.in_project,
        )  # fmt: skip
        made = f"{builds.removesuffix('/source')}/images/{build}/images.tfvars"
        text = self.do("gcloud", "storage", "cat", made)
        if not self.plan:
            self.name_images(f"{text}\n")

    def migrate(self) -> None:
        """Before the code of a release; a build has migrated already. Nothing to do is nothing done."""
        if not self.is_released:
            return
        secret = json.loads(self.ask(*self.terraform("output", "-json", "secrets")) or "{}").get("database_url", "")
        say(f"{'would run' if self.plan else 'run'}: {AISUBS} migrate")
        if not self.plan:
            read = ("gcloud", "secrets", "versions", "access", "latest", f"--secret={secret}", self.in_project)
            told = os.environ | {"DATABASE_URL": self.ask(*read) or ""}  # noqa: TID251 - no settings of ours are read
            if subprocess.run((AISUBS, "migrate"), cwd=self.folder, env=told, check=False).returncode:
                sys.exit("The database was not migrated. Mend it and run the same command again.")

    def what_runs(self) -> None:
        self.ground()

    def smoke(self) -> None:
        api, token = self.output("api_url"), self.ask("gcloud", "auth", "print-identity-token")
        self.do(sys.executable, "infra/smoke_test.py", api, "--identity=stdin", secret=token or "")
        say(f"The API is at {api}; drop recordings at {self.output('uploads')}. {IDLE_MONTH}")


STEPS = (
    *("tools", "questions", "project", "apis", "preflight", "state"),
    *("ground", "secrets", "images", "migrate", "what_runs", "smoke"),
)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", action="store_true", help="make nothing; say what would be made")
    given = parser.parse_args(arguments)
    deployment = Deployment(ROOT, plan=given.plan)
    for number, name in enumerate(STEPS, start=1):
        say(f"[{number}/{len(STEPS)}] {name.replace('_', ' ')}")
        getattr(deployment, name)()


if __name__ == "__main__":
    main()
