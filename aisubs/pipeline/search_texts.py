"""Find words in all texts that a holder has, and show where they were said."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any

from aisubs.model.folding import Question, places_of
from aisubs.model.job import Job
from aisubs.model.transcript import Segment, segments_from_json
from aisubs.pipeline.jobs import Holder, Jobs

INDEXED_FIRST = 20
"""Texts of the holder that are indexed before a search at most; the sweep does the rest."""

_AROUND_CHARS = 90
"""How much of a passage is shown before and behind the first word found."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a text. `ranges` are [start, end) of what was asked for, in UTF-16 code units of `text`."""

    start_ms: int
    text: str
    ranges: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A job with its first hits; `count` is of all its passages that answer."""

    job: Job
    count: int
    hits: list[Hit]


def search_texts(
    asked: str, holder: Holder, *, jobs: Jobs, job_id: str | None, page: int, per_page: int, hits_per_job: int
) -> tuple[int, list[FoundJob]]:
    """How many jobs there are, and those of this page, the newest first. A text saved a moment ago is found."""
    question = Question.of(asked)
    if not question.terms:
        return 0, []
    jobs.index_texts(INDEXED_FIRST, holder)
    rows = jobs.search_texts(holder, list(question.terms), question.prefix, job_id, page, per_page, hits_per_job)
    listed = jobs.list_jobs(holder, 1, per_page, {"ids": [row["job_id"] for row in rows]}) if rows else []
    shown = {job.job_id: job for job in map(Job.model_validate, listed)}
    found = [
        FoundJob(shown[row["job_id"]], int(row["found"]), _hits(row["hits"], question, shown[row["job_id"]]))
        for row in rows
        if row["job_id"] in shown  # deleted between the two questions
    ]
    return (int(rows[0]["total"]) if rows else 0), found


def _hits(rows: list[dict[str, Any]], question: Question, job: Job) -> list[Hit]:
    """Of a corrected text paragraphs are found, which stand on the clock of the recording already."""
    found = [_hit(row, question) for row in rows]
    if job.audio_track is None or job.revision:
        return found
    return [replace(hit, start_ms=job.audio_track.recording_ms(hit.start_ms)) for hit in found]


def _hit(row: dict[str, Any], question: Question) -> Hit:
    if "paragraph" in row:
        text, edges, starts = _of_paragraph(row["paragraph"])
    else:
        text, edges, starts = _of_segments(segments_from_json(row["segments"]))
    places = places_of(question, text)
    first = places[0][0] if places else 0
    word = bisect_right(edges, first) - 1
    start_ms = starts[word] if 0 <= word < len(starts) else int(row["start_ms"])
    left, right = _cut(text, first)
    shown = [(max(start, left), min(end, right)) for start, end in places if end > left and start < right]
    head, tail = ("… " if text[:left].strip() else ""), (" …" if text[right:].strip() else "")
    ranges = [(_units(head + text[left:start]), _units(head + text[left:end])) for start, end in shown]
    return Hit(start_ms, f"{head}{text[left:right]}{tail}", ranges)


def _of_paragraph(said: dict[str, Any]) -> tuple[str, list[int], list[int]]:
    """Text, and of each word its first character and its start in ms. Offsets count UTF-16 code units."""
    text = str(said["text"])
    if text.isascii():
        return text, list(said["offsets"]), list(said["starts"])
    units, edges, index = 0, [], 0
    for offset in said["offsets"]:
        while units < offset and index < len(text):
            units += 2 if ord(text[index]) > 0xFFFF else 1
            index += 1
        edges.append(index)
    return text, edges, list(said["starts"])


def _of_segments(segments: tuple[Segment, ...]) -> tuple[str, list[int], list[int]]:
    text, edges, starts = "", [], []
    for segment in segments:
        text += "" if not text or text.endswith(" ") or segment.text.startswith(" ") else " "
        pieces = [(word.text, word.start_ms) for word in segment.words] or [(segment.text, segment.start_ms)]
        for piece, start_ms in pieces:
            edges.append(len(text) + len(piece) - len(piece.lstrip()))
            starts.append(start_ms)
            text += piece
    return text, edges, starts


def _cut(text: str, middle: int) -> tuple[int, int]:
    """A stretch around a place, from space to space where there are some."""
    left, right = max(0, middle - _AROUND_CHARS), min(len(text), middle + _AROUND_CHARS)
    if left and (space := text.find(" ", left, middle)) >= 0:
        left = space + 1
    if right < len(text) and (space := text.rfind(" ", middle, right)) > middle:
        right = space
    return left + len(text[left:right]) - len(text[left:right].lstrip()), right


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
