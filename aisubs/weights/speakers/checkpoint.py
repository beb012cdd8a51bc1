"""Reads a checkpoint of PyTorch (a zip of a pickle and raw arrays) without torch, and without running the pickle."""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8", "DoubleStorage": "<f8"}


def read_checkpoint(data: bytes) -> dict[str, Array]:
    """Arrays by name. Raises pickle.UnpicklingError for anything but plain tensors, zipfile.BadZipFile, KeyError."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read = _Reader(archive).load()
    state = read.get("state_dict", read)
    return {name: np.asarray(value) for name, value in state.items() if isinstance(value, np.ndarray | np.generic)}


class _Reader(pickle.Unpickler):
    """Knows five names and nothing else: a pickle may call whatever it can name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._root = archive.namelist()[0].split("/")[0]
        super().__init__(io.BytesIO(archive.read(f"{self._root}/data.pkl")))

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid: Any) -> Array:
        _, kind, key, *_ = pid
        return np.frombuffer(self._archive.read(f"{self._root}/data/{key}"), _DTYPES[kind])


def _tensor(storage: Array, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object) -> Array:
    """Rows one behind the other are all that is wanted: other strides could read outside the storage."""
    expected = tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
    if any(size > 1 and told != wanted for size, told, wanted in zip(shape, stride, expected, strict=True)):
        raise pickle.UnpicklingError(f"a tensor with strides {stride} is not allowed")
    values = storage[offset : offset + math.prod(shape)]
    return values.reshape(shape)
