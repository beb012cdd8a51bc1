"""Where files for whisper.cpp are: one that a person has, or one that is made of a model of CTranslate2, once."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from aisubs.model.errors import error
from aisubs.weights.digests import digest_of
from aisubs.weights.folder import TOKENIZER, WEIGHTS, filling, place_of, remove
from aisubs.weights.ggml.convert import convert
from aisubs.weights.ggml.header import read_header

FILE = "ggml-model.bin"


def is_file(name: str) -> bool:
    """Whether this names a file of its own, such as `/models/ggml-small-q5_1.bin`, rather than a model."""
    return name.endswith(".bin") or Path(name).expanduser().is_file()


def own_file(name: str) -> Path:
    """Raises `model_missing` for a file that is not there or no model of whisper.cpp."""
    file = Path(name).expanduser()
    try:
        read_header(file)
    except (OSError, ValueError) as fault:
        raise error("model_missing", f"{file}: {fault}", model=name) from fault
    return file


def converted(folder: Path, name: str, model_dir: Path) -> Path:
    """The file made of the model in `folder`, which lies in the model folder from then on (seconds, once; as large as
    the model). Raises `model_missing` for what cannot be converted."""
    try:
        digests = "".join(digest_of(folder / file, model_dir) for file in (WEIGHTS, TOKENIZER))
        kept = f"ggml/{name}-{sha256(digests.encode()).hexdigest()[:12]}"
        with filling(kept, str(folder), model_dir, FILE) as waiting:
            if waiting is not None:
                convert(folder, waiting / FILE)
    except (OSError, ValueError) as fault:
        raise error("model_missing", f"cannot be made into one of whisper.cpp: {fault}", model=name) from fault
    return place_of(kept, model_dir) / FILE


def remove_converted(name: str, model_dir: Path) -> int:
    """Delete what was made of the model of this name, of all weights that it ever had. Returns the bytes that are free
    again."""
    made = sorted(model_dir.glob(f"{place_of(f'ggml/{name}', model_dir).name}-{'[0-9a-f]' * 12}"))
    return sum(remove(folder.name, model_dir) for folder in made)
