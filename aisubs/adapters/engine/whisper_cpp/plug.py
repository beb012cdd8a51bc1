"""The engine port over whisper.cpp."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import isfinite
from threading import Lock

import numpy as np

from aisubs.adapters.engine.memory import is_out_of_memory, out_of_memory
from aisubs.adapters.engine.odds import odds_of
from aisubs.adapters.engine.timing.excerpts import excerpt_of
from aisubs.adapters.engine.timing.onsets import loudness_of
from aisubs.adapters.engine.timing.segments import put_together, whole_window, words_in_place
from aisubs.adapters.engine.timing.words import TimedText, Timeline
from aisubs.adapters.engine.whisper_cpp.native import LONGEST, Native, has_gpu
from aisubs.adapters.engine.whisper_cpp.words import text_of, words_of
from aisubs.model.engine_name import WHISPER_CPP, with_engine
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.model.speech_model import shown_model
from aisubs.model.transcript import Segment, Word
from aisubs.ports import SAMPLES_PER_SECOND, Guess, Odds, Piece, Prepared
from aisubs.settings import Settings
from aisubs.weights.auto import resolve
from aisubs.weights.device import all_cores
from aisubs.weights.digests import digest_of
from aisubs.weights.folder import model_folder
from aisubs.weights.ggml.header import read_header

LEAST_ODDS = 0.01
"""Languages less likely than this are not told of."""
_LEAD_S = 0.5


@dataclass(frozen=True, slots=True)
class Pass:
    """`lead_s`: silence in front of the sound, which makes other features of it."""

    prompted: bool = True
    lead_s: float = 0.0


def fallbacks(options: Options) -> tuple[Pass, ...]:
    """Deterministic second opinions. The prompt is left out, as it can be echoed, and the sound is moved."""
    moved = Pass(prompted=False, lead_s=_LEAD_S)
    return (moved, Pass(prompted=False)) if options.initial_prompt or options.hotwords else (moved,)


class WhisperCppEngine:
    """One loaded model. It decodes one window at a time, on all of its threads."""

    aligns = False
    """The library aligns only what it has heard itself."""

    def __init__(self, native: Native, *, model: str, fingerprint: str, batch_size: int, device: str) -> None:
        self.model = model
        self.fingerprint = fingerprint
        self.batch_size = batch_size
        self.concurrency = 1
        self._device = device
        self._native = native
        self._asking = Lock()
        self._at_once: int | None = None

    @classmethod
    def load(cls, settings: Settings, model: str) -> WhisperCppEngine:
        """`model`: a name or folder as for faster-whisper, of which a file is made, or such a file. Raises
        `model_missing`, `no_model`, `unknown_model`, `engine_unusable`."""
        name = with_engine(WHISPER_CPP, model)
        found = resolve(settings.model_copy(update={"model": name})).found
        file = found.open()
        device = "gpu" if settings.device != "cpu" and has_gpu() else "cpu"
        if settings.device == "cuda" and device == "cpu":
            raise error("model_missing", "this build of whisper.cpp is for processors alone", model=name)
        try:
            header = read_header(file)
            native = Native(file, header, threads=settings.cpu_threads or all_cores(), gpu=device == "gpu")
        except (OSError, ValueError, RuntimeError, MemoryError) as fault:
            if is_out_of_memory(fault):
                raise out_of_memory(fault, device=device, model=shown_model(found.name)) from fault
            raise error("model_missing", f"{type(fault).__name__}: {fault}", model=name) from fault
        library = f"pywhispercpp={version('pywhispercpp')}"
        return cls(
            native,
            model=found.name,
            fingerprint="/".join((WHISPER_CPP, digest_of(file, model_folder(settings)), device, library)),
            batch_size=settings.batch_size or 4,
            device=device,
        )

    @property
    def at_once(self) -> int | None:
        return self._at_once

    def narrow(self, at_once: int | None) -> None:
        """It is one at a time anyway; a checkpoint holds what it was told."""
        self._at_once = at_once

    def prepare(self, piece: Piece) -> Prepared:
        return Prepared(piece)

    def guess_languages(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[Guess]:
        return [Guess(*next(iter(self._odds(prepared.piece, among).items()))) for prepared in batch]

    def guess_spans(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[list[Odds]]:
        return [
            [
                {name: chance for name, chance in odds.items() if chance >= LEAST_ODDS}
                for span in prepared.piece.spans
                for odds in (self._odds(excerpt_of(prepared.piece, (span,)), among, glance=True),)
            ]
            for prepared in batch
        ]

    def _odds(self, piece: Piece, among: Sequence[str], *, glance: bool = False) -> dict[str, float]:
        if len(self._native.languages) < 2:
            return odds_of([("en", 1.0)], among)
        with self._engine_errors():
            return odds_of(self._native.odds(piece.samples, glance=glance), among)

    def excerpt(self, prepared: Prepared, spans: tuple[tuple[int, int], ...]) -> Prepared:
        return self.prepare(excerpt_of(prepared.piece, spans))

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        return [self._hear(prepared.piece, language, options, Pass()) for prepared in batch]

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        passes = fallbacks(options)
        return self._hear(piece.piece, language, options, passes[attempt - 1]) if attempt <= len(passes) else ()

    def align(self, batch: Sequence[Prepared], texts: Sequence[str], language: str) -> list[tuple[Word, ...]]:  # noqa: ARG002  it has no use for any
        raise error("no_alignment", model=shown_model(self.model))

    def ping(self) -> str:
        """Run the encoder once on silence. Raises `engine_failed`."""
        silence = Piece(0, np.zeros(SAMPLES_PER_SECOND, np.float32), ((0, SAMPLES_PER_SECOND),))
        self._hear(silence, "en", Options(), Pass())
        return f"{self.model} on {self._device} (whisper.cpp by pywhispercpp {version('pywhispercpp')})"

    def _hear(self, piece: Piece, language: str, options: Options, steer: Pass) -> tuple[Segment, ...]:
        known = self._native.languages
        if language not in known:
            raise error("bad_language", f"not among the {len(known)} of this model", language=language)
        lead = min(round(steer.lead_s * SAMPLES_PER_SECOND), max(0, LONGEST - len(piece.samples)))
        told = (options.initial_prompt, options.hotwords) if steer.prompted else ()
        with self._engine_errors():
            spoken = self._native.speak(
                np.pad(piece.samples, (lead, 0)) if lead else piece.samples,
                language,
                translate=options.task == "translate",
                # The library keeps the end of what is too long, so hotwords stand there.
                prompt=" ".join(text.strip() for text in told if text and text.strip()),
            )
        timeline = Timeline(piece.spans)
        score = spoken.avg_logprob
        whole = whole_window(
            text_of(spoken.tokens),
            timeline,
            avg_logprob=score if score is not None and isfinite(score) else None,
            no_speech_prob=None,
        )
        aligned = words_of(spoken.tokens, language, lead / SAMPLES_PER_SECOND, timeline.duration_s)
        words = words_in_place(aligned, loudness_of(piece.samples), timeline)
        segments = put_together(whole, words, [TimedText(0.0, timeline.duration_s, whole.text)], timeline)
        return segments if options.word_timestamps else tuple(replace(one, words=()) for one in segments)

    @contextmanager
    def _engine_errors(self) -> Iterator[None]:
        try:
            with self._asking:
                yield
        except AisubsError:
            raise
        except (RuntimeError, ValueError, MemoryError) as fault:
            if is_out_of_memory(fault):
                raise out_of_memory(fault, device=self._device, model=shown_model(self.model)) from fault
            raise error("engine_failed", f"{type(fault).__name__}: {fault}") from fault
