"""Names across recordings: how alike one voice is in two of them, and how alike two voices are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from aisubs.model.turns import SpeakerCount
from aisubs.model.voices import KnownVoice, VoicePrint, likeness
from aisubs.pipeline.speakers.know_voices import suggestions
from aisubs.ports.diarizer import Diarizer, SpeakerChunk
from tests.bench.__main__ import Row
from tests.bench.diarization_error import Spoken
from tests.real_recordings import recording
from tests.speech import SAMPLE_RATE_HZ as RATE
from tests.speech import read_audio

READERS = ("libri_1088", "libri_1688", "libri_1998", "libri_2033", "libri_2412", "austen", "jfk", "two_cities")


@dataclass(frozen=True)
class Voice:
    recording: str
    person: str
    print: VoicePrint


Listened = Mapping[str, tuple[list[SpeakerChunk], float, list[Spoken]]]
"""By recording: rows, length in seconds, and who really speaks when."""


def voice_rows(diarizer: Diarizer, dialogues: Listened) -> Iterator[Row]:
    """Of the dialogues, whose people come back in other rooms and on telephones, and of readers, some of them these."""
    listened = {**dialogues, **_readers(diarizer)}
    voices = [voice for name, told in listened.items() for voice in _voices(diarizer, name, *told)]
    same, different = _pairs(voices)
    least, middle, most = np.percentile(same, [0, 50, 100])
    told = f"{least:.2f}, {middle:.2f}, {most:.2f}"
    yield (
        "one voice in two recordings: likeness, least, median, most",
        told,
        f"median >= {diarizer.alike}",
        middle >= diarizer.alike,
    )
    middle, high, most = np.percentile(different, [50, 95, 100])
    told = f"{middle:.2f}, {high:.2f}, {most:.2f}"
    yield ("two voices: likeness, median, 95 %, most", told, f"95 % < {diarizer.alike}", bool(high < diarizer.alike))
    right, could, wrong, asked = _suggested(diarizer, voices)
    yield (
        "names across recordings: whoever is known is suggested",
        f"{right} of {could}",
        ">= 90 %",
        right >= 0.9 * could,
    )
    yield (
        "names across recordings: somebody else is suggested",
        f"{wrong} of {asked}",
        "<= 1 %",
        wrong <= 0.01 * asked,
    )


def _voices(
    diarizer: Diarizer, name: str, rows: list[SpeakerChunk], length_s: float, spoken: list[Spoken]
) -> Iterator[Voice]:
    """As the diarizer tells the speakers apart; each is the person with whom most time is shared."""
    spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for turn in diarizer.decide(rows, round(length_s * 1000), SpeakerCount()):
        spans[str(turn.speaker)].append((turn.start_ms, turn.end_ms))
    for speaker, print_ in diarizer.voices(rows, spans).items():
        shared: Counter[str] = Counter()
        for begin_s, end_s, person in spoken:
            for start_ms, stop_ms in spans[speaker]:
                shared[str(person)] += max(0, min(round(end_s * 1000), stop_ms) - max(round(begin_s * 1000), start_ms))
        yield Voice(name, shared.most_common(1)[0][0], print_)


def _pairs(voices: list[Voice]) -> tuple[list[float], list[float]]:
    """Likeness of single prints of different recordings: of one person, and of two."""
    same, different = [], []
    for one, other in combinations(voices, 2):
        if one.recording != other.recording:
            (same if one.person == other.person else different).append(likeness(one.print, [other.print]) or 0.0)
    return same, different


def _suggested(diarizer: Diarizer, voices: list[Voice]) -> tuple[int, int, int, int]:
    """Each recording in turn is new, and all others are known: right ones of how many that could be, wrong ones of how
    many speakers. And once more with everybody known but those who are in it: whatever is suggested then is wrong."""
    right = could = wrong = asked = 0
    for name in {voice.recording for voice in voices}:
        new = {str(number): voice for number, voice in enumerate(voices) if voice.recording == name}
        others = [voice for voice in voices if voice.recording != name]
        here = {voice.person for voice in new.values()}
        for known in (others, [voice for voice in others if voice.person not in here]):
            told = [KnownVoice(voice.person, voice.person, voice.print) for voice in known]
            found = suggestions({speaker: voice.print for speaker, voice in new.items()}, told, diarizer.alike)
            people = {voice.person for voice in known}
            right += sum(new[speaker].person == person for speaker, (person, _) in found.items())
            wrong += sum(new[speaker].person != person for speaker, (person, _) in found.items())
            could += sum(voice.person in people for voice in new.values())
            asked += len(new)
    return right, could, wrong, asked


def _readers(diarizer: Diarizer) -> Listened:
    folder = recording("read/refs.tsv").parent
    told = {}
    for name in READERS:
        samples = np.concatenate([read_audio(file) for file in sorted(folder.glob(f"{name}*.flac"))])
        length_s = len(samples) / RATE
        told[name] = list(diarizer.listen([samples])), length_s, [(0.0, length_s, name.removeprefix("libri_"))]
    return told
