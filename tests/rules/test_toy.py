"""Nobody gets text of the toy model who did not ask for it by its folder."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from aisubs.formats import FORMATS, render
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Transcript
from aisubs.settings import Settings
from aisubs.weights.auto import Machine, choose
from aisubs.weights.catalogue import KNOWN
from aisubs.weights.folder import model_folder, place_of
from aisubs.weights.mark import MARK_FILE, told_name
from aisubs.weights.packages import PACKAGED
from aisubs.weights.sources import find_model, look_for
from tests.rules.dockerfiles import ROOT
from tests.toy_model import TOY

PRODUCT = ("aisubs", "functions", "gpu_job", "infra", "docker-compose.yml", "cloudbuild.yaml", ".github")
"""What people get: the wheel, the images, the deployment, what builds them."""

_LEADS_TO_THE_TOY = re.compile(r"toy[-_]model|tests/toy|demo_model|MODEL\s*[=:]\s*\"?(demo|toy)\b")


def leads(root: Path) -> Iterator[str]:
    """Every line of the product below `root` by which the toy could be found, and every file of weights in it."""
    for part in PRODUCT:
        for path in [root / part, *sorted((root / part).rglob("*"))]:
            if not path.is_file() or "__pycache__" in path.parts or ".terraform" in path.parts:
                continue
            name = str(path.relative_to(root))
            if path.name in (MARK_FILE, "model.bin"):
                yield f"{name}: weights"
            elif path.suffix not in (".mp4", ".opus", ".gz", ".woff2"):
                lines = path.read_text(errors="replace").splitlines()
                yield from (f"{name}: {line.strip()}" for line in lines if _LEADS_TO_THE_TOY.search(line))
    yield from (f"Makefile: {line}" for line in _recipes(root / "Makefile") if _LEADS_TO_THE_TOY.search(line))
    project = tomllib.loads((root / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    if wheel["packages"] != ["aisubs"] or _LEADS_TO_THE_TOY.search(json.dumps(wheel)):
        yield f"pyproject.toml: the wheel holds {wheel}"


def _recipes(makefile: Path) -> Iterator[str]:
    """What `make` runs for people; making and testing the toy itself is for those who work on it."""
    for block in re.split(r"\n(?=\S)", makefile.read_text()):
        if not block.startswith(("toy-model:", ".PHONY:", "#")):
            yield from block.splitlines()


def test_nothing_that_people_get_leads_to_the_toy() -> None:
    assert list(leads(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("aisubs/wiring.py", 'MODEL = Path(__file__).parents[1] / "tests" / "toy_model" / "toy"'),
        ("gpu_job/Dockerfile", "COPY tests/toy_model/toy /opt/models/base"),
        ("docker-compose.yml", "      MODEL: toy"),
        ("Makefile", "demo:\n\tMODEL=tests/toy_model/toy aisubs demo"),
        ("aisubs/base/model.bin", ""),
    ],
)
def test_the_rule_finds_a_way_that_is_planted(file: str, line: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    planted = tmp_path / file
    planted.parent.mkdir(parents=True, exist_ok=True)
    assert list(leads(tmp_path)) == []
    with planted.open("a") as out:
        out.write(f"\n{line}\n")
    [found] = leads(tmp_path)
    assert found.startswith(file)


@pytest.mark.parametrize("name", ["toy", "demo", "toy_model"])
def test_the_toy_has_no_name_of_its_own(name: str, tmp_path: Path) -> None:
    with pytest.raises(AisubsError) as caught:
        find_model(name, Settings(model_dir=tmp_path))
    assert caught.value.code == "unknown_model"


def test_no_default_is_the_toy() -> None:
    assert Settings.model_fields["model"].default == "auto"
    assert Settings.model_fields["models"].default == ""


def test_auto_never_means_the_toy_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aisubs.weights.sources.PACKAGED", {})
    monkeypatch.setattr("aisubs.weights.auto.answers", lambda _: False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    settings = Settings(model="auto", model_dir=tmp_path)
    for name in KNOWN:
        place_of(name, model_folder(settings)).symlink_to(TOY)
        assert look_for(name, settings) is not None
    for machine in (Machine("cpu", 2, 1 << 33), Machine("cpu", 64, 1 << 38), Machine("cuda", 8, 1 << 38)):
        with pytest.raises(AisubsError) as caught:
            choose(settings, machine)
        assert caught.value.code == "no_model"
    assert set(PACKAGED) == {"tiny.en", "base"}


def test_its_text_says_so_whatever_its_folder_is_called(tmp_path: Path) -> None:
    (tmp_path / "large-v3").symlink_to(TOY)
    folder = str(tmp_path / "large-v3")
    assert find_model(folder, Settings()).name == told_name(folder) == "toy"
    for model, is_toy in (("toy", True), ("large-v3", False)):
        written = json.loads(render(Transcript(1000, "en", (), model=model), "json", "netflix"))
        assert written["toy"] is is_toy
    assert "json" in FORMATS
