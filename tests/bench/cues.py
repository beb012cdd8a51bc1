"""Subtitles in eight scripts: rules of the `netflix` profile broken, words lost, files that a parser refuses.

`python -m tests.bench.cues` prints the table alone and exits with 1 if a goal is missed.
"""

from __future__ import annotations

import html
import io
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

import av
import pysrt
import srt
import webvtt

from aisubs.formats import render_all, shape
from aisubs.formats.cue import Cue
from aisubs.formats.violations import INVALID, violations
from aisubs.model.transcript import Transcript
from tests.bench.__main__ import Row
from tests.bench.made_speech import TONGUES, Tongue, transcript

SENTENCES = 400
SEEDS = (1, 2, 3)
MS_PER_1000_WORDS = 150


def rows() -> list[Row]:
    made = [(tongue, transcript(tongue, SENTENCES, seed)) for tongue in TONGUES for seed in SEEDS]
    found: list[Row] = []
    lost = invalid = files = 0
    for tongue in TONGUES:
        scripts = [item for of, item in made if of is tongue]
        found.append(_broken_rules(tongue, scripts))
        for item in scripts:
            missing, refused, tried = _read_back(item)
            lost += missing
            invalid += refused
            files += tried
    words = sum(len(segment.words) for _, item in made for segment in item.segments)
    found.append((f"words lost or moved, of {words}", str(lost), "0", lost == 0))
    found.append((f"invalid files, of {files} readings", str(invalid), "0", invalid == 0))
    found.append(_pace())
    return found


def _broken_rules(tongue: Tongue, scripts: list[Transcript]) -> Row:
    rules: Counter[str] = Counter()
    cues = untouched = of_segments = 0
    invalid = 0
    for item in scripts:
        shaped = shape(item)
        broken = violations(shaped, "netflix", tongue.language)
        rules.update(found.rule.value for found in broken)
        invalid += sum(found.rule in INVALID for found in broken)
        cues += len(shaped)
        raw = shape(item, "plain")
        of_segments += len(violations(raw, "netflix", tongue.language))
        untouched += len(raw)
    detail = ", ".join(f"{rule} {1000 * count // cues}" for rule, count in rules.most_common(3)) or "none"
    total = f"{1000 * sum(rules.values()) // cues} ({detail})"
    name = f"broken rules per 1000 cues, {tongue.language} ({tongue.script})"
    return (name, total, f"report; unshaped {1000 * of_segments // untouched}; 0 invalid", invalid == 0)


def _read_back(item: Transcript) -> tuple[int, int, int]:
    """(words lost or moved, files refused or misread, files read) over every subtitle format and parser."""
    cues = shape(item, labels=False)
    spaced = item.language in {tongue.language for tongue in TONGUES if tongue.spaced}
    said = _pieces("".join(segment.text for segment in item.segments), spaced)
    data = {
        **render_all(item, ["srt", "vtt", "ass"], speakers=False),
        "crlf": render_all(item, ["srt"], speakers=False, crlf=True, bom=True)["srt"],
    }
    lost = refused = tried = 0
    for name, parse in _PARSERS:
        tried += 1
        source = data[name.split()[0]]
        try:
            parsed = list(parse(source))
        except Exception as problem:  # noqa: BLE001 - a parser refuses in its own way
            print(f"  {name}: {item.language}: {problem!r}", file=sys.stderr)
            refused += 1
            continue
        refused += not _agree(parsed, cues, precision_ms=10 if name.startswith("ass") else 1)
        lost += _missing(said, _pieces("\n".join(text for *_, text in parsed), spaced))
    return lost, refused, tried


def _agree(parsed: list[tuple[int, int, str]], cues: list[Cue], precision_ms: int) -> bool:
    """Whether the parser found the very cues, and each with a length."""
    return len(parsed) == len(cues) and all(
        start // precision_ms == cue.start_ms // precision_ms
        and end // precision_ms == cue.end_ms // precision_ms
        and start < end
        for (start, end, _), cue in zip(parsed, cues, strict=True)
    )


def _missing(said: list[str], read: list[str]) -> int:
    if said == read:
        return 0
    difference = Counter(said)
    difference.subtract(Counter(read))
    return max(1, sum(map(abs, difference.values())))


def _pieces(text: str, spaced: bool) -> list[str]:
    """The words of `text`, or its characters where no space parts words; without the dashes of a dialogue."""
    bare = re.sub("^- ", "", text, flags=re.MULTILINE)
    return bare.split() if spaced else list("".join(bare.split()))


def _srt(data: bytes) -> Iterator[tuple[int, int, str]]:
    for item in srt.parse(data.decode("utf-8-sig").replace("\r\n", "\n")):
        yield round(item.start.total_seconds() * 1000), round(item.end.total_seconds() * 1000), item.content


def _pysrt(data: bytes) -> Iterator[tuple[int, int, str]]:
    for item in pysrt.from_string(data.decode("utf-8-sig")):
        yield item.start.ordinal, item.end.ordinal, item.text


def _webvtt(data: bytes) -> Iterator[tuple[int, int, str]]:
    for item in webvtt.from_string(data.decode()):
        yield _clock_ms(item.start), _clock_ms(item.end), html.unescape(item.raw_text)


def _ffmpeg(container: str) -> Callable[[bytes], Iterator[tuple[int, int, str]]]:
    def parse(data: bytes) -> Iterator[tuple[int, int, str]]:
        with av.open(io.BytesIO(data), format=container) as opened:
            for packet in opened.demux():
                if packet.size and packet.pts is not None:
                    start = int(packet.pts * packet.time_base * 1000)
                    text = bytes(packet).decode()
                    if container == "ass":
                        text = text.split(",", 8)[8].replace(r"\N", "\n")
                    yield start, start + int(packet.duration * packet.time_base * 1000), html.unescape(text)

    return parse


_PARSERS: tuple[tuple[str, Callable[[bytes], Iterator[tuple[int, int, str]]]], ...] = (
    ("srt", _srt),
    ("srt pysrt", _pysrt),
    ("srt ffmpeg", _ffmpeg("srt")),
    ("crlf", _srt),
    ("crlf pysrt", _pysrt),
    ("crlf ffmpeg", _ffmpeg("srt")),
    ("vtt", _webvtt),
    ("vtt ffmpeg", _ffmpeg("webvtt")),
    ("ass ffmpeg", _ffmpeg("ass")),
)


def _clock_ms(text: str) -> int:
    hours, minutes, seconds, milliseconds = map(int, re.split(r"[:.]", text))
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds


def _pace() -> Row:
    """How long shaping takes; processor time, so that neighbours on the machine do not count."""
    item = transcript(TONGUES[0], 3_000, 4)
    words = sum(len(segment.words) for segment in item.segments)
    started = time.process_time()
    shape(item)
    spent_ms = (time.process_time() - started) * 1_000_000 / words
    goal = f"<= {MS_PER_1000_WORDS} ms"
    return (f"shaping 1000 words, of {words}", f"{spent_ms:.0f} ms", goal, spent_ms <= MS_PER_1000_WORDS)


def main() -> int:
    table = rows()
    print("name | measured | goal | ok")
    for name, measured, goal, holds in table:
        print(f"{name} | {measured} | {goal} | {'ok' if holds else 'MISS'}")
    return 0 if all(holds for *_, holds in table) else 1


if __name__ == "__main__":
    sys.exit(main())
