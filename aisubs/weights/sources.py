"""From the name of a model to its files: a folder, else the model folder, else an installed package, else the hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from aisubs.model.engine_name import OPENAI, WHISPER_CPP, split_engine, with_engine
from aisubs.model.errors import AisubsError, error
from aisubs.model.speech_model import shown_model
from aisubs.settings import Settings
from aisubs.weights.catalogue import AUTO, KNOWN, near_names, repository_of, usual_name
from aisubs.weights.folder import WEIGHTS, is_whole, model_folder, place_of, require_whole
from aisubs.weights.ggml.place import converted, is_file, own_file
from aisubs.weights.hub import Progress, cached_snapshot, download
from aisubs.weights.join import unpack
from aisubs.weights.mark import Mark, read_mark
from aisubs.weights.packages import PACKAGED, folder_of, registered


class Place(StrEnum):
    FOLDER = "folder"
    MODEL_FOLDER = "model folder"
    PACKAGE = "package"
    HUB_CACHE = "hub cache"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that is on this machine. `name` is what people are told; `open` gives the folder of its files, and may
    have to check or join them first (seconds, once). `origin` says where it is in a few words, `size_bytes` is that of
    the weights."""

    name: str
    place: Place
    origin: str
    size_bytes: int
    open: Callable[[], Path]
    mark: Mark | None = None


def look_for(name: str, settings: Settings) -> FoundModel | None:
    """What is on this machine under this name, without touching the network. Raises `model_missing` for a folder that
    holds no model, `engine_unusable`."""
    engine, own_name = split_engine(name)
    if engine == OPENAI:
        return _elsewhere(name, settings)
    if engine == WHISPER_CPP:
        return _for_whisper_cpp(own_name, settings)
    if _is_path(name):
        return _in_folder(Path(name).expanduser(), name)
    name = usual_name(name)
    model_dir = model_folder(settings)
    place = place_of(name, model_dir)
    packaged = PACKAGED.get(name)
    if is_whole(place):
        return _marked(name, Place.MODEL_FOLDER, str(place), place)
    if packaged and packaged.is_installed():
        return FoundModel(
            name, Place.PACKAGE, packaged.origin, packaged.size_bytes, lambda: unpack(packaged, model_dir)
        )
    if point := registered().get(name):
        origin = f"package {point.dist.name if point.dist else point.module}"
        return _marked(name, Place.PACKAGE, origin, folder_of(point))
    if (repository := repository_of(name)) and (snapshot := cached_snapshot(repository, settings.model_dir)):
        return _marked(name, Place.HUB_CACHE, str(snapshot), snapshot)
    return None


def find_model(name: str, settings: Settings, progress: Progress | None = None) -> FoundModel:
    """As `look_for`, but what is not here is fetched from the hub, and what is returned can be opened.

    Raises `model_missing`, `unknown_model`, and `no_model` where the hub does not give it.
    """
    found = look_for(name, settings)
    engine, own_name = split_engine(name)
    if found is None and engine == WHISPER_CPP:
        return _by_whisper_cpp(find_model(own_name, settings, progress), settings)
    if found is None:
        repository = repository_of(name)
        if repository is None:
            near = near_names(name, list(registered()))
            raise error("unknown_model", model=name, near=" or ".join(near) or "`aisubs models` lists them")
        place = download(usual_name(name), repository, model_folder(settings), progress)
        found = _marked(usual_name(name), Place.MODEL_FOLDER, str(place), place)
    return found


def _elsewhere(name: str, settings: Settings) -> FoundModel:
    """At an endpoint, which is asked when it is loaded. Raises `engine_unusable`."""
    host = urlsplit(settings.hearing_url).hostname
    if not host:
        raise error("engine_unusable", model=name, why="HEARING_URL says no address")
    return FoundModel(shown_model(name), Place.ELSEWHERE, f"at {host}, to which the sound is sent", 0, Path)


def _for_whisper_cpp(name: str, settings: Settings) -> FoundModel | None:
    """A file of its own, or what is made of a model for CTranslate2. Raises `engine_unusable`, `model_missing`."""
    if find_spec("_pywhispercpp") is None:
        why = "pywhispercpp is not installed (pip install 'aisubs[whisper-cpp]')"
        raise error("engine_unusable", model=with_engine(WHISPER_CPP, name), why=why)
    if is_file(name):
        file = own_file(name)
        shown = shown_model(with_engine(WHISPER_CPP, str(file)))
        return FoundModel(shown, Place.FOLDER, str(file), file.stat().st_size, lambda: own_file(name))
    found = look_for(name, settings)
    return _by_whisper_cpp(found, settings) if found else None


def _by_whisper_cpp(found: FoundModel, settings: Settings) -> FoundModel:
    """The same model in a file of its own, which is made when it is opened."""
    name = with_engine(WHISPER_CPP, found.name)
    return replace(found, name=name, open=lambda: converted(found.open(), found.name, model_folder(settings)))


def _is_path(name: str) -> bool:
    """A folder of this name in the working directory is meant only when it holds a model: `base` is a model first."""
    return name.startswith((".", "/", "~")) or name.count("/") > 1 or (Path(name) / "model.bin").is_file()


def _in_folder(folder: Path, name: str) -> FoundModel:
    if not folder.is_dir():
        raise error("model_missing", "there is no such directory", model=name)
    return _marked(shown_model(str(folder.resolve())), Place.FOLDER, str(folder), folder)


def _marked(name: str, place: Place, origin: str, folder: Path) -> FoundModel:
    mark = read_mark(folder)
    shown = mark.name if mark else name
    weights = folder / WEIGHTS
    size_bytes = weights.stat().st_size if weights.is_file() else 0
    return FoundModel(shown, place, origin, size_bytes, lambda: require_whole(folder, name), mark)


def is_here(name: str, settings: Settings) -> bool:
    """Whether a worker of this machine would find the model; asked again and again, so nothing is opened."""
    if name == AUTO:
        return any(is_here(known, settings) for known in KNOWN)
    try:
        found = look_for(name, settings)
    except AisubsError:
        return False
    return found is not None and (found.size_bytes > 0 or found.place is Place.ELSEWHERE)
