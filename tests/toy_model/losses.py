"""What the network is scored on: the tokens, and four hints that show it the way there.

Tokens alone teach nothing for hours. Naming phones makes the encoder listen locally, naming words makes it useful,
keeping the position in its output lets the decoder find things there, and guided attention shows the decoder where
each word is (after Tachibana et al. 2017, with known instead of assumed alignments).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.toy_model import tokens
from tests.toy_model.lessons import Batch
from tests.toy_model.network import ENCODER_POSITIONS, ToyWhisper, sinusoids

_TIMESTAMP_TARGET = ((-2, 0.05), (-1, 0.2), (0, 0.5), (1, 0.2), (2, 0.05))  # steps of 20 ms off -> share
_GUIDED_LAYER_WEIGHTS = (0.3, 0.5, 1.0)


@dataclass(frozen=True)
class LossWeights:
    """Weight of each part; 0 leaves it out."""

    token: float = 1.0
    guide: float = 0.0
    word: float = 0.0
    phone: float = 0.0
    position: float = 0.0


class Scorer:
    """Scores a network on batches; keeps what is constant between them."""

    def __init__(self, network: ToyWhisper, weights: LossWeights, frozen_layers: int = 0) -> None:
        self._network = network
        self._weights = weights
        self._frozen_layers = frozen_layers
        self._sinusoids = sinusoids(ENCODER_POSITIONS, network.shape.width)

    def score(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The weighted loss, and its parts with two accuracies (0 to 1) for the log."""
        network, weights = self._network, self._weights
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states, phone_states = network.encoder(
                torch.from_numpy(batch.features), batch.first_frame, self._frozen_layers
            )
            word_scores = network.word_head(states)
            phone_scores = network.phone_head(phone_states)
            positions = network.position_head(states)
        words, phones = torch.from_numpy(batch.word_labels), torch.from_numpy(batch.phone_labels)
        true_positions = self._sinusoids[batch.first_frame : batch.first_frame + states.shape[1]]
        parts = {
            "word": F.cross_entropy(word_scores.float().flatten(0, 1), words.flatten()),
            "phone": F.cross_entropy(phone_scores.float().flatten(0, 1), phones.flatten()),
            "position": 2 * F.mse_loss(positions.float(), true_positions.expand_as(positions)),
        }
        log = {"word_acc": _accuracy(word_scores, words), "phone_acc": _accuracy(phone_scores, phones)}
        if weights.token:
            self._score_tokens(batch, states, parts, log)
        loss = torch.stack([getattr(weights, name) * part for name, part in parts.items()]).sum()
        return loss, log | {name: part.item() for name, part in parts.items()}

    def _score_tokens(self, batch: Batch, states: Tensor, parts: dict[str, Tensor], log: dict[str, float]) -> None:
        targets = torch.from_numpy(batch.targets)
        taught = targets >= 0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            decoded, attention = self._network.decoder(torch.from_numpy(batch.inputs), states)
            scores = self._network.decoder.logits(decoded[taught])
        parts["token"], log["token_acc"] = _token_loss(scores.float(), targets[taught])
        # The first guided layer looks back at the token just read, the later ones ahead at the token to write.
        spans = [torch.from_numpy(batch.input_spans)] + [torch.from_numpy(batch.target_spans)] * (len(attention) - 1)
        parts["guide"] = torch.stack(
            [
                weight * _guide_loss(log_attention, span)
                for weight, log_attention, span in zip(_GUIDED_LAYER_WEIGHTS, attention, spans, strict=True)
            ]
        ).sum()


def _accuracy(scores: Tensor, labels: Tensor) -> float:
    with torch.no_grad():
        spoken = labels > 0
        return (scores.argmax(-1) == labels)[spoken].float().mean().item() if spoken.any() else 0.0


def _token_loss(scores: Tensor, targets: Tensor) -> tuple[Tensor, float]:
    """Cross entropy, softened over the neighbours of a timestamp; accuracy of the text tokens."""
    log_probabilities = scores.log_softmax(-1)
    is_time = targets >= tokens.FIRST_TIMESTAMP
    text = log_probabilities[~is_time]
    loss = -text.gather(1, targets[~is_time][:, None]).sum()
    times, true_times = log_probabilities[is_time], targets[is_time]
    for shift, share in _TIMESTAMP_TARGET:
        shifted = (true_times + shift).clamp(tokens.FIRST_TIMESTAMP, len(tokens.VOCABULARY) - 1)
        loss = loss - share * times.gather(1, shifted[:, None]).sum()
    with torch.no_grad():
        accuracy = (text.argmax(1) == targets[~is_time]).float().mean().item()
    return loss / len(targets), accuracy


def _guide_loss(log_attention: Tensor, spans: Tensor) -> Tensor:
    """Mean over heard tokens of the negative log attention, averaged over the token's frames and the guided heads."""
    heard = spans[..., 0] >= 0
    sums = F.pad(log_attention.mean(1).cumsum(-1), (1, 0))
    ends = spans.clamp(min=0)
    inside = sums.gather(2, ends[..., 1:])[..., 0] - sums.gather(2, ends[..., :1])[..., 0]
    mean = inside / (ends[..., 1] - ends[..., 0]).clamp(min=1)
    return -mean[heard].mean() if heard.any() else log_attention.sum() * 0
