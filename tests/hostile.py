"""Files that a hostile or unlucky user uploads, made from a healthy one or from nothing. `python -m tests.hostile DIR`.

Each function returns bytes, so that a test can put them behind any reader. Nothing here needs the network.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

HLS_HEADER = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n"


def concat_script(target: str) -> bytes:
    """A script that makes FFmpeg's concat demuxer open `target`, a path."""
    return f"ffconcat version 1.0\nfile '{target}'\n".encode()


def hls_playlist(url: str) -> bytes:
    """A playlist whose only segment is `url` (http:// or file://)."""
    return f"{HLS_HEADER}{url}\n#EXT-X-ENDLIST\n".encode()


def polyglot(url: str, media: bytes) -> bytes:
    """A playlist and, behind it, a healthy recording: whoever trusts the first bytes reads one, else the other."""
    return hls_playlist(url) + b"\0" * 64 + media


def random_bytes(length: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(length)


def plain_text() -> bytes:
    return ("Dear diary, this is not a film. " * 400).encode()


def truncations(media: bytes) -> Iterator[tuple[int, bytes]]:
    """(percent that is left, bytes) for 10, 20, … 90."""
    for percent in range(10, 100, 10):
        yield percent, media[: len(media) * percent // 100]


def flipped(media: bytes, seed: int, count: int = 20) -> bytes:
    """The same file with `count` bytes changed, anywhere."""
    chance = random.Random(seed)
    damaged = bytearray(media)
    for _ in range(count):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def with_hole(media: bytes, start_share: float, end_share: float) -> bytes:
    """The same file with a stretch overwritten by zeros."""
    start, end = int(len(media) * start_share), int(len(media) * end_share)
    return media[:start] + bytes(end - start) + media[end:]


def mp4_with_tracks(m4a: bytes, tracks: int) -> bytes:
    """An mp4 whose index lists its one track `tracks` times. `m4a` has its index (moov) at the end."""
    moov = m4a.rindex(b"moov") - 4
    trak = m4a.index(b"trak", moov) - 4
    track = m4a[trak : trak + struct.unpack_from(">I", m4a, trak)[0]]
    body = m4a[moov + 8 : trak] + track * tracks
    return m4a[:moov] + struct.pack(">I4s", 8 + len(body), b"moov") + body


def mp4_claiming_samples(m4a: bytes, samples: int) -> bytes:
    """An mp4 of the same size whose index claims `samples` samples: FFmpeg would allocate 36 bytes for each."""
    bomb = bytearray(m4a)
    struct.pack_into(">III", bomb, bomb.index(b"stsz") + 4, 0, 1, samples)
    struct.pack_into(">IIII", bomb, bomb.index(b"stsc") + 8, 1, 1, samples, 1)
    struct.pack_into(">III", bomb, bomb.index(b"stts") + 8, 1, samples, 1024)
    return bytes(bomb)


def mp4_claiming_duration(m4a: bytes, hours: float) -> bytes:
    """An mp4 whose movie, track and media headers (version 0) all claim to last `hours`."""
    liar = bytearray(m4a)
    for kind, scale_at, duration_at in ((b"mvhd", 16, 20), (b"mdhd", 16, 20)):
        box = liar.index(kind) - 4
        scale = struct.unpack_from(">I", liar, box + scale_at + 4)[0]
        struct.pack_into(">I", liar, box + duration_at + 4, min(int(hours * 3600 * scale), 0xFFFFFFFE))
    return bytes(liar)


def wav_claiming(wav: bytes, data_bytes: int) -> bytes:
    """A wav whose RIFF and data chunks claim `data_bytes`; writers to a pipe leave 0xFFFFFFFF there."""
    liar = bytearray(wav)
    struct.pack_into("<I", liar, 4, min(data_bytes + 36, 0xFFFFFFFF))
    struct.pack_into("<I", liar, liar.index(b"data") + 4, data_bytes)
    return bytes(liar)


def wav_with_format(sample_rate: int, channels: int, data_bytes: int = 400_000) -> bytes:
    """A well-formed 16 bit wav of silence at any rate and channel count."""
    align = channels * 2 & 0xFFFF
    header = struct.pack("<HHIIHH", 1, channels, sample_rate, min(sample_rate * align, 0xFFFFFFFF), align, 16)
    fmt = b"fmt " + struct.pack("<I", len(header)) + header
    data = b"data" + struct.pack("<I", data_bytes) + bytes(data_bytes)
    return b"RIFF" + struct.pack("<I", 4 + len(fmt) + len(data)) + b"WAVE" + fmt + data


def flac_without_length(flac: bytes) -> bytes:
    """A flac that does not say how long it is (STREAMINFO total samples = 0), as live encoders write it."""
    shy = bytearray(flac)
    shy[21] &= 0xF0
    shy[22:26] = bytes(4)
    return bytes(shy)


def matroska_claiming_duration(webm: bytes, ms: float) -> bytes:
    """A Matroska file whose Duration (a float64 of milliseconds) is replaced."""
    liar = bytearray(webm)
    at = liar.index(b"\x44\x89\x88") + 3
    struct.pack_into(">d", liar, at, ms)
    return bytes(liar)


def main(folder: Path) -> None:
    """Write the files that need no healthy one, for trying them elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "concat.mp3": concat_script("/etc/hostname"),
        "hls-http.mp4": hls_playlist("http://127.0.0.1:9/secret.ts"),
        "hls-file.mp4": hls_playlist("file:///etc/hostname"),
        "random.mp3": random_bytes(200_000, 1),
        "text.mp4": plain_text(),
        "empty.wav": b"",
        "one-hertz.wav": wav_with_format(1, 1),
        "channels.wav": wav_with_format(48_000, 65_535),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        print(f"{len(data):>9} {folder / name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
