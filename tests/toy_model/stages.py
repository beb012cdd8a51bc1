"""The order of training: first the ear, then the mouth, then both together, at last on whole 30 s windows."""

from dataclasses import dataclass

from tests.toy_model.losses import LossWeights


@dataclass(frozen=True)
class PromptMix:
    """How often a batch has previous text before its windows: `short` up to 40 tokens, `long` up to Whisper's 223."""

    short: float = 0.0
    long: float = 0.0


@dataclass(frozen=True)
class Stage:
    """One training run that starts from the weights of the stage before it."""

    name: str
    share: float
    """Part of the whole training time."""
    learning_rate: float
    final_rate: float
    """Part of `learning_rate` that is left at the end of its cosine."""
    window_frames: int
    """Frames of 10 ms; shorter than Whisper's 3000 because most of what is to be learned is local."""
    full_window_share: float
    """Batches of whole 30 s windows, the others have `window_frames`."""
    batch_frames: int
    """Frames in a batch: windows × their length."""
    weights: LossWeights
    frozen_layers: int = 0
    prompts: PromptMix = PromptMix()


STAGES = (
    Stage(
        name="encoder",
        share=0.14,
        learning_rate=4e-3,
        final_rate=0.1,
        window_frames=500,
        full_window_share=0,
        batch_frames=8000,
        weights=LossWeights(token=0, word=1, phone=0.7, position=2),
    ),
    Stage(
        name="decoder",
        share=0.10,
        learning_rate=4e-3,
        final_rate=0.3,
        window_frames=500,
        full_window_share=0,
        batch_frames=8000,
        weights=LossWeights(token=1, guide=0.5, word=0.7, position=1.5),
        frozen_layers=2,
        prompts=PromptMix(short=0.3),
    ),
    Stage(
        name="joint",
        share=0.40,
        learning_rate=2e-3,
        final_rate=0.35,
        window_frames=1000,
        full_window_share=0.2,
        batch_frames=6000,
        weights=LossWeights(token=1, guide=0.3, word=0.5, phone=0.2, position=0.7),
        prompts=PromptMix(short=0.35, long=0.15),
    ),
    Stage(
        name="windows",
        share=0.36,
        learning_rate=1.5e-3,
        final_rate=0.01,
        window_frames=1000,
        full_window_share=0.5,
        batch_frames=6000,
        weights=LossWeights(token=1, guide=0.3, word=0.3, position=0.5),
        frozen_layers=2,
        prompts=PromptMix(short=0.25, long=0.05),
    ),
)
