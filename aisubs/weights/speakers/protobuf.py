"""The wire format of Protocol Buffers, as far as an ONNX file needs it (https://protobuf.dev/programming-guides/encoding).

A message is a list of fields, each (number, value): int, float (32 bits), str, bytes, or a message that is encoded
already, as bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

Value = int | float | str | bytes
Field = tuple[int, Value]

_VARINT, _LENGTH, _FIXED32 = 0, 2, 5


def message(fields: Iterable[Field]) -> bytes:
    """Field after field, in the order in which they are given."""
    return b"".join(_field(number, value) for number, value in fields)


def _field(number: int, value: Value) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | _FIXED32) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | _LENGTH) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    """Negative numbers as two's complement of 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
