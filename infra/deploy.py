"""From an empty project to a running cloud edition: `make deploy`. Standard library, gcloud and terraform only.

Every step looks first whether it is done, so the same command goes on where it was stopped, and makes nothing twice.
`--plan` asks the same questions, makes nothing, and says what would be made. Secrets are asked for without an echo and
go to gcloud through its standard input; answers are kept in infra/terraform.tfvars.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
APIS = ("run", "cloudresourcemanager", "serviceusage", "cloudquotas", "cloudtasks", "cloudscheduler", "cloudbuild")
L4 = "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion"
QUESTIONS = {"project_id": "", "region": "europe-west1", "supabase_url": ""}
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
        self.gpu_enabled = True

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
        """project_id, region and supabase_url, once; everything else has a default (infra/variables.tf)."""
        path = self.folder / "infra/terraform.tfvars"
        known = path.read_text() if path.exists() else ""
        self.gpu_enabled = re.search(r"(?m)^gpu_enabled\s*=\s*false", known) is None
        self.answers = dict(re.findall(r'(?m)^(\w+)\s*=\s*"([^"]*)"', known))
        for name, default in QUESTIONS.items():
            if name not in self.answers:
                self.answers[name] = input(f"{name}{f' [{default}]' if default else ''}: ").strip() or default
                known += f'{name} = "{self.answers[name]}"\n'
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

    def apis(self) -> None:
        names = [f"{name}.googleapis.com" for name in APIS]
        listed = ("gcloud", "services", "list", "--enabled", "--format=value(config.name)", self.in_project)
        on = (self.ask(*listed) or "").split()
        if missing := [name for name in names if name not in on]:
            self.do("gcloud", "services", "enable", *missing, self.in_project)

    def preflight(self) -> None:
        """What would stop a first apply: the region, the queue's, and GPUs. Nothing that lasts is made before this."""
        region, chosen = self.answers["region"], self.answers.get("tasks_region")
        regions = ("run", "regions", "list", "--format=value(name)")
        queues = ("tasks", "locations", "list", "--format=value(locationId)")
        for service, command, wanted in (("Cloud Run", regions, region), ("Cloud Tasks", queues, chosen)):
            there = self.ask("gcloud", *command, self.in_project)
            if there is not None and wanted and wanted not in re.split(r"[\s/]+", there):
                sys.exit(f"{service} is not in {wanted}. Choose another region in infra/terraform.tfvars.")
        described = ("beta", "quotas", "info", "describe", L4, "--service=run.googleapis.com", "--format=json")
        granted = list(values_of(json.loads(self.ask("gcloud", *described, self.in_project) or "{}"), region))
        if granted and max(granted) < 1 and self.gpu_enabled:
            sys.exit(
                f"The quota of L4s in {region} is 0. Ask for some (docs/deploy.md), or put `gpu_enabled = false` into "
                "infra/terraform.tfvars for workers on CPUs until it is granted."
            )

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
                pasted[kind] = getpass.getpass(f"{kind}: ").strip()
            add = ("gcloud", "secrets", "versions", "add", name, "--data-file=-", self.in_project)
            self.do(*add, secret=pasted.get(kind, ""))

    def images(self) -> None:
        """Build once, which also migrates; later runs take what was built. Delete the file to build anew."""
        named = self.folder / "infra/images.auto.tfvars"
        if named.exists():
            return
        builds = self.output("builds")
        build = self.do(
            "gcloud", "builds", "submit", "--config=cloudbuild.yaml", f"--region={self.output('build_region')}",
            f"--service-account={self.output('build_account')}", f"--gcs-source-staging-dir={builds}",
            f"--substitutions=_REGION={self.answers['region']},_DEPLOY=no", "--format=value(id)", self.in_project,
        )  # fmt: skip
        part = named.with_suffix(".part")
        made = f"{builds.removesuffix('/source')}/images/{build}/images.tfvars"
        self.do("gcloud", "storage", "cp", made, str(part))
        if not self.plan:
            part.replace(named)  # a copy that was cut short names nothing

    def what_runs(self) -> None:
        self.ground()

    def smoke(self) -> None:
        api, token = self.output("api_url"), self.ask("gcloud", "auth", "print-identity-token")
        self.do(sys.executable, "infra/smoke_test.py", api, "--identity=stdin", secret=token or "")
        say(f"The API is at {api}; drop recordings at {self.output('uploads')}. {IDLE_MONTH}")


STEPS = (
    *("tools", "questions", "project", "apis", "preflight", "state"),
    *("ground", "secrets", "images", "what_runs", "smoke"),
)


def values_of(quota: dict[str, Any], region: str) -> Iterator[int]:
    """What a quota of Cloud Quotas grants there."""
    for info in quota.get("dimensionsInfos", []):
        if info.get("dimensions", {}).get("region", region) == region:
            yield int(info.get("details", {}).get("value", "0"))


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
