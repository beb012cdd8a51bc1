"""A bounded fuzz run: healthy files are damaged by fixed seeds and read in a child process under resource limits.

Every file must end in a complete recording or in an error of the table. What does not becomes a test.
`python -m tests.bench.fuzz FIRST COUNT` runs other seeds and says which of them failed.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from aisubs.media.blocks import BLOCK_SAMPLES
from aisubs.media.container import Limits, open_media
from aisubs.media.decode import read_blocks
from aisubs.media.source import RangeFile
from aisubs.model.errors import BadInput
from tests.bench.__main__ import Row
from tests.media_files import BytesReader, dhav, muxed
from tests.speech import long_recording, write_audio

COMMON = (".wav", ".flac", ".mp3", ".m4a", ".opus", ".webm", ".mp4", ".mkv")
RARE = {
    ".aac": ("adts", "aac", 44_100, False),
    ".ac3": ("ac3", "ac3", 48_000, False),
    ".aiff": ("aiff", "pcm_s16be", 16_000, False),
    ".amr": ("amr", "libopencore_amrnb", 8_000, False),
    ".au": ("au", "pcm_s16be", 16_000, False),
    ".avi": ("avi", "libmp3lame", 44_100, True),
    ".caf": ("caf", "alac", 44_100, False),
    ".eac3": ("eac3", "eac3", 48_000, False),
    ".flv": ("flv", "libmp3lame", 44_100, False),
    ".latm": ("latm", "aac", 44_100, False),
    ".mp2": ("mp2", "mp2", 48_000, False),
    ".mpg": ("mpeg", "mp2", 48_000, True),
    ".mxf": ("mxf", "pcm_s16le", 48_000, True),
    ".ogg": ("ogg", "flac", 44_100, False),
    ".rm": ("rm", "ac3", 44_100, False),
    ".ts": ("mpegts", "aac", 44_100, True),
    ".tta": ("tta", "tta", 16_000, False),
    ".voc": ("voc", "pcm_u8", 16_000, False),
    ".w64": ("w64", "pcm_s16le", 16_000, False),
    ".wma": ("asf", "wmav2", 44_100, False),
    ".wtv": ("wtv", "mp2", 48_000, True),
    ".wv": ("wv", "wavpack", 44_100, False),
}
"""Suffix -> container, codec, rate, and whether a picture is in it. Nothing writes DSS and APE: they are not here."""
SUFFIXES = (*COMMON, *RARE, ".dhav")
RUNS = 1_600
_SECONDS = 8
_LIMITS = Limits(max_duration_ms=600_000)
_MEMORY_BYTES = 2 << 30
_CPU_S = 300
_BATCH = 100


def rows() -> list[Row]:
    outcomes, failures = fuzz(0, RUNS)
    shown = ", ".join(f"{count} {code}" for code, count in outcomes.most_common(4))
    return [
        (f"crashes, hangs and foreign errors in {RUNS} damaged files", str(len(failures)), "0", not failures),
        ("how they ended", shown, "errors of the table", not failures),
    ]


def fuzz(first: int, count: int) -> tuple[Counter[str], list[str]]:
    """Run the seeds first … first + count - 1. Returns how they ended, and the failures in words."""
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        _write_healthy(Path(folder))
        seed = first
        while seed < first + count:
            end = min(seed + _BATCH, first + count)
            child = subprocess.run(
                [sys.executable, "-m", "tests.bench.fuzz", "--child", folder, str(seed), str(end)],
                capture_output=True,
                text=True,
                preexec_fn=_limit,
                check=False,
            )
            lines = [json.loads(line) for line in child.stdout.splitlines()]
            for line in lines:
                outcomes[line["outcome"].split(":")[0]] += 1
                if ":" in line["outcome"]:
                    failures.append(f"seed {line['seed']}: {line['outcome']}")
            if len(lines) < end - seed:
                failures.append(f"seed {seed + len(lines)}: exit {child.returncode} {child.stderr[-300:]}")
                outcomes["crash"] += 1
            seed += len(lines) + (len(lines) < end - seed)
    return outcomes, failures


def damaged(folder: Path, seed: int) -> bytes:
    """The file of a seed."""
    chance = random.Random(seed)
    media = (folder / f"healthy{SUFFIXES[seed % len(SUFFIXES)]}").read_bytes()
    for _ in range(chance.choice((1, 1, 2, 4))):
        media = chance.choice(_DAMAGES)(chance, media)
    return media


def _flip(chance: random.Random, media: bytes) -> bytes:
    out = bytearray(media)
    reach = chance.choice((64, 600, 4000, len(out)))  # headers are where the decisions are made
    for _ in range(chance.choice((1, 3, 20, 200))):
        if out:
            out[chance.randrange(min(reach, len(out)))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(out)


def _flip_end(chance: random.Random, media: bytes) -> bytes:
    return media[:-3000] + _flip(chance, media[-3000:])


def _cut(chance: random.Random, media: bytes) -> bytes:
    return media[: chance.randrange(len(media) + 1)]


def _remove(chance: random.Random, media: bytes) -> bytes:
    start = chance.randrange(len(media) + 1)
    return media[:start] + media[start + chance.choice((1, 100, 5000)) :]


def _insert(chance: random.Random, media: bytes) -> bytes:
    start = chance.randrange(len(media) + 1)
    return media[:start] + chance.randbytes(chance.choice((1, 100, 5000))) + media[start:]


def _repeat(chance: random.Random, media: bytes) -> bytes:
    start = chance.randrange(len(media) + 1)
    return media[:start] + media[max(0, start - 5000) :]


def _number(chance: random.Random, media: bytes) -> bytes:
    """Overwrite four aligned bytes with a number that sizes and counts are afraid of."""
    out = bytearray(media)
    if len(out) >= 8:
        at = chance.randrange(min(len(out) - 4, chance.choice((200, 2000, len(out)))))
        value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000000))
        out[at : at + 4] = value.to_bytes(4, chance.choice(("big", "little")))
    return bytes(out)


_DAMAGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flip, _flip, _flip_end, _cut, _remove, _insert, _repeat, _number, _number,
)  # fmt: skip


def outcome(media: bytes) -> str:
    """`complete`, a code of the table, or what went wrong behind a colon."""
    file = RangeFile(BytesReader(media), read_ahead=True)
    try:
        opened = open_media(file, _LIMITS)
        try:
            position = short = 0
            for block in read_blocks(opened, file, _LIMITS):
                if block.start != position or short:
                    return f"wrong: block at {block.start} after {position}"
                position += len(block.samples)
                short = len(block.samples) < BLOCK_SAMPLES
            return "complete" if short and position else f"wrong: {position} samples"
        finally:
            opened.container.close()
    except BadInput as failure:
        return failure.code
    except Exception as failure:  # noqa: BLE001 - a foreign error is what this run looks for
        return f"foreign: {failure!r}"
    finally:
        file.close()


def _write_healthy(folder: Path) -> None:
    recording = long_recording(20, seed=3)
    for suffix in COMMON:
        write_audio(recording.blocks(), folder / f"healthy{suffix}")
    for suffix, (container, codec, rate_hz, with_picture) in RARE.items():
        data = muxed(container, codec, rate_hz, _SECONDS, with_picture=with_picture)
        (folder / f"healthy{suffix}").write_bytes(data)
    (folder / "healthy.dhav").write_bytes(dhav(_SECONDS))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(folder: Path, first: int, end: int) -> None:
    for seed in range(first, end):
        print(json.dumps({"seed": seed, "outcome": outcome(damaged(folder, seed))}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        _child(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        totals, found = fuzz(int(sys.argv[1]), int(sys.argv[2]))
        print(dict(totals))
        print("\n".join(found) or "no failures")
        sys.exit(bool(found))
