"""The pipeline's own clustering, on what was kept of the chunks."""

from __future__ import annotations

from typing import Any

import numpy as np

from aisubs.adapters.diarizer.chunked.evidence import Evidence
from aisubs.adapters.diarizer.chunked.grid import CHUNK_SAMPLES, HOP_SAMPLES, POWERSET, VOICES, Array
from aisubs.model.turns import SpeakerCount
from aisubs.ports.engine import SAMPLES_PER_SECOND


def speakers_of(evidence: Evidence, count: SpeakerCount, clustering: Any) -> Array:
    """Speaker 0 … of each print, (prints,); negative: the clustering gave it to nobody.

    `clustering` takes (chunks, 3, dimensions) of float32, not a number where there is no print, and who speaks in each
    frame, (chunks, 589, 3).
    """
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    chunk_of = np.repeat(np.arange(evidence.chunks), np.diff(evidence.first_print))
    embeddings = np.full((evidence.chunks, VOICES, evidence.prints.shape[1]), np.nan, np.float32)
    embeddings[chunk_of, evidence.voices] = evidence.prints
    every = SlidingWindow(duration=CHUNK_SAMPLES / SAMPLES_PER_SECOND, step=HOP_SAMPLES / SAMPLES_PER_SECOND)
    speaking = SlidingWindowFeature(POWERSET[evidence.classes].astype(np.float32), every)
    least = count.number or count.least or 1
    most = count.number or count.most or np.inf
    hard, _, _ = clustering(
        embeddings=embeddings,
        segmentations=speaking,
        num_clusters=least if least == most else None,
        min_clusters=least,
        max_clusters=most,
    )
    found: Array = np.asarray(hard)[chunk_of, evidence.voices].astype(int)
    return found
