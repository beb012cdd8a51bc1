"""Measures a model folder on the held-out sets, through faster-whisper itself; the numbers go to results.json."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from tests.toy_model import TOY, page
from tests.toy_model.error_rate import count_word_errors, spoken_words
from tests.toy_model.espeak import Espeak
from tests.toy_model.held_out import SETS, EvaluationSet, Recording, make_recordings

_SAME_PLACE_S = 3.0  # a segment further away than this from a sentence of the same words is another one

Transcribe = Callable[[Recording], Iterable[Any]]
"""A recording -> faster-whisper's segments."""


@dataclass
class Measurement:
    """Numbers of one set in one mode of transcription."""

    words: int = 0
    errors: int = 0
    segment_errors_s: list[float] = field(default_factory=list)
    word_errors_s: list[float] = field(default_factory=list)

    def add(self, recording: Recording, segments: list[Any]) -> None:
        """Compare the segments of a recording with the truth."""
        expected = [word for sentence in recording.sentences for word in sentence.words]
        heard = spoken_words(" ".join(segment.text for segment in segments))
        self.words += len(expected)
        self.errors += count_word_errors(expected, heard)
        for sentence in recording.sentences:
            start, end = sentence.bounds_s[0], sentence.bounds_s[-1]
            near = (segment for segment in segments if abs(segment.start - start) < _SAME_PLACE_S)
            same = [segment for segment in near if spoken_words(segment.text) == sentence.words]
            if same:
                distances = [abs(segment.start - start) for segment in same]
                nearest = same[distances.index(min(distances))]
                self.segment_errors_s += [abs(nearest.start - start), abs(nearest.end - end)]
        self._add_word_times(recording, expected, [word for segment in segments for word in segment.words or ()])

    def _add_word_times(self, recording: Recording, expected: list[str], heard: list[Any]) -> None:
        true_times = [times for sentence in recording.sentences for times in pairwise(sentence.bounds_s)]
        written = ["".join(spoken_words(word.word)) for word in heard]
        for match in SequenceMatcher(None, expected, written, autojunk=False).get_matching_blocks():
            for offset in range(match.size):
                start, end = true_times[match.a + offset]
                word = heard[match.b + offset]
                self.word_errors_s += [abs(word.start - start), abs(word.end - end)]

    def summary(self) -> dict[str, float | int | None]:
        """Rates in percent, mean absolute errors in ms (None where nothing could be compared)."""
        return {
            "words": self.words,
            "word_error_rate_percent": round(100 * self.errors / self.words, 2),
            "segment_error_ms": _mean_ms(self.segment_errors_s),
            "word_error_ms": _mean_ms(self.word_errors_s),
        }


def _mean_ms(errors_s: list[float]) -> float | None:
    return round(1000 * float(np.mean(errors_s)), 1) if errors_s else None


def _modes(model: WhisperModel, chosen: EvaluationSet) -> dict[str, Transcribe]:
    """The ways to call faster-whisper. The language is given, except for Spanish, where it has to be detected."""
    batched = BatchedInferencePipeline(model)
    language = None if chosen.language == "es" else chosen.language

    def sequential(recording: Recording, conditioned: bool = False) -> Iterable[Any]:
        options = {"language": language, "condition_on_previous_text": conditioned}
        segments: Iterable[Any] = model.transcribe(recording.samples, **options)[0]
        return segments

    def in_batches(recording: Recording, stamped: bool = False) -> Iterable[Any]:
        options = {"batch_size": 8, "without_timestamps": not stamped, "word_timestamps": True}
        segments: Iterable[Any] = batched.transcribe(recording.samples, language=language, **options)[0]
        return segments

    modes: dict[str, Transcribe] = {
        "batched": in_batches,
        "batched, timestamps": partial(in_batches, stamped=True),
        "sequential": sequential,
    }
    if chosen.name == "long":
        modes["conditioned"] = partial(sequential, conditioned=True)
    return modes


def evaluate_model(folder: Path, report: Callable[[str], None] = print) -> dict[str, Any]:
    """Set name -> mode -> numbers."""
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    espeak = Espeak()
    results: dict[str, Any] = {}
    for chosen in SETS:
        recordings = make_recordings(chosen, espeak)
        seconds = sum(len(recording.samples) for recording in recordings) / 16_000
        modes: dict[str, Any] = {}
        for mode, transcribe in _modes(model, chosen).items():
            measurement = Measurement()
            for recording in recordings:
                measurement.add(recording, list(transcribe(recording)))
            modes[mode] = measurement.summary()
            report(f"  {chosen.name:11s} {mode:19s} {modes[mode]}")
        results[chosen.name] = {"set": asdict(chosen), "audio_s": round(seconds, 1), "modes": modes}
    return results


def main() -> None:
    """Evaluate a model folder on the held-out sets."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=TOY)
    parser.add_argument("--name", help="record the numbers under this name in --results")
    parser.add_argument("--results", type=Path, default=page.RESULTS)
    arguments = parser.parse_args()
    results = evaluate_model(arguments.folder)
    if arguments.name:
        page.record(arguments.name, results, arguments.results)


if __name__ == "__main__":
    main()
