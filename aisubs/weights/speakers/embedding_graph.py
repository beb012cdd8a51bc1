"""CAM++ (https://arxiv.org/abs/2303.00332), "common advanced" for Chinese and English, as an ONNX graph.

`features` (B, T, 80), log-mel less its mean over time -> `embedding` (B, 192), not of length 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aisubs.weights.speakers.onnx_graph import Graph

_FLOAT = 1
_BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers and dilation of each dense block."""
_CONTEXT_FRAMES = 100


def embedding_file(weights: Mapping[str, NDArray[Any]]) -> bytes:
    graph = Graph(weights)
    x = graph.op("Unsqueeze", graph.op("Transpose", "features", perm=[0, 2, 1]), np.array([1]))
    x = _head(graph, x)
    x = _relu(graph, graph.conv(x, "xvector.tdnn.linear", strides=[2], pads=[2, 2]), "xvector.tdnn.nonlinear.batchnorm")
    for block, (layers, dilation) in enumerate(_BLOCKS, 1):
        for layer in range(1, layers + 1):
            x = _dense_layer(graph, x, f"xvector.block{block}.tdnnd{layer}", dilation)
        transit = f"xvector.transit{block}"
        x = graph.conv(_relu(graph, x, f"{transit}.nonlinear.batchnorm"), f"{transit}.linear")
    x = _statistics(graph, _relu(graph, x, "xvector.out_nonlinear.batchnorm"))
    x = graph.batch_norm(graph.conv(x, "xvector.dense.linear"), "xvector.dense.nonlinear.batchnorm")
    graph.op("Squeeze", x, np.array([2]), into="embedding")
    return graph.file({"features": ("B", "T", 80)}, {"embedding": ("B", 192)})


def _relu(graph: Graph, x: str, norm: str) -> str:
    return graph.op("Relu", graph.batch_norm(x, norm))


def _head(graph: Graph, x: str) -> str:
    """Two-dimensional residual layers: (B, 1, 80, T) -> (B, 320, T)."""

    def conv(x: str, name: str, stride: int = 1) -> str:
        return graph.conv(x, name, strides=[stride, 1], pads=[1, 1, 1, 1])

    x = _relu(graph, conv(x, "head.conv1"), "head.bn1")
    for layer in ("head.layer1", "head.layer2"):
        for index, stride in ((0, 2), (1, 1)):
            part = f"{layer}.{index}"
            y = _relu(graph, conv(x, f"{part}.conv1", stride), f"{part}.bn1")
            y = graph.batch_norm(conv(y, f"{part}.conv2"), f"{part}.bn2")
            if index == 0:
                x = graph.batch_norm(graph.conv(x, f"{part}.shortcut.0", strides=[stride, 1]), f"{part}.shortcut.1")
            x = graph.op("Relu", graph.op("Add", y, x))
    x = _relu(graph, conv(x, "head.conv2", 2), "head.bn2")
    return graph.op("Reshape", x, np.array([0, 320, -1]))


def _dense_layer(graph: Graph, x: str, part: str, dilation: int) -> str:
    """Context-aware masking: what is added is weighed by the mean of all frames and that of 100 frames around."""
    y = _relu(graph, x, f"{part}.nonlinear1.batchnorm")
    y = _relu(graph, graph.conv(y, f"{part}.linear1"), f"{part}.nonlinear2.batchnorm")
    local = graph.conv(y, f"{part}.cam_layer.linear_local", dilations=[dilation], pads=[dilation, dilation])
    around = graph.op("AveragePool", y, kernel_shape=[_CONTEXT_FRAMES], strides=[_CONTEXT_FRAMES], ceil_mode=1)
    around = graph.op("Unsqueeze", around, np.array([3]))
    around = graph.op("Reshape", graph.op("Expand", around, np.array([1, 1, 1, _CONTEXT_FRAMES])), np.array([0, 0, -1]))
    frames = _length(graph, y)
    around = graph.op("Slice", around, np.array([0]), frames, np.array([2]))
    context = graph.op("Add", graph.op("ReduceMean", y, axes=[2], keepdims=1), around)
    context = graph.op("Relu", graph.conv(context, f"{part}.cam_layer.linear1"))
    mask = graph.op("Sigmoid", graph.conv(context, f"{part}.cam_layer.linear2"))
    return graph.op("Concat", x, graph.op("Mul", local, mask), axis=1)


def _length(graph: Graph, x: str) -> str:
    return graph.op("Slice", graph.op("Shape", x), np.array([2]), np.array([3]))


def _statistics(graph: Graph, x: str) -> str:
    """Mean and unbiased standard deviation over time."""
    mean = graph.op("ReduceMean", x, axes=[2], keepdims=1)
    squares = graph.op("Pow", graph.op("Sub", x, mean), np.asarray(2, np.float32))
    squares = graph.op("ReduceSum", squares, np.array([2]), keepdims=1)
    less_one = graph.op("Cast", graph.op("Sub", _length(graph, x), np.array([1])), to=_FLOAT)
    return graph.op("Concat", mean, graph.op("Sqrt", graph.op("Div", squares, less_one)), axis=1)
