"""Runs one stage of training for a given time; it can be killed at any moment and goes on from its last checkpoint."""

import math
import queue
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import torch

from tests.toy_model.bank import Bank
from tests.toy_model.initialisation import initial_network
from tests.toy_model.lessons import Batch, Teacher
from tests.toy_model.losses import Scorer
from tests.toy_model.network import ToyWhisper
from tests.toy_model.stages import PromptMix, Stage

_WARM_UP = 0.03  # of the stage
_CHECKPOINT_EVERY_S = 60.0
_LOG_EVERY_STEPS = 50
_FULL_WINDOW_FRAMES = 3000
_ANYWHERE_SHARE = 0.6


class BatchFeed:
    """Composes batches in a thread, a few ahead of the training step."""

    def __init__(self, bank: Bank, stage: Stage, seed: int) -> None:
        self._teacher = Teacher(bank, seed)
        self._random = random.Random(seed)
        self._stage = stage
        self._batches: queue.Queue[Batch] = queue.Queue(4)
        threading.Thread(target=self._compose, daemon=True).start()

    def next(self) -> Batch:
        """Waits for the next batch."""
        return self._batches.get()

    def _compose(self) -> None:
        stage, rng = self._stage, self._random
        while True:
            full = rng.random() < stage.full_window_share
            frames = _FULL_WINDOW_FRAMES if full else stage.window_frames
            anywhere = not full and rng.random() < _ANYWHERE_SHARE
            prompt = _prompt_tokens(rng, stage.prompts)
            self._batches.put(self._teacher.batch(stage.batch_frames // frames, frames, prompt, anywhere))


def _prompt_tokens(rng: random.Random, mix: PromptMix) -> int:
    draw = rng.random()
    if draw < mix.long:
        return 223
    return 40 if draw < mix.long + mix.short else 0


class ThreadCount:
    """Finds out, again and again, whether two threads are faster than one: on a busy machine they are slower."""

    _TRIAL_EVERY, _TRIAL_STEPS = 80, 5

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}
        self._best, self._step, self._started = 2, 0, 0.0

    def start_step(self) -> None:
        """Sets the number of threads for the coming step."""
        trial = self._step % self._TRIAL_EVERY < self._TRIAL_STEPS
        self._threads = 3 - self._best if trial else self._best
        torch.set_num_threads(self._threads)
        self._started = time.monotonic()

    def end_step(self) -> None:
        """Takes the time of the step."""
        seconds = time.monotonic() - self._started
        self._seconds[self._threads] = 0.7 * self._seconds.get(self._threads, seconds) + 0.3 * seconds
        self._step += 1
        if len(self._seconds) == 2:
            self._best = min(self._seconds, key=lambda threads: self._seconds[threads])


class Optimiser:
    """Muon (Jordan et al. 2024) for the matrices inside the layers, AdamW for everything else."""

    def __init__(self, network: ToyWhisper) -> None:
        inner: list[torch.nn.Parameter] = []
        other: list[torch.nn.Parameter] = []
        for name, parameter in network.named_parameters():
            (inner if ".layers." in name and parameter.ndim == 2 else other).append(parameter)
        self._parameters = inner + other
        self._parts = (
            torch.optim.Muon(inner, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(other, weight_decay=0.0, betas=(0.9, 0.98)),
        )

    def step(self, loss: torch.Tensor, learning_rate: float) -> None:
        """One step down the gradient of `loss`."""
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = learning_rate
            part.step()
            part.zero_grad()

    def state(self) -> list[dict[str, object]]:
        """For a checkpoint."""
        return [part.state_dict() for part in self._parts]

    def restore(self, state: list[dict[str, object]]) -> None:
        """From a checkpoint."""
        for part, part_state in zip(self._parts, state, strict=True):
            part.load_state_dict(part_state)


def _learning_rate(stage: Stage, done: float) -> float:
    cosine = 0.5 * (1 + math.cos(math.pi * done))
    return stage.learning_rate * min(1, done / _WARM_UP + 0.01) * (stage.final_rate + (1 - stage.final_rate) * cosine)


def train_stage(
    stage: Stage, bank: Bank, previous: Path | None, out: Path, seconds: float, report: Callable[[str], None] = print
) -> None:
    """Train for `seconds` of wall time and write the weights to `out`; progress lines go to `report`.

    `previous` holds the weights to start from. A checkpoint `out`.part of an interrupted run is continued.
    """
    network = initial_network(seed=1)
    if previous is not None:
        network.load_state_dict(torch.load(previous))
    optimiser = Optimiser(network)
    partial = out.with_suffix(".part")
    spent, step = 0.0, 0
    if partial.exists():
        saved = torch.load(partial)
        network.load_state_dict(saved["network"])
        optimiser.restore(saved["optimiser"])
        spent, step = saved["spent"], saved["step"]
        report(f"  {stage.name}: going on after {spent / 60:.1f} min")
    scorer = Scorer(network, stage.weights, stage.frozen_layers)
    feed, threads = BatchFeed(bank, stage, seed=1000 + step), ThreadCount()
    means: dict[str, float] = {}
    started, saved_at = time.monotonic() - spent, spent
    while (spent := time.monotonic() - started) < seconds:
        batch = feed.next()
        threads.start_step()
        loss, log = scorer.score(batch)
        optimiser.step(loss, _learning_rate(stage, spent / seconds))
        threads.end_step()
        step += 1
        means = {name: 0.97 * means.get(name, value) + 0.03 * value for name, value in log.items()}
        if step % _LOG_EVERY_STEPS == 0:
            values = "  ".join(f"{name} {value:.3f}" for name, value in means.items())
            report(f"  {stage.name} {spent / 60:5.1f} of {seconds / 60:.0f} min  step {step}  {values}")
        if spent - saved_at > _CHECKPOINT_EVERY_S:
            saved_at = spent
            state = {"network": network.state_dict(), "optimiser": optimiser.state(), "spent": spent, "step": step}
            torch.save(state, partial.with_suffix(".new"))
            partial.with_suffix(".new").replace(partial)
    torch.save(network.state_dict(), out)
    partial.unlink(missing_ok=True)
