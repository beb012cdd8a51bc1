"""A first state of the network in which attention already looks at neighbours and timestamps already mean times.

A network of this size that starts at random needs hours to find out that sound is local in time. Here every encoder
head starts as a *relative position kernel*: with sinusoidal positions p(t), a rotation of the query gives
q(i) . k(j) = sum over f of cos(w_f (i + offset - j)), which peaks at j = i + offset.
"""

import torch
from torch import Tensor, nn

from tests.toy_model import tokens
from tests.toy_model.network import (
    DECODER_POSITIONS,
    SHAPE,
    Attention,
    Shape,
    ToyWhisper,
    sinusoid_frequencies,
    sinusoids,
)

_ENCODER_OFFSETS = ((-6, -2, 2, 6), (-10, -3, 3, 10), (-16, -5, 5, 16), (-12, -3, 3, 12))  # frames of 20 ms, per layer
_LISTEN_AHEAD = 4  # frames: after a timestamp the word begins


def _look_at(attention: Attention, head_offsets: dict[int, int], gain: float, basis: Tensor | None = None) -> None:
    """Make each head of `head_offsets` look that many positions ahead; positions are added in the rotation `basis`."""
    width = attention.query.weight.shape[0]
    size = width // attention.heads
    waves = size // 2
    frequencies = sinusoid_frequencies(width)
    for head, offset in head_offsets.items():
        chosen = torch.arange(head, width // 2, attention.heads)[:waves]  # every head gets waves of all lengths
        row = torch.arange(waves)
        turn = frequencies[chosen] * offset
        query, key = torch.zeros(size, width), torch.zeros(size, width)
        key[row, chosen] = 1
        key[waves + row, width // 2 + chosen] = 1
        query[row, chosen] = turn.cos()
        query[row, width // 2 + chosen] = turn.sin()
        query[waves + row, width // 2 + chosen] = turn.cos()
        query[waves + row, chosen] = -turn.sin()
        rows = slice(head * size, (head + 1) * size)
        for weight, pattern in ((attention.query.weight, query), (attention.key.weight, key)):
            turned = pattern if basis is None else pattern @ basis.t()
            weight.data[rows] = gain * turned + 0.1 * weight.data[rows]


def _initialise_embedding(embedding: nn.Embedding, width: int) -> None:
    nn.init.normal_(embedding.weight, std=0.05)
    weight = embedding.weight.data
    # A timestamp is its place in the audio.
    weight[tokens.FIRST_TIMESTAMP :] = sinusoids(tokens.TIMESTAMPS, width) * 0.1
    words = len(tokens.WORD_INDEX)
    # "Hello" starts near "hello".
    weight[256 + words : 256 + 2 * words] = weight[256 : 256 + words] + torch.randn(width) * 0.05


def initial_network(seed: int, shape: Shape = SHAPE) -> ToyWhisper:
    """An untrained network, the same for the same seed."""
    torch.manual_seed(seed)
    network = ToyWhisper(shape)
    for convolution in (network.encoder.conv1, network.encoder.conv2):
        convolution.weight.data *= 2.5  # else the positions drown the sound
    for layer, offsets in zip(network.encoder.layers, _ENCODER_OFFSETS, strict=True):
        _look_at(layer.attention, dict(enumerate(offsets)), gain=1.6)
    # Decoder positions lie in a random basis, out of the way of the timestamps' sinusoids.
    basis = torch.linalg.qr(torch.randn(shape.width, shape.width))[0]
    network.decoder.positions.data = (sinusoids(DECODER_POSITIONS, shape.width) @ basis) * 0.06
    _initialise_embedding(network.decoder.embedding, shape.width)
    for layer in network.decoder.layers:
        _look_at(layer.attention, {1: 0, 2: -1, 3: -2}, gain=1.3, basis=basis.t())
        _look_at(layer.cross, {0: _LISTEN_AHEAD, 1: _LISTEN_AHEAD}, gain=1.3)
    return network
