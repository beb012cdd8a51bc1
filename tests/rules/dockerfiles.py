"""Reading Dockerfiles: instructions, stages, and the files that an image would hold."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Stage:
    """`base` is an image or the name of an earlier stage, with ARGs filled in."""

    base: str
    name: str | None
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, keyword: str) -> list[str]:
        return [rest for word, rest in self.instructions if word == keyword]

    def environment(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for rest in self.all("ENV") for pair in shlex.split(rest))

    def command(self) -> list[str]:
        (command,) = self.all("CMD")
        return [str(word) for word in json.loads(command)]


def stages_of(path: Path) -> list[Stage]:
    """The stages in order. Only what our Dockerfiles use is understood."""
    text = re.sub(r"(?m)^\s*#.*\n", "", path.read_text())
    text = re.sub(r"\\\n", " ", text)
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "ARG" and not stages:
            name, _, default = rest.partition("=")
            arguments[name] = default
        elif word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(re.sub(r"\$\{?(\w+)\}?", lambda found: arguments[found[1]], base), name or None))
        else:
            stages[-1].instructions.append((word, rest.strip()))
    return stages


def copies_of(stage: Stage) -> list[tuple[list[str], str, str | None]]:
    """(sources, destination, stage or None) of each COPY."""
    found = []
    for rest in stage.all("COPY"):
        words = shlex.split(rest)
        source_stage = next((word.removeprefix("--from=") for word in words if word.startswith("--from=")), None)
        plain = [word for word in words if not word.startswith("--")]
        found.append((plain[:-1], plain[-1], source_stage))
    return found


def lay_out(path: Path, folder: Path) -> Path:
    """Put what the last stage takes from the repository where the image would have it, below `folder`.

    Of an image that installs our wheel: the wheel's files. tests/whole/test_wheel.py compares them with a real one.
    """
    stages = {stage.name: stage for stage in stages_of(path)}
    if "wheel" in stages:
        _copy(["aisubs"], folder / "app/aisubs", is_folder=True)
        return folder
    for sources, _, source_stage in copies_of(stages[None]):
        for wanted in sources if source_stage else ():
            for originals, destination, _ in copies_of(stages[source_stage]):
                if destination.startswith(f"{wanted}/"):
                    _copy(originals, folder / destination.lstrip("/"), is_folder=destination.endswith("/"))
    return folder


def _copy(originals: list[str], target: Path, *, is_folder: bool) -> None:
    for name in originals:
        original = ROOT / name
        if original.is_dir():
            shutil.copytree(original, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            where = target / original.name if is_folder else target
            where.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(original, where)
