"""Builds a network node by node and writes it as an ONNX file, without the package `onnx`.

Numbers of fields and types are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aisubs.weights.speakers.protobuf import Field, message

Array = NDArray[Any]
Attribute = int | float | str | Sequence[int]

OPSET, IR_VERSION = 17, 8
_FLOAT, _INT64 = 1, 7
_DTYPES = {"float32": _FLOAT, "int64": _INT64}


@dataclass(slots=True)
class Graph:
    """`weights` are those of the checkpoint, by name. Names of values are strings; arrays become constants."""

    weights: Mapping[str, Array]
    _nodes: list[bytes] = field(default_factory=list)
    _constants: dict[str, bytes] = field(default_factory=dict)

    def op(self, kind: str, *inputs: str | Array, into: str = "", **attributes: Attribute) -> str:
        """One node with one output; returns that output's name, or `into`."""
        return self._node(kind, inputs, into or f"t{len(self._nodes)}", attributes)

    def _node(self, kind: str, inputs: Sequence[str | Array], output: str, attributes: Mapping[str, Attribute]) -> str:
        names = [given if isinstance(given, str) else self.constant(given) for given in inputs]
        fields: list[Field] = [*((1, name) for name in names), (2, output), (4, kind)]
        self._nodes.append(message([*fields, *((5, _attribute(name, value)) for name, value in attributes.items())]))
        return output

    def constant(self, values: Array, name: str = "") -> str:
        name = name or f"c{len(self._constants)}"
        self._constants.setdefault(name, _tensor(name, values))
        return name

    def weight(self, name: str) -> str:
        return self.constant(self.weights[name], name)

    def conv(self, x: str, name: str, **attributes: Attribute) -> str:
        bias = [self.weight(f"{name}.bias")] if f"{name}.bias" in self.weights else []
        return self._node("Conv", [x, self.weight(f"{name}.weight"), *bias], f"t{len(self._nodes)}", attributes)

    def batch_norm(self, x: str, name: str) -> str:
        """A norm without weights of its own has 1 and 0."""
        mean, variance = self.weights[f"{name}.running_mean"], self.weights[f"{name}.running_var"]
        scale = self.weights.get(f"{name}.weight", np.ones_like(mean))
        shift = self.weights.get(f"{name}.bias", np.zeros_like(mean))
        values = {"scale": scale, "shift": shift, "mean": mean, "variance": variance}
        names = [self.constant(array, f"{name}.{what}") for what, array in values.items()]
        return self.op("BatchNormalization", x, *names, epsilon=1e-5)

    def file(self, inputs: Mapping[str, Sequence[str | int]], outputs: Mapping[str, Sequence[str | int]]) -> bytes:
        """The whole file. Shapes have a number for what is fixed and a name for what is not."""
        graph = message(
            [
                *((1, node) for node in self._nodes),
                (2, "graph"),
                *((5, tensor) for tensor in self._constants.values()),
                *((11, _value(name, shape)) for name, shape in inputs.items()),
                *((12, _value(name, shape)) for name, shape in outputs.items()),
            ]
        )
        opset = message([(1, ""), (2, OPSET)])
        return message([(1, IR_VERSION), (2, "aisubs"), (7, graph), (8, opset)])


def _tensor(name: str, values: Array) -> bytes:
    kind = _DTYPES[values.dtype.name]
    raw = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
    return message([*((1, size) for size in values.shape), (2, kind), (8, name), (9, raw)])


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return message([(1, name), (3, value), (20, 2)])
    if isinstance(value, float):
        return message([(1, name), (2, value), (20, 1)])
    if isinstance(value, str):
        return message([(1, name), (4, value), (20, 3)])
    return message([(1, name), *((8, number) for number in value), (20, 7)])


def _value(name: str, shape: Sequence[str | int]) -> bytes:
    """A tensor of 32 bit floats."""
    sizes = [message([(1, size) if isinstance(size, int) else (2, size)]) for size in shape]
    tensor = message([(1, _FLOAT), (2, message([(1, size) for size in sizes]))])
    return message([(1, name), (2, message([(1, tensor)]))])
