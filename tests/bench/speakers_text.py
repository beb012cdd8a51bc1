"""Who said which word: Whisper base through the worker, on recordings that are no part of the repository.

A helper of the bench `speakers`. A word is right if whoever it was given to is one of those who speak longest in it by
the reference, or next to it where nobody does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from aisubs.formats.json import parse
from aisubs.model.transcript import Segment, Word
from aisubs.settings import Settings
from aisubs.wiring_workers import diarizer_of
from tests.bench.diarization_error import Spoken
from tests.bench.surroundings import database_server, workshop
from tests.real_models import real_model
from tests.speech import read_audio, write_audio
from tests.two_sides import RATE
from tests.workshop import Workshop

Row = tuple[str, str, str, bool]
_MARGIN_S = 0.15
_EDGE_S = 0.02
"""Overlaps that differ by less are equal."""


@dataclass(frozen=True)
class Told:
    """What was written of one recording, and who speaks in it by the reference."""

    segments: tuple[Segment, ...]
    spoken: list[Spoken]

    @property
    def words(self) -> list[tuple[Word, str | None]]:
        return [(word, segment.speaker) for segment in self.segments for word in segment.words]

    def counts(self) -> tuple[int, int, int]:
        """Words, those with the right speaker, those without any; names are matched so that most are right."""
        pairs: Counter[tuple[str | None, object]] = Counter()
        for word, speaker in self.words:
            pairs.update((speaker, who) for who in speakers_of(word, self.spoken))
        theirs, ours = sorted({who for *_, who in self.spoken}, key=str), sorted({one for _, one in self.words if one})
        few, many = sorted((ours, theirs), key=len)
        right = max(
            sum(pairs[pair] or pairs[pair[::-1]] for pair in zip(few, chosen, strict=True))
            for chosen in permutations(many, len(few))
        )
        return len(self.words), right, sum(speaker is None for _, speaker in self.words)


def speakers_of(word: Word, spoken: Sequence[Spoken]) -> set[object]:
    """Who says a word by the reference."""
    start_s, end_s = word.start_ms / 1000, word.end_ms / 1000
    shares: Counter[object] = Counter()
    near: dict[object, float] = {}
    for from_s, until_s, who in spoken:
        shares[who] += max(0.0, min(end_s, until_s) - max(start_s, from_s))
        near[who] = min(near.get(who, np.inf), max(from_s - end_s, start_s - until_s))
    most = max(shares.values())
    if most <= 0:
        return {min(near, key=near.__getitem__)}
    return {who for who, share in shares.items() if share >= most - _EDGE_S}


def text_rows(dialogues: Sequence[tuple[Path, list[Spoken]]], phone: int, stereo: int, folder: Path) -> Iterator[Row]:
    """`phone`, `stereo`: which of the dialogues is one of a telephone, and one with a person on each channel."""
    with database_server() as url, workshop(url, model=str(real_model("base"))) as shop:
        mixed = [_told(shop, path, spoken, channels="mono") for path, spoken in dialogues]
        yield from _right(mixed, "words with the right speaker, Whisper base, seven dialogues")
        path, spoken = dialogues[stereo]
        yield from _right([_told(shop, path, spoken)], "the same, one person per channel")
        yield _lone(shop, dialogues[phone], mixed[phone], folder)


def _right(told: Sequence[Told], name: str) -> Iterator[Row]:
    words, right, without = (sum(column) for column in zip(*(one.counts() for one in told), strict=True))
    yield (name, f"{100 * right / words:.1f} % of {words}", ">= 96 %", right >= 0.96 * words)
    yield (f"{name}: without a speaker", str(without), "0", without == 0)


def _lone(shop: Workshop, dialogue: tuple[Path, list[Spoken]], mixed: Told, folder: Path) -> Row:
    """The one of two on the telephone of whom fewer words are heard when they are alone on the line."""
    path, spoken = dialogue
    samples, shares = read_audio(path), {}
    for who in sorted({who for *_, who in spoken}, key=str):
        alone = np.zeros_like(samples)
        own = [span for span in spoken if span[2] == who]
        for start_s, end_s, _ in own:
            at = slice(max(0, round((start_s - _MARGIN_S) * RATE)), round((end_s + _MARGIN_S) * RATE))
            alone[at] = samples[at]
        heard = _told(shop, write_audio(alone, folder / f"{who}.flac"), own, diarize=False)
        beside = sum(speakers_of(word, spoken) == {who} for word, _ in mixed.words)
        shares[who] = len(heard.words) / beside
    worst = min(shares.values())
    return (
        "a voice alone on the telephone: words, of those in the mix",
        f"{100 * worst:.0f} %",
        ">= 95 %",
        worst >= 0.95,
    )


def _told(shop: Workshop, path: Path, spoken: list[Spoken], **options: Any) -> Told:
    given = {"diarize": True, "language": "en", **options}
    job_id = shop.drop(path, name=f"{len(shop.sql('select 1 from aisubs.transcription_jobs'))}-{path.name}", **given)
    if shop.work(diarizer=diarizer_of(Settings())) != 0 or shop.row(job_id)["status"] != "completed":
        raise RuntimeError(f"{path}: {shop.row(job_id)['error_message']}")
    return Told(parse(shop.files(job_id)["json"]).segments, spoken)
