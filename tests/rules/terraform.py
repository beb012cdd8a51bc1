"""Reading infra/: its files parsed with python-hcl2, and its provider-free modules run by Terraform itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FUNCTION = INFRA / "function"
MODULES = sorted(path.parent for path in (INFRA / "modules").glob("*/main.tf"))
TIME_LIMIT_S = 120


@cache
def parsed(folder: Path = INFRA) -> dict[str, list[dict[str, Any]]]:
    """All .tf files of one folder as one: block kind -> its blocks, strings without their quotes."""
    whole: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.glob("*.tf")):
        with path.open() as file:
            for kind, blocks in unquoted(hcl2.load(file)).items():
                whole.setdefault(kind, []).extend(blocks)
    return whole


def unquoted(value: Any) -> Any:
    """python-hcl2 keeps quotes and comments and marks blocks; none of it says anything to a test."""
    if isinstance(value, dict):
        return {key.strip('"'): unquoted(inner) for key, inner in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [unquoted(inner) for inner in value]
    return value.strip('"') if isinstance(value, str) else value


def resources(kind: str = "") -> dict[str, dict[str, Any]]:
    """Body by "kind.name" of all resources, or those of one kind, in the root and in the module of one function."""
    found = {}
    for block in [*parsed()["resource"], *parsed(FUNCTION)["resource"]]:
        for this, named in block.items():
            for name, body in named.items():
                if kind in ("", this):
                    found[f"{this}.{name}"] = body
    return found


def blocks(body: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every block or map of that name anywhere below `body`, dynamic ones by their content."""
    if isinstance(body, list):
        for inner in body:
            yield from blocks(inner, name)
    elif isinstance(body, dict):
        for key, inner in body.items():
            if key == "dynamic":
                for dynamic in inner:
                    for label, said in dynamic.items():
                        if label == name:
                            yield from said["content"]
                        yield from blocks(said["content"], name)
            elif key == name:
                yield from [item for item in (inner if isinstance(inner, list) else [inner]) if isinstance(item, dict)]
                yield from blocks(inner, name)
            else:
                yield from blocks(inner, name)


def only(body: Any, name: str) -> dict[str, Any]:
    """The one block of that name."""
    (found,) = blocks(body, name)
    return found


def text_of(folder: Path = INFRA) -> str:
    """All .tf files of a folder, without comments."""
    whole = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    return re.sub(r"(?m)(^|\s)#.*$", "", whole)


def needs_terraform() -> str:
    """The path of Terraform; the test is skipped where there is none."""
    found = shutil.which("terraform")
    if found is None:
        pytest.skip("Terraform is not installed here; cloudbuild.yaml runs this in its own image.")
    return found


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Terraform in `folder` without the user's configuration and without asking anything."""
    empty = folder / "no-configuration.tfrc"
    empty.touch()
    return subprocess.run(
        [needs_terraform(), f"-chdir={folder}", *arguments],
        env=os.environ | {"TF_CLI_CONFIG_FILE": str(empty), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_S,
        check=False,
    )


def copied(module: Path, folder: Path) -> Path:
    """A copy of a module, initialised, so that nothing is written into the checkout."""
    target = folder / module.name
    shutil.copytree(module, target, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    done = terraform(target, "init", "-backend=false", "-input=false", "-no-color")
    assert done.returncode == 0, done.stderr
    return target


def outputs_of(module: Path, folder: Path, variables: dict[str, Any]) -> dict[str, Any]:
    """Apply a provider-free module (which makes nothing) and return its outputs."""
    target = copied(module, folder)
    (target / "terraform.tfvars.json").write_text(json.dumps(variables))
    done = terraform(target, "apply", "-auto-approve", "-input=false", "-no-color")
    assert done.returncode == 0, done.stderr
    shown = terraform(target, "output", "-json")
    return {name: output["value"] for name, output in json.loads(shown.stdout).items()}


def evaluated_root(folder: Path, variables: dict[str, Any], wanted: dict[str, str]) -> dict[str, Any]:
    """What the root's variables, locals, outputs and provider-free modules come to; `wanted` is name -> expression.

    Everything that needs the provider is left out: blocks that are resources or data, or that speak of them. The files
    are formatted, so each block of the root ends at the first line that is a lone brace.
    """
    kept = []
    for path in sorted(INFRA.glob("*.tf")):
        for block in re.findall(r"(?ms)^\w+(?: \"[^\"]*\")* \{\n.*?^\}\n", path.read_text()):
            block = block.replace("data.google_project.this.number", '"123456789012"')
            foreign = re.match(r"(resource|data|provider|terraform|check)\b", block)
            if not foreign and not re.search(r"google_\w+\.|\./function|module\.(function|on_upload)\b", block):
                kept.append(block)
    kept += [f'output "wanted_{name}" {{\n  value = {expression}\n}}\n' for name, expression in wanted.items()]
    module = folder / "root"
    shutil.copytree(INFRA / "modules", module / "modules")
    (module / "main.tf").write_text("\n".join(kept))
    return outputs_of(module, folder / "applied", variables)
