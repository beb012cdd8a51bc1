"""The weights in a `model.bin` of CTranslate2, tensor by tensor, without CTranslate2.

Source: its converter, python/ctranslate2/specs/model_spec.py (`ModelSpec._serialize`); versions 6 and later are alike.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_KINDS = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_BFLOAT16 = 5
_LEAST_VERSION = 6


class CTranslate2File:
    """Names of tensors and what they hold. Only what is asked for is read. Raises ValueError for another kind of file
    and OSError."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        self._places: dict[str, tuple[tuple[int, ...], int, int, int]] = {}
        try:
            version = self._number("I")
            if version < _LEAST_VERSION:
                raise ValueError(f"version {version} of the format is too old")
            self.spec = self._text()
            self._number("I")
            for _ in range(self._number("I")):
                self._note_tensor()
        except (struct.error, UnicodeDecodeError) as fault:
            self._file.close()
            raise ValueError(f"{path} is no model of CTranslate2") from fault
        except ValueError:
            self._file.close()
            raise

    def __enter__(self) -> CTranslate2File:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def names(self) -> Iterator[str]:
        yield from self._places

    def shape(self, name: str) -> tuple[int, ...]:
        return self._places[name][0]

    def number(self, name: str) -> int:
        """A tensor without dimensions, such as `encoder/num_heads`."""
        return int(self._raw(name))

    def floats(self, name: str) -> NDArray[np.float32]:
        """The numbers of a tensor, in float32; of an integer one by its scales: one for all, or one for each row."""
        raw = self._raw(name)
        if raw.dtype not in (np.dtype(np.int8), np.dtype(np.int16)):
            return raw.astype(np.float32)
        scales = self._raw(f"{name}_scale").astype(np.float32)
        numbers: NDArray[np.float32] = raw.astype(np.float32) / scales.reshape(-1, *[1] * max(0, raw.ndim - 1))
        return numbers

    def _raw(self, name: str) -> NDArray[Any]:
        shape, kind, at, size = self._places[name]
        self._file.seek(at)
        data = self._file.read(size)
        if len(data) < size:
            raise ValueError("the file ends before its weights do")
        if kind == _BFLOAT16:
            wide = np.frombuffer(data, "<u2").astype("<u4") << 16
            return wide.view("<f4").reshape(shape)
        return np.frombuffer(data, _KINDS[kind]).reshape(shape)

    def _note_tensor(self) -> None:
        name = self._text()
        shape = tuple(self._number("I") for _ in range(self._number("B")))
        kind, size = self._number("B"), self._number("I")
        if kind not in _KINDS and kind != _BFLOAT16:
            raise ValueError(f"{name} holds numbers of a kind that is not known ({kind})")
        self._places[name] = (shape, kind, self._file.tell(), size)
        self._file.seek(size, 1)

    def _text(self) -> str:
        return self._file.read(self._number("H"))[:-1].decode()

    def _number(self, kind: str) -> int:
        size = struct.calcsize(f"<{kind}")
        return int(struct.unpack(f"<{kind}", self._file.read(size))[0])
