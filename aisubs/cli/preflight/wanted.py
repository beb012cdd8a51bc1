"""What is to be made, as infra/terraform.tfvars says it, with the defaults of infra/variables.tf."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answers that decide whether a project can carry a deployment."""

    project: str
    region: str = "europe-west1"
    name: str = "aisubs"
    tasks_region: str | None = None
    scheduler_region: str | None = None
    gpu_enabled: bool = True
    api_public: bool = False
    concurrency: int = 2
    worker_cpu: int | None = None
    worker_memory_gib: int = 16

    @property
    def cpu(self) -> int:
        """vCPUs of one worker."""
        return self.worker_cpu or (4 if self.gpu_enabled else 8)

    @property
    def place(self) -> str:
        return f"projects/{self.project}/locations/{self.region}"


def read_wanted(path: Path) -> Wanted:
    """Raises OSError for a file that is not there, and ValueError, for people, for one without a project."""
    text = re.sub(r"(?m)#.*$", "", path.read_text(encoding="utf-8"))
    texts = dict(re.findall(r'(?m)^\s*(\w+)\s*=\s*"([^"]*)"', text))
    flags = dict(re.findall(r"(?m)^\s*(\w+)\s*=\s*(true|false)\b", text))
    numbers = {name: int(value) for name, value in re.findall(r"\b(\w+)\s*=\s*(\d+)\b", text)}
    if "project_id" not in texts:
        raise ValueError(f"{path} names no project_id.")
    named = {key: texts[key] for key in ("region", "name", "tasks_region", "scheduler_region") if key in texts}
    asked = {key: flags[key] == "true" for key in ("gpu_enabled", "api_public") if key in flags}
    sized = {key: numbers[key] for key in ("concurrency", "worker_cpu", "worker_memory_gib") if key in numbers}
    return Wanted(texts["project_id"], **named, **asked, **sized)  # type: ignore[arg-type]
