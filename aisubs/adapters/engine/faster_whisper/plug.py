"""The engine port over `faster_whisper.WhisperModel`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from math import isfinite
from typing import TYPE_CHECKING, Any

from aisubs.adapters.engine.faster_whisper import weights
from aisubs.adapters.engine.faster_whisper.decoding import FALLBACKS, Decoded, Pass, encode, generate, make_tokenizer
from aisubs.adapters.engine.faster_whisper.words import (
    SAMPLES_PER_SECOND,
    Timeline,
    into_segments,
    split_at_timestamps,
    take_out_pauses,
    words_of,
)
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.model.transcript import Segment, Word
from aisubs.ports import Guess, Piece, Prepared
from aisubs.settings import Settings

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

# Punctuation that joins the word after it, and the word before it.
_JOINS_NEXT, _JOINS_LAST = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"

_KEPT_BATCHES = 2


class FasterWhisperEngine:
    """One loaded model on one device. Tokens equal those of faster-whisper's batched pipeline for equal windows."""

    def __init__(self, whisper: WhisperModel, *, model: str, beam_size: int, fingerprint: str, batch_size: int) -> None:
        self.model = model
        self.fingerprint = fingerprint
        self.batch_size = batch_size
        self._whisper = whisper
        self._beam_size = beam_size
        self._tokenizers: dict[tuple[str, str], Tokenizer] = {}
        self._encoded: list[tuple[Sequence[Prepared], Any]] = []

    @classmethod
    def load(cls, settings: Settings, model: str | None = None) -> FasterWhisperEngine:
        """Find or download the weights and put them on the device. Raises `model_missing`."""
        name = model or settings.model
        directory = weights.find_model(name, settings.model_dir)
        device = weights.choose_device(settings.device)
        compute_type = weights.choose_compute_type(device, settings.compute_type)
        from faster_whisper import WhisperModel

        try:
            whisper = WhisperModel(
                str(directory),
                device=device,
                compute_type=compute_type,
                cpu_threads=settings.cpu_threads or weights.all_cores(),
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as fault:
            raise error("model_missing", f"{type(fault).__name__}: {fault}", model=name) from fault
        versions = ",".join(f"{package}={version(package)}" for package in ("faster-whisper", "ctranslate2"))
        return cls(
            whisper,
            model=name,
            beam_size=settings.beam_size,
            fingerprint="/".join(
                (weights.weights_fingerprint(directory), device, compute_type, f"beam{settings.beam_size}", versions)
            ),
            # On two CPU cores larger batches only cost memory; a GPU is not busy with fewer.
            batch_size=settings.batch_size or (16 if device == "cuda" else 4),
        )

    def prepare(self, piece: Piece) -> Prepared:
        """Log-mel features, (n_mels, n_frames), one frame per 10 ms, as upstream makes them for a chunk."""
        features = self._whisper.feature_extractor(piece.samples)[..., :-1]
        # The model needs no samples any more; a queue of windows holds half the memory without them.
        return Prepared(Piece(piece.seq, piece.samples[:0].copy(), piece.spans), features)

    def guess_languages(self, batch: Sequence[Prepared]) -> list[Guess]:
        if not self._whisper.model.is_multilingual:
            return [Guess("en", 1.0)] * len(batch)
        with _engine_errors():
            states = encode(self._whisper, batch)
            # These windows are transcribed next: in a short clip the encoder would be half of the work again.
            self._encoded = [*self._encoded, (batch, states)][-_KEPT_BATCHES:]
            answers = self._whisper.model.detect_language(states)
        return [Guess(answer[0][0].strip("<|>"), float(answer[0][1])) for answer in answers]

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        return self._run(batch, language, options, Pass())

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        if attempt > len(FALLBACKS):
            return ()
        return self._run([piece], language, options, FALLBACKS[attempt - 1])[0]

    def ping(self) -> str:
        """Run the encoder once on silence: a missing CUDA library shows only then. Raises `engine_failed`."""
        import numpy as np

        silence = self.prepare(Piece(0, np.zeros(SAMPLES_PER_SECOND, np.float32), ((0, SAMPLES_PER_SECOND),)))
        self.guess_languages([silence])
        return f"{self.model} on {self._whisper.model.device} ({self._whisper.model.compute_type})"

    def _run(
        self, batch: Sequence[Prepared], language: str, options: Options, steer: Pass
    ) -> list[tuple[Segment, ...]]:
        with _engine_errors():
            tokenizer = self._tokenizer(language, options.task)
            states = self._take_encoded(batch)
            if states is None:
                states = encode(self._whisper, batch)
            decoded = generate(self._whisper, tokenizer, states, len(batch), options, steer, self._beam_size)
            aligned: Sequence[Any] = [None] * len(batch)
            if options.word_timestamps:
                aligned = self._align(batch, tokenizer, states, decoded)
            return [
                _segments(prepared.piece, result, alignment, tokenizer)
                for prepared, result, alignment in zip(batch, decoded, aligned, strict=True)
            ]

    def _align(
        self, batch: Sequence[Prepared], tokenizer: Tokenizer, states: Any, decoded: Sequence[Decoded]
    ) -> list[list[dict[str, Any]]]:
        from faster_whisper.transcribe import merge_punctuations

        texts = [[token for token in result.tokens if token < tokenizer.eot] for result in decoded]
        frames = [max(1, prepared.features.shape[-1]) for prepared in batch]
        aligned: list[list[dict[str, Any]]] = self._whisper.find_alignment(tokenizer, texts, states, frames)
        for words in aligned:
            merge_punctuations(words, _JOINS_NEXT, _JOINS_LAST)
        return aligned

    def _take_encoded(self, batch: Sequence[Prepared]) -> Any:
        """What `guess_languages` has kept of exactly these windows, else None."""
        for index, (windows, states) in enumerate(self._encoded):
            if len(windows) == len(batch) and all(one is other for one, other in zip(windows, batch, strict=True)):
                del self._encoded[index]
                return states
        return None

    def _tokenizer(self, language: str, task: str) -> Tokenizer:
        key = (language, task)
        if key not in self._tokenizers:
            self._tokenizers[key] = make_tokenizer(self._whisper, language, task)
        return self._tokenizers[key]


def _segments(
    piece: Piece, result: Decoded, alignment: Sequence[dict[str, Any]] | None, tokenizer: Tokenizer
) -> tuple[Segment, ...]:
    """One segment per sentence, or per pair of timestamps; one without text where the model heard nothing."""
    timeline = Timeline(piece.spans)
    text = tokenizer.decode(result.tokens)
    start_ms, end_ms = timeline.stretch(0.0, timeline.duration_s)
    whole = Segment(
        start_ms,
        end_ms,
        text,
        avg_logprob=round(result.avg_logprob, 4) if isfinite(result.avg_logprob) else None,
        compression_ratio=round(_compression_ratio(text), 3),
        no_speech_prob=round(result.no_speech_prob, 4),
    )
    if not text.strip():
        return (whole,)
    words = [
        Word(*timeline.restore(word.start_s, word.end_s), word.text, round(word.probability or 0.0, 4))
        for word in take_out_pauses(words_of(alignment or ()), timeline)
    ]
    if words and "".join(word.text for word in words) == text:
        return into_segments(words, whole)
    parts = split_at_timestamps(result.tokens, tokenizer.timestamp_begin, timeline.duration_s)
    return tuple(
        Segment(
            *timeline.stretch(start_s, end_s),
            tokenizer.decode(tokens),
            avg_logprob=whole.avg_logprob,
            compression_ratio=whole.compression_ratio,
            no_speech_prob=whole.no_speech_prob,
        )
        for start_s, end_s, tokens in parts
    )


def _compression_ratio(text: str) -> float:
    """Bytes of the text over bytes of it compressed: above 2.4 it repeats itself (Whisper's own measure)."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))


@contextmanager
def _engine_errors() -> Iterator[None]:
    """CTranslate2 raises RuntimeError and ValueError for everything, out of memory included."""
    try:
        yield
    except AisubsError:
        raise
    except (RuntimeError, ValueError, MemoryError) as fault:
        raise error("engine_failed", f"{type(fault).__name__}: {fault}") from fault
