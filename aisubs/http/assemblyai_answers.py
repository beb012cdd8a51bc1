"""A job and its text in the shapes of AssemblyAI's API, as its official client reads them. Times are milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from string import ascii_uppercase
from typing import Any

from aisubs.formats.breaks import ends_sentence
from aisubs.formats.paragraphs import paragraphs
from aisubs.formats.timeline import TimedWord, joined, timed_words
from aisubs.model.job import Job, Options, Status
from aisubs.model.transcript import Transcript
from aisubs.weights.mark import told_name

UPLOAD = "upload-"
"""How recordings are called that came by this API, before their digest: nobody has said another name."""

STATUSES = {status: "error" if status.over else "queued" for status in Status} | {
    Status.PROCESSING: "processing",
    Status.COMPLETED: "completed",
}
_CANCELLED = "The job was cancelled."


def digest_of(job: Job) -> str | None:
    """Of a recording that came by this API."""
    return job.filename.removeprefix(UPLOAD) if job.filename.startswith(UPLOAD) else None


def told(job: Job, base_url: str, usual_model: str, text: Transcript | None = None) -> dict[str, Any]:
    """The transcript as `GET /v2/transcript/{id}` has it; with its words once there is a `text`."""
    options = Options.model_validate(job.options)
    said: dict[str, Any] = {
        "id": job.job_id,
        "status": STATUSES[job.status],
        "audio_url": audio_url(job, base_url),
        "error": fault_of(job),
        "language_code": job.language,
        "language_detection": options.language is None,
        "language_confidence": None,
        "audio_duration": None if job.duration_ms is None else round(job.duration_ms / 1000),
        "punctuate": True,
        "format_text": True,
        "speaker_labels": bool(options.diarize),
        "speakers_expected": options.num_speakers,
        "speech_model_used": told_name(options.model or usual_model),
        "text": None,
        "words": None,
        "utterances": None,
        "confidence": None,
    }
    if text is None:
        return said
    words, names = timed_words(text), _Names()
    spoken = {"text": joined(words), "words": _words(words, names), "confidence": _mean(words)}
    turns = groupby(words, key=lambda word: word.speaker)
    utterances = [_stretch(list(turn), names) for _, turn in turns] if options.diarize else None
    return said | spoken | {"utterances": utterances, "speech_model_used": told_name(text.model)}


def sentences(text: Transcript) -> dict[str, Any]:
    return _parts("sentences", _sentences(timed_words(text)), text)


def paragraphs_of(text: Transcript) -> dict[str, Any]:
    parts = (paragraph.words for paragraph in paragraphs(timed_words(text), text.paragraphs))
    return _parts("paragraphs", parts, text)


def fault_of(job: Job) -> str | None:
    if STATUSES[job.status] != "error":
        return None
    return job.error_message or _CANCELLED


def audio_url(job: Job, base_url: str) -> str:
    """What it was sent as; of recordings that came another way, the page that shows them."""
    digest = digest_of(job)
    return f"{base_url}/jobs/{job.job_id}" if digest is None else f"{base_url}/v2/upload/{digest}"


def listed(job: Job, base_url: str) -> dict[str, Any]:
    """A line of the list."""
    return {
        "id": job.job_id,
        "resource_url": f"{base_url}/v2/transcript/{job.job_id}",
        "status": STATUSES[job.status],
        "created": job.created_at,
        "completed": job.completed_at,
        "audio_url": audio_url(job, base_url),
        "error": fault_of(job),
    }


class _Names:
    """Speakers whom nobody has named are letters, in the order in which they come; whoever has a name keeps it."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def __getitem__(self, speaker: str | None) -> str | None:
        if speaker is None or not speaker.startswith("Speaker "):
            return speaker
        number = len(self._letters)
        letter = ascii_uppercase[number % 26] * (number // 26 + 1)
        return self._letters.setdefault(speaker, letter)


def _parts(name: str, parts: Iterable[Sequence[TimedWord]], text: Transcript) -> dict[str, Any]:
    names = _Names()
    told_parts = [_stretch(part, names) for part in parts]
    known = [part["confidence"] for part in told_parts]
    return {
        name: told_parts,
        "confidence": sum(known) / len(known) if known else 0.0,
        "audio_duration": text.duration_ms / 1000,
        "speech_model_used": told_name(text.model),
    }


def _sentences(words: Sequence[TimedWord]) -> Iterator[list[TimedWord]]:
    gathered: list[TimedWord] = []
    for word in words:
        if gathered and (ends_sentence(gathered[-1].text) or gathered[-1].speaker != word.speaker):
            yield gathered
            gathered = []
        gathered.append(word)
    if gathered:
        yield gathered


def _stretch(words: Sequence[TimedWord], names: _Names) -> dict[str, Any]:
    return {
        "text": joined(list(words)),
        "start": words[0].start_ms,
        "end": words[-1].end_ms,
        "confidence": _mean(words),
        "speaker": names[words[0].speaker],
        "words": _words(words, names),
    }


def _words(words: Sequence[TimedWord], names: _Names) -> list[dict[str, Any]]:
    return [
        {
            "text": word.text,
            "start": word.start_ms,
            "end": word.end_ms,
            "confidence": word.confidence or 0.0,  # their client wants a number: nobody vouches for what people wrote
            "speaker": names[word.speaker],
        }
        for word in words
    ]


def _mean(words: Sequence[TimedWord]) -> float:
    known = [word.confidence for word in words if word.confidence is not None]
    return sum(known) / len(known) if known else 0.0
