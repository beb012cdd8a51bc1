"""From the name of a model to its files, the device it runs on, and a fingerprint of the weights."""

from __future__ import annotations

import os
import re
from hashlib import file_digest, sha256
from pathlib import Path

from aisubs.model.errors import error

DEMO = "demo"

_FILES = ("config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt")
"""All that shapes the output; the same list that faster-whisper downloads."""

_REVISION = re.compile(r"[0-9a-f]{40}")

_COMPUTE_TYPES = {"cuda": ("float16", "bfloat16", "float32"), "cpu": ("int8", "int8_float32", "float32")}
"""What `auto` takes, best first. float16 comes before int8 on a GPU: CTranslate2 has no int8 on Blackwell."""


def find_model(name: str, cache_dir: Path | None) -> Path:
    """The directory of a converted model: the one that ships with the code, a given path, or one from the hub.

    A size (`large-v3-turbo`) or hub name (`Systran/faster-whisper-small`) is downloaded once and then kept in
    `cache_dir`, or in the hub's own cache. Raises `model_missing`.
    """
    if name == DEMO:
        return _complete(demo_directory(), name)
    if Path(name).is_dir():
        return _complete(Path(name), name)
    if name.startswith((".", "/", "~")):
        raise error("model_missing", "there is no such directory", model=name)
    where = None if cache_dir is None else str(cache_dir)
    try:
        return Path(_download(name, where))
    except Exception as fault:  # the hub's client raises its own, httpx's and requests' errors
        raise error("model_missing", f"{type(fault).__name__}: {fault}", model=name) from fault


def _download(name: str, cache_dir: str | None) -> str:
    """The hub is asked only for what is not here: a worker with its model baked in starts without network."""
    from faster_whisper.utils import download_model

    try:
        return str(download_model(name, local_files_only=True, cache_dir=cache_dir))
    except OSError:  # what the hub's client raises for a file that is not in the cache
        return str(download_model(name, cache_dir=cache_dir))


def demo_directory() -> Path:
    """`gpu_job/demo_model/model` of the checkout or image that this code stands in."""
    return Path(__file__).parents[4] / "gpu_job" / "demo_model" / "model"


def _complete(directory: Path, name: str) -> Path:
    if not (directory / "model.bin").is_file():
        raise error("model_missing", f"no model.bin in {directory}", model=name)
    if not (directory / "tokenizer.json").is_file():  # faster-whisper would fetch one from the network, without a word
        raise error("model_missing", f"no tokenizer.json in {directory}", model=name)
    return directory


def choose_device(wanted: str) -> str:
    """`cuda` where a device is there, unless `cpu` is wanted. Raises `model_missing` for a GPU that is not there."""
    import ctranslate2

    devices: int = 0 if wanted == "cpu" else ctranslate2.get_cuda_device_count()
    if wanted == "cuda" and devices == 0:
        raise error("model_missing", "DEVICE=cuda, but no CUDA device was found", model="for CUDA")
    return "cuda" if devices else "cpu"


def choose_compute_type(device: str, wanted: str) -> str:
    """The given type, or with `auto` the best that the device has."""
    if wanted != "auto":
        return wanted
    import ctranslate2

    supported = ctranslate2.get_supported_compute_types(device)
    return next((kind for kind in _COMPUTE_TYPES[device] if kind in supported), "default")


def all_cores() -> int:
    """The cores that this process may use; CTranslate2 itself would take 4."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def weights_fingerprint(directory: Path) -> str:
    """The hub's revision where the files came from there, else one SHA-256 (hex) over all files of the model."""
    if directory.parent.name == "snapshots" and _REVISION.fullmatch(directory.name):
        return directory.name
    total = sha256()
    for name in _FILES:
        if (directory / name).is_file():
            with (directory / name).open("rb") as file:
                total.update(f"{name}:{file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()
