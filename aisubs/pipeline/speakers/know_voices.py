"""Names across recordings: the voices of a job are kept, and compared with those that its owner has named before.

Only for owners who opted in; for all others nothing is even computed. A voice is suggested to one speaker at most, and
a speaker resembles one voice at most: the likest first. People say whether it is so (docs/security.md).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from aisubs.formats.columnar import columns_of
from aisubs.model.document import Document
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Transcript
from aisubs.model.voices import JobVoice, KnownVoice, VoicePrint, likeness
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.jobs import Claim, Holder, Jobs
from aisubs.pipeline.speakers.decide_speakers import all_chunks, fault_of_diarizer
from aisubs.ports import Decider, SpeakerChunk, SpokenSpans

log = logging.getLogger(__name__)


def know_voices(
    claim: Claim, transcript: Transcript, *, jobs: Jobs, decider: Decider, lease: Lease, lenient: bool
) -> None:
    """Save the voices of a claimed job whose speakers are told apart. Raises `diarizer_failed`, which is only logged if
    `lenient`; `lost_lease`."""
    known = lease.insist(lambda: jobs.read_claimed_voices(claim.job_id, claim.fence))
    if known is None:
        return
    read = partial(jobs.read_claimed_speaker_chunks, claim.job_id, claim.fence)
    rows = list(all_chunks(lambda since, limit: lease.insist(lambda: read(since, limit))))
    try:
        voices = recognised(decider, rows, spans_of(columns_of(transcript)), known)
    except AisubsError as fault:
        if not lenient:
            raise
        log.warning("voices.refused", extra={"job_id": claim.job_id, "error_code": fault.code, "reason": str(fault)})
        return
    lease.insist(lambda: jobs.save_voices(claim.job_id, claim.fence, voices))
    log.info(
        "voices.known", extra={"job_id": claim.job_id, "suggested": sum(one.voice_id is not None for one in voices)}
    )


def know_anew(
    job_id: str,
    holder: Holder,
    read: Callable[[], Document],
    rows: Sequence[SpeakerChunk],
    *,
    jobs: Jobs,
    decider: Decider,
) -> None:
    """The same once the speakers of a finished job were decided anew; `read` is asked for its text where it is needed.
    Raises `diarizer_failed`."""
    known = jobs.read_known_voices(job_id, holder)
    if known is not None:
        jobs.replace_voices(job_id, holder, recognised(decider, rows, spans_of(read()), known))


def spans_of(document: Document) -> dict[str, list[tuple[int, int]]]:
    """By the labels of the speakers, when each of their words is said, [start_ms, end_ms)."""
    spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for paragraph in document.paragraphs:
        if paragraph.speaker:
            words = zip(paragraph.starts, paragraph.durations, strict=True)
            spans[paragraph.speaker] += [(start_ms, start_ms + length_ms) for start_ms, length_ms in words]
    return dict(spans)


def recognised(
    decider: Decider, rows: Sequence[SpeakerChunk], spoken: SpokenSpans, known: Sequence[KnownVoice]
) -> list[JobVoice]:
    """The voices of the speakers, with whom each resembles. Raises `diarizer_failed`, whatever it was."""
    try:
        prints = decider.voices(rows, spoken)
    except Exception as fault:
        raise fault_of_diarizer(fault) from fault
    found = suggestions(prints, known, decider.alike)
    return [JobVoice(speaker, print_, *found.get(speaker, (None, None))) for speaker, print_ in prints.items()]


def suggestions(
    prints: Mapping[str, VoicePrint], known: Sequence[KnownVoice], alike: float
) -> dict[str, tuple[str, float]]:
    """By speaker {voice_id, similarity} of whom they resemble at least `alike`."""
    of_voice: defaultdict[str, list[VoicePrint]] = defaultdict(list)
    for voice in known:
        of_voice[voice.voice_id].append(voice.print)
    pairs = [
        (similarity, speaker, voice_id)
        for speaker, print_ in prints.items()
        for voice_id, others in of_voice.items()
        if (similarity := likeness(print_, others)) is not None and similarity >= alike
    ]
    found: dict[str, tuple[str, float]] = {}
    for similarity, speaker, voice_id in sorted(pairs, reverse=True):
        if speaker not in found and voice_id not in (taken for taken, _ in found.values()):
            found[speaker] = voice_id, round(similarity, 3)
    return found
