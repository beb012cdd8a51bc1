"""The first answers of the engine to a batch: each window in its language, or in parts where it changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aisubs.model.errors import error
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.pipeline.transcribe.stretches import Stretch, part_of, stretches_of
from aisubs.ports import Engine, Prepared


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said of a window, or of the part of it that is in one language."""

    part: Prepared
    language: str
    segments: tuple[Segment, ...]


def first_answers(engine: Engine, batch: Sequence[Prepared], main: str, options: Options) -> list[list[Answer]]:
    """For each window the answers to its parts, in order. What shares a batch follows from these windows alone."""
    stretches: list[tuple[Stretch, ...]]
    if options.only_language is not None:
        stretches = [(Stretch(main, prepared.piece.spans),) for prepared in batch]
    else:
        stretches = stretches_of(engine, batch, main, chosen=options.language is not None, among=options.languages)
    whole: dict[str, list[int]] = defaultdict(list)
    answers: list[list[Answer]] = [[] for _ in batch]
    for index, (prepared, parts) in enumerate(zip(batch, stretches, strict=True)):
        if len(parts) == 1:
            whole[parts[0].language].append(index)
            continue
        for stretch in parts:
            part = part_of(engine, prepared, stretch)
            (segments,) = _ask(engine, [part], stretch.language, options)
            answers[index].append(Answer(part, stretch.language, segments))
    for language, indices in whole.items():
        told = _ask(engine, [batch[index] for index in indices], language, options)
        for index, segments in zip(indices, told, strict=True):
            answers[index].append(Answer(batch[index], language, segments))
    return answers


def _ask(engine: Engine, windows: list[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
    told = engine.transcribe(windows, language, options)
    if len(told) != len(windows):
        raise error("engine_failed", f"{len(told)} answers for {len(windows)} windows")
    return told
