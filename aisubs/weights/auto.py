"""`MODEL=auto`: the best model that this machine can carry, of those that are here if there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aisubs.model.engine_name import OPENAI, split_engine, with_engine
from aisubs.model.errors import AisubsError, error
from aisubs.settings import Settings
from aisubs.weights.catalogue import AUTO, KNOWN
from aisubs.weights.device import all_cores, choose_device, gpu_memory_bytes, memory_bytes
from aisubs.weights.folder import model_folder
from aisubs.weights.hub import Progress, answers
from aisubs.weights.sources import FoundModel, Place, find_model, look_for

GIB = 1 << 30

GPU_BYTES_FOR_TURBO = 5 * GIB
"""float16 weights are 1.6 GB; batches of 16 windows with 5 beams, and CUDA itself, take about as much again."""

CORES_FOR_SMALL, BYTES_FOR_SMALL = 8, 4 * GIB
"""`small` is about three times the work of `base`: on fewer cores an hour of sound would take longer than an hour."""

_ON_GPU = ("large-v3-turbo", "large-v3", "large-v2", "medium", "small", "base")
_ON_CPU = ("small", "base")
_AT_A_PINCH = ("base", "small", "tiny", "large-v3-turbo", "medium")
"""What is taken where nothing better is here and nothing can be fetched. Models of English alone are never chosen: they
write English-looking nonsense for everything else."""


@dataclass(frozen=True, slots=True)
class Machine:
    """`memory_bytes` is that of the device: the GPU's own, or the machine's."""

    device: str
    cores: int
    memory_bytes: int

    @staticmethod
    def here(wanted_device: str) -> Machine:
        device = choose_device(wanted_device)
        return Machine(device, all_cores(), gpu_memory_bytes() if device == "cuda" else memory_bytes())

    @property
    def suitable(self) -> tuple[str, ...]:
        """Models that it can carry, best first."""
        if self.device == "cuda":
            return _ON_GPU if self.memory_bytes >= GPU_BYTES_FOR_TURBO else ("small", "base")
        carries_small = self.cores >= CORES_FOR_SMALL and self.memory_bytes >= BYTES_FOR_SMALL
        return _ON_CPU if carries_small else ("base",)

    def __str__(self) -> str:
        if self.device == "cuda":
            return f"a GPU with {self.memory_bytes / GIB:.0f} GiB"
        return f"{self.cores} CPU cores"


@dataclass(frozen=True, slots=True)
class Choice:
    """A name of the catalogue, `found` if it is on this machine, and why in a few words."""

    name: str
    found: FoundModel | None
    why: str


def choose(settings: Settings, machine: Machine | None = None) -> Choice:
    """What `auto` means here and now. Never a model with a mark. Raises `no_model` when nothing is here and the hub is
    silent; asks the hub only when nothing that suits is here, or a GPU would lie idle under a small model."""
    machine = machine or Machine.here(settings.device)
    best, *lesser = machine.suitable
    if found := _here(best, settings):
        return Choice(best, found, f"suits {machine}")
    second = _first_here(lesser, settings)
    if second and machine.device == "cpu":
        return Choice(second.name, second, f"is here; {best} would suit {machine} too")
    if answers(KNOWN[best].repository):
        return Choice(best, None, f"suits {machine}")
    second = second or _first_here(_AT_A_PINCH, settings)
    if second is None:
        raise error("no_model", "nothing suitable is here, and the hub does not answer", model=best)
    return Choice(second.name, second, f"is here; {best} would suit {machine}, but the hub does not answer")


def _first_here(names: Sequence[str], settings: Settings) -> FoundModel | None:
    return next((found for name in names if (found := _here(name, settings))), None)


def _here(name: str, settings: Settings) -> FoundModel | None:
    """A model of that name on this machine that can be opened: a broken one must not stand in the way of another."""
    try:
        found = look_for(name, settings)
        if found is None or found.mark is not None:
            return None
        found.open()
    except AisubsError as fault:
        if fault.code != "model_missing":
            raise
        return None
    return found


@dataclass(frozen=True, slots=True)
class Resolved:
    """A model that can be opened, and `settings` that name it and nothing else: for everything that this process and
    its workers do. `why` says in a few words how `auto` came to it; empty where somebody named it."""

    settings: Settings
    found: FoundModel
    why: str


def resolve(settings: Settings, progress: Progress | None = None) -> Resolved:
    """Find or fetch the model of these settings, once. Raises `no_model`, `unknown_model`, `model_missing`."""
    name, why = settings.model, ""
    engine, own_name = split_engine(name)
    if own_name == AUTO and engine != OPENAI:
        choice = choose(settings)
        own_name, why = choice.name, choice.why
        name = with_engine(engine, own_name)
    found = find_model(name, settings, progress)
    found.open()
    told = (
        with_engine(engine, str(Path(own_name).expanduser().resolve())) if found.place is Place.FOLDER else found.name
    )
    told = name if found.place is Place.ELSEWHERE else told  # its own name there, of which people are told the end
    return Resolved(settings.model_copy(update={"model": told, "model_dir": model_folder(settings)}), found, why)
