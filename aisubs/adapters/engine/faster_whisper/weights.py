"""The numbers that the weights are computed with, and a fingerprint of the weights."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from aisubs.weights.digests import digest_of

_FILES = ("config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt")
"""All that shapes the output; the same list that faster-whisper downloads."""

_REVISION = re.compile(r"[0-9a-f]{40}")

_COMPUTE_TYPES = {"cuda": ("float16", "bfloat16", "float32"), "cpu": ("int8", "int8_float32", "float32")}
"""What `auto` takes, best first. float16 comes before int8 on a GPU: CTranslate2 has no int8 on Blackwell."""


def choose_compute_type(device: str, wanted: str) -> str:
    """The given type, or with `auto` the best that the device has."""
    if wanted != "auto":
        return wanted
    import ctranslate2

    supported = ctranslate2.get_supported_compute_types(device)
    return next((kind for kind in _COMPUTE_TYPES[device] if kind in supported), "default")


def weights_fingerprint(directory: Path, model_dir: Path) -> str:
    """The hub's revision where the files came from there, else one SHA-256 (hex) over all files of the model."""
    if directory.parent.name == "snapshots" and _REVISION.fullmatch(directory.name):
        return directory.name
    total = sha256()
    for name in _FILES:
        if (directory / name).is_file():
            total.update(f"{name}:{digest_of(directory / name, model_dir)}\n".encode())
    return total.hexdigest()
