"""The engine port over `faster_whisper.WhisperModel`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from aisubs.adapters.engine.faster_whisper import listening, weights
from aisubs.adapters.engine.faster_whisper.alignment import find_alignment, tokens_of
from aisubs.adapters.engine.faster_whisper.decoding import (
    Pass,
    encode,
    fallbacks,
    first_pass,
    generate,
    make_tokenizer,
)
from aisubs.adapters.engine.faster_whisper.features import log_mel
from aisubs.adapters.engine.faster_whisper.replicas import Copies, share_out
from aisubs.adapters.engine.faster_whisper.segments import aligned_words, segments_of
from aisubs.adapters.engine.memory import Portions, is_out_of_memory, out_of_memory
from aisubs.adapters.engine.odds import odds_of
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.model.speech_model import shown_model
from aisubs.model.transcript import Segment, Word
from aisubs.ports import SAMPLES_PER_SECOND, Guess, Odds, Piece, Prepared
from aisubs.settings import Settings
from aisubs.weights.auto import resolve
from aisubs.weights.carried import carried, remember_carried
from aisubs.weights.device import all_cores, choose_device, name_device
from aisubs.weights.folder import model_folder

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

_KEPT_BATCHES = 2

A = TypeVar("A")
B = TypeVar("B")


class FasterWhisperEngine:
    """One loaded model on one device. Tokens equal those of faster-whisper's batched pipeline for equal windows."""

    aligns = True

    def __init__(
        self,
        whisper: WhisperModel,
        *,
        model: str,
        beam_size: int,
        fingerprint: str,
        batch_size: int,
        copies: int = 1,
        carried: int | None = None,
        remember: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`copies`: how many windows a CPU works on at a time. `carried`: how many at once the device is known to have
        memory for; `remember` is told when it turns out that it has not."""
        self.model = model
        self.fingerprint = fingerprint
        self.batch_size = batch_size
        self.concurrency = copies if whisper.model.device == "cpu" else 1
        self._whisper = whisper
        self._beam_size = beam_size
        self._tokenizers: dict[tuple[str, str], Tokenizer] = {}
        self._encoded: list[tuple[Sequence[Prepared], Any]] = []
        self._keeping = Lock()
        self._copies = Copies(copies, one_by_one=whisper.model.device == "cpu")
        self._portions = Portions(carried, remember, self._forget_encoded)

    @classmethod
    def load(cls, settings: Settings, model: str | None = None) -> FasterWhisperEngine:
        """Find or fetch the weights and put them on the device. Raises `model_missing`, `no_model`, `unknown_model`."""
        name = model or settings.model
        found = resolve(settings.model_copy(update={"model": name})).found
        directory = found.open()
        device = choose_device(settings.device)
        compute_type = weights.choose_compute_type(device, settings.compute_type)
        cores = share_out(settings.cpu_threads or all_cores(), device)
        from faster_whisper import WhisperModel

        try:
            whisper = WhisperModel(
                str(directory),
                device=device,
                compute_type=compute_type,
                cpu_threads=cores.threads,
                num_workers=cores.copies,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError, MemoryError) as fault:
            if is_out_of_memory(fault):
                raise out_of_memory(fault, device=device, model=shown_model(found.name)) from fault
            raise error("model_missing", f"{type(fault).__name__}: {fault}", model=name) from fault
        model_dir = model_folder(settings)
        digest = weights.weights_fingerprint(directory, model_dir)
        versions = ",".join(f"{package}={version(package)}" for package in ("faster-whisper", "ctranslate2"))
        fingerprint = "/".join((digest, device, compute_type, f"beam{settings.beam_size}", versions))
        note = f"{fingerprint} on {name_device(device)}"
        return cls(
            whisper,
            model=found.name,
            beam_size=settings.beam_size,
            fingerprint=fingerprint,
            copies=cores.copies,
            carried=carried(note, model_dir),
            remember=partial(remember_carried, note, model_dir),
            # On two CPU cores larger batches only cost memory; a GPU is not busy with fewer.
            batch_size=settings.batch_size or (16 if device == "cuda" else 4),
        )

    def prepare(self, piece: Piece) -> Prepared:
        """Log-mel features, (n_mels, n_frames), one frame per 10 ms, as upstream makes them for a chunk."""
        features = log_mel(self._whisper.feature_extractor, piece.samples)
        # The model needs no samples any more; a queue of windows holds half the memory without them.
        return Prepared(Piece(piece.seq, piece.samples[:0].copy(), piece.spans), features)

    @property
    def at_once(self) -> int | None:
        return self._portions.at_once

    def narrow(self, at_once: int | None) -> None:
        self._portions.narrow(at_once)

    def guess_languages(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[Guess]:
        if not self._whisper.model.is_multilingual:
            return [Guess(*odds) for odds in odds_of([("en", 1.0)], among).items()] * len(batch)
        return self._ask(batch, partial(self._guess_languages, among))

    def _guess_languages(self, among: Sequence[str], portion: Sequence[Prepared]) -> list[Guess]:
        with self._engine_errors():
            answers = self._whisper.model.detect_language(self._encode(portion))
            # Likeliest first, as they come.
            return [Guess(*next(iter(odds_of(answer, among).items()))) for answer in answers]

    def guess_spans(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[list[Odds]]:
        if not self._whisper.model.is_multilingual:
            sure = odds_of([("en", 1.0)], among)
            return [[sure] * len(prepared.piece.spans) for prepared in batch]
        return self._ask(batch, partial(self._guess_spans, among))

    def _guess_spans(self, among: Sequence[str], portion: Sequence[Prepared]) -> list[list[Odds]]:
        with self._engine_errors():
            return listening.guess_spans(self._whisper, portion, self._encode(portion), among)

    def excerpt(self, prepared: Prepared, spans: tuple[tuple[int, int], ...]) -> Prepared:
        return listening.excerpt(prepared, spans)

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        return self._run(batch, language, options, first_pass(options))

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        passes = fallbacks(options)
        if attempt > len(passes):
            return ()
        return self._run([piece], language, options, passes[attempt - 1])[0]

    def align(self, batch: Sequence[Prepared], texts: Sequence[str], language: str) -> list[tuple[Word, ...]]:
        with self._engine_errors():
            tokenizer = self._tokenizer(language, "transcribe")
        tokens = tokens_of(self._whisper, tokenizer, texts)

        def run(portion: Sequence[tuple[Prepared, list[int]]]) -> list[tuple[Word, ...]]:
            with self._engine_errors():
                heard = [prepared for prepared, _ in portion]
                alignments = find_alignment(
                    self._whisper, tokenizer, self._encode(heard), heard, [one for _, one in portion]
                )
                return [
                    tuple(aligned_words(prepared, alignment))
                    for prepared, alignment in zip(heard, alignments, strict=True)
                ]

        return self._ask(list(zip(batch, tokens, strict=True)), run)

    def ping(self) -> str:
        """Run the encoder once on silence: a missing CUDA library shows only then. Raises `engine_failed`."""
        import numpy as np

        silence = self.prepare(Piece(0, np.zeros(SAMPLES_PER_SECOND, np.float32), ((0, SAMPLES_PER_SECOND),)))
        self.guess_languages([silence])
        return f"{self.model} on {self._whisper.model.device} ({self._whisper.model.compute_type})"

    def _run(
        self, batch: Sequence[Prepared], language: str, options: Options, steer: Pass
    ) -> list[tuple[Segment, ...]]:
        with self._engine_errors():
            tokenizer = self._tokenizer(language, options.task)

        def run(portion: Sequence[Prepared]) -> list[tuple[Segment, ...]]:
            with self._engine_errors():
                states = self._encode(portion)
                decoded = generate(self._whisper, tokenizer, states, len(portion), options, steer, self._beam_size)
                aligned: Sequence[Any] = [None] * len(portion)
                if options.word_timestamps:
                    texts = [[token for token in one.tokens if token < tokenizer.eot] for one in decoded]
                    aligned = find_alignment(self._whisper, tokenizer, states, portion, texts)
                return [
                    segments_of(prepared, result, alignment, tokenizer)
                    for prepared, result, alignment in zip(portion, decoded, aligned, strict=True)
                ]

        return self._ask(batch, run)

    def _ask(self, batch: Sequence[B], ask: Callable[[Sequence[B]], list[A]]) -> list[A]:
        return self._portions.ask(batch, lambda portion: self._copies.ask(portion, ask))

    def _encode(self, batch: Sequence[Prepared]) -> Any:
        """States of these windows, kept for what is asked next: of a short clip they are half of the work."""
        with self._keeping:
            for windows, states in self._encoded:
                if len(windows) == len(batch) and all(one is other for one, other in zip(windows, batch, strict=True)):
                    return states
        states = encode(self._whisper, batch)
        with self._keeping:
            self._encoded.append((batch, states))
            while sum(len(windows) for windows, _ in self._encoded) > _KEPT_BATCHES * max(self.batch_size, len(batch)):
                del self._encoded[0]
        return states

    def _forget_encoded(self) -> bool:
        """Whether there was anything to forget."""
        with self._keeping:
            had_any = bool(self._encoded)
            self._encoded.clear()
        return had_any

    @contextmanager
    def _engine_errors(self) -> Iterator[None]:
        """CTranslate2 raises RuntimeError and ValueError for everything, out of memory included."""
        try:
            yield
        except AisubsError:
            raise
        except (RuntimeError, ValueError, MemoryError) as fault:
            if is_out_of_memory(fault):
                device = self._whisper.model.device
                raise out_of_memory(fault, device=device, model=shown_model(self.model)) from fault
            raise error("engine_failed", f"{type(fault).__name__}: {fault}") from fault

    def _tokenizer(self, language: str, task: str) -> Tokenizer:
        key = (language, task)
        if key not in self._tokenizers:
            self._tokenizers[key] = make_tokenizer(self._whisper, language, task)
        return self._tokenizers[key]
