"""pyannote segmentation-3.0 (https://doi.org/10.21437/Interspeech.2023-205) as an ONNX graph.

`samples` (B, S) at 16 kHz -> `log_probs` (B, F, 7): nobody, each of three voices alone, each two of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aisubs.weights.speakers.onnx_graph import Graph

Array = NDArray[Any]

_HIDDEN = 128
_LAYERS = 4
_LOWEST_HZ = _NARROWEST_HZ = 50
_HIGHEST_HZ = 8_000


def segmentation_file(weights: Mapping[str, Array]) -> bytes:
    graph = Graph(weights)
    x = _instance_norm(graph, graph.op("Unsqueeze", "samples", np.array([1])), "sincnet.wav_norm1d")
    x = graph.op("Abs", graph.op("Conv", x, graph.constant(_sinc_filters(weights)), strides=[10]))
    for layer in range(3):
        if layer:
            x = graph.conv(x, f"sincnet.conv1d.{layer}")
        x = graph.op("MaxPool", x, kernel_shape=[3], strides=[3])
        x = _leaky(graph, _instance_norm(graph, x, f"sincnet.norm1d.{layer}"))
    x = _lstm(graph, graph.op("Transpose", x, perm=[2, 0, 1]))
    x = _leaky(graph, _linear(graph, x, "linear.0"))
    x = _leaky(graph, _linear(graph, x, "linear.1"))
    x = graph.op("LogSoftmax", _linear(graph, x, "classifier"), axis=-1)
    graph.op("Transpose", x, perm=[1, 0, 2], into="log_probs")
    return graph.file({"samples": ("B", "S")}, {"log_probs": ("B", "F", 7)})


def _instance_norm(graph: Graph, x: str, name: str) -> str:
    return graph.op(
        "InstanceNormalization", x, graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias"), epsilon=1e-5
    )


def _leaky(graph: Graph, x: str) -> str:
    return graph.op("LeakyRelu", x, alpha=0.01)


def _linear(graph: Graph, x: str, name: str) -> str:
    product = graph.op("MatMul", x, graph.constant(graph.weights[f"{name}.weight"].T))
    return graph.op("Add", product, graph.weight(f"{name}.bias"))


def _lstm(graph: Graph, x: str) -> str:
    """Layers of both directions; x is (frames, B, features), and so is what is returned."""

    def both(kind: str, layer: int) -> Array:
        names = (f"lstm.{kind}_l{layer}{direction}" for direction in ("", "_reverse"))
        return np.stack([_gates(graph.weights[name]) for name in names])

    for layer in range(_LAYERS):
        bias = np.concatenate([both("bias_ih", layer), both("bias_hh", layer)], axis=1)
        given = (both("weight_ih", layer), both("weight_hh", layer), bias)
        y = graph.op("LSTM", x, *given, direction="bidirectional", hidden_size=_HIDDEN)
        x = graph.op("Reshape", graph.op("Transpose", y, perm=[0, 2, 1, 3]), np.array([0, 0, 2 * _HIDDEN]))
    return x


def _gates(values: Array) -> Array:
    """PyTorch has input, forget, cell, output; ONNX input, output, forget, cell."""
    first, forget, cell, output = np.split(values, 4)
    return np.concatenate([first, output, forget, cell])


def _sinc_filters(weights: Mapping[str, Array]) -> Array:
    """Band-pass filters made of their learned edges, (80, 1, 251): each even and odd (https://arxiv.org/abs/1808.00158)."""

    def learned(name: str) -> Array:
        return weights[f"sincnet.conv1d.0.filterbank.{name}"].astype(np.float64)

    half, window = learned("n_"), learned("window_")
    low = _LOWEST_HZ + np.abs(learned("low_hz_"))
    high = np.clip(low + _NARROWEST_HZ + np.abs(learned("band_hz_")), _LOWEST_HZ, _HIGHEST_HZ)
    band = high - low
    even = (np.sin(high @ half) - np.sin(low @ half)) / (half / 2) * window
    odd = (np.cos(low @ half) - np.cos(high @ half)) / (half / 2) * window
    even = np.concatenate([even, 2 * band, even[:, ::-1]], axis=1)
    odd = np.concatenate([odd, 0 * band, -odd[:, ::-1]], axis=1)
    return (np.concatenate([even / (2 * band), odd / (2 * band)])[:, None]).astype(np.float32)
