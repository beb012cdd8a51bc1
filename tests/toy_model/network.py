"""A small Whisper in PyTorch, with the extra outputs that make it learn in minutes instead of days.

The architecture is Whisper's (Radford et al. 2022): two convolutions, a transformer encoder with 1500 fixed positions,
a transformer decoder whose embedding is also its output projection. `word_head`, `phone_head` and `position_head` exist
for training only and are dropped at export.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.toy_model import tokens
from tests.toy_model.bank import MELS
from tests.toy_model.lessons import PHONE_CLASSES

ENCODER_POSITIONS = 1500
DECODER_POSITIONS = 448
_LONGEST_WAVE = 1000.0  # of the sinusoids, in positions / 2 pi
_PHONES_AFTER_LAYER = 2


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `guided_heads` of each decoder layer's cross-attention are taught where to listen."""

    width: int = 128
    hidden: int = 512
    encoder_layers: int = 4
    decoder_layers: int = 3
    heads: int = 4
    guided_heads: tuple[int, ...] = (1, 2, 2)


SHAPE = Shape()


def sinusoids(positions: int, width: int) -> Tensor:
    """[positions, width]: sines, then cosines, of geometrically growing wavelengths."""
    angles = torch.arange(positions).float()[:, None] * sinusoid_frequencies(width)[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


def sinusoid_frequencies(width: int) -> Tensor:
    """The `width / 2` frequencies of `sinusoids`, in radians per position."""
    half = width // 2
    return torch.exp(-math.log(_LONGEST_WAVE) / (half - 1) * torch.arange(half).float())


class Attention(nn.Module):
    """Multi-head attention; the keys have no bias, as in Whisper."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def _split(self, states: Tensor) -> Tensor:
        batch, length, width = states.shape
        return states.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def forward(
        self, states: Tensor, memory: Tensor | None = None, causal: bool = False, watched: int = 0
    ) -> tuple[Tensor, Tensor | None]:
        """Attended states and the log attention [B, watched, T, E] of the first `watched` heads (None for 0)."""
        source = states if memory is None else memory
        query = self._split(self.query(states))
        key, value = self._split(self.key(source)), self._split(self.value(source))
        free = (query[:, watched:], key[:, watched:], value[:, watched:])
        mixed = F.scaled_dot_product_attention(*free, is_causal=causal)
        log_attention = None
        if watched:
            scores = query[:, :watched] @ key[:, :watched].transpose(-1, -2) * query.shape[-1] ** -0.5
            log_attention = scores.float().log_softmax(-1)
            mixed = torch.cat([log_attention.exp().to(value.dtype) @ value[:, :watched], mixed], 1)
        batch, _, length, _ = mixed.shape
        return self.out(mixed.transpose(1, 2).reshape(batch, length, -1)), log_attention


class EncoderLayer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(shape.width)
        self.attention = Attention(shape.width, shape.heads)
        self.hidden_norm = nn.LayerNorm(shape.width)
        self.hidden_in = nn.Linear(shape.width, shape.hidden)
        self.hidden_out = nn.Linear(shape.hidden, shape.width)

    def _feed_forward(self, states: Tensor) -> Tensor:
        return states + self.hidden_out(F.gelu(self.hidden_in(self.hidden_norm(states))))

    def forward(self, states: Tensor) -> Tensor:
        return self._feed_forward(states + self.attention(self.attention_norm(states))[0])


class DecoderLayer(EncoderLayer):
    """Causal self-attention, then attention to the encoder, then the feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.cross_norm = nn.LayerNorm(shape.width)
        self.cross = Attention(shape.width, shape.heads)

    def decode(self, states: Tensor, memory: Tensor, watched: int) -> tuple[Tensor, Tensor | None]:
        """States after this layer and the log attention of its guided heads."""
        states = states + self.attention(self.attention_norm(states), causal=True)[0]
        heard, log_attention = self.cross(self.cross_norm(states), memory, watched=watched)
        return self._feed_forward(states + heard), log_attention


class Encoder(nn.Module):
    """Log-mel features [B, 80, 2E] -> states [B, E, width]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MELS, shape.width, 3, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(ENCODER_POSITIONS, shape.width))
        self.position_scale = nn.Parameter(torch.full((shape.width,), 0.45))  # folded into the positions at export
        self.layers = nn.ModuleList(EncoderLayer(shape) for _ in range(shape.encoder_layers))
        self.norm = nn.LayerNorm(shape.width)

    def forward(self, features: Tensor, first_frame: int = 0, frozen_layers: int = 0) -> tuple[Tensor, Tensor]:
        """Final states and the states that phones are read from; the convolutions and `frozen_layers` don't learn."""
        with torch.set_grad_enabled(frozen_layers == 0 and torch.is_grad_enabled()):
            states = F.gelu(self.conv2(F.gelu(self.conv1(features)))).transpose(1, 2)
            states = states + self.positions[first_frame : first_frame + states.shape[1]] * self.position_scale
        phone_states = states
        for number, layer in enumerate(self.layers, 1):
            with torch.set_grad_enabled(number > frozen_layers and torch.is_grad_enabled()):
                states = layer(states)
            if number == _PHONES_AFTER_LAYER:
                phone_states = states
        return self.norm(states), phone_states


class Decoder(nn.Module):
    """Tokens [B, T] and encoder states -> states [B, T, width]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.guided_heads = shape.guided_heads
        self.embedding = nn.Embedding(len(tokens.VOCABULARY), shape.width)
        self.positions = nn.Parameter(torch.empty(DECODER_POSITIONS, shape.width))
        self.layers = nn.ModuleList(DecoderLayer(shape) for _ in range(shape.decoder_layers))
        self.norm = nn.LayerNorm(shape.width)

    def forward(self, ids: Tensor, memory: Tensor) -> tuple[Tensor, list[Tensor]]:
        """States and, for each layer, the log attention of its guided heads."""
        states = self.embedding(ids) + self.positions[: ids.shape[1]]
        attention = []
        for layer, watched in zip(self.layers, self.guided_heads, strict=True):
            states, log_attention = layer.decode(states, memory, watched)
            attention.append(log_attention)
        return self.norm(states), attention

    def logits(self, states: Tensor) -> Tensor:
        """Scores over the vocabulary."""
        return states @ self.embedding.weight.t()


class ToyWhisper(nn.Module):
    """Encoder, decoder and the heads that only training uses."""

    def __init__(self, shape: Shape = SHAPE) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.word_head = nn.Linear(shape.width, 1 + len(tokens.WORD_INDEX))
        self.phone_head = nn.Sequential(nn.LayerNorm(shape.width), nn.Linear(shape.width, PHONE_CLASSES))
        self.position_head = nn.Linear(shape.width, shape.width)
