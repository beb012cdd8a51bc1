"""Subtitle files read back by parsers that are not ours: (start_ms, end_ms, text without tags) of each cue."""

from __future__ import annotations

import html
import io
import re
import xml.etree.ElementTree as ElementTree
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import srt
import webvtt
from ttconv.imsc import reader
from ttconv.model import Br, ContentDocument, ContentElement, P, Text

Read = list[tuple[int, int, str]]

_TAGS = re.compile(r"</?(?:i|lang|v)(?: [^>]*)?>")
_OVERRIDES = re.compile(r"\{\\(?:an\d|i[01])\}")


def read_srt(data: bytes) -> Read:
    moment = timedelta(milliseconds=1)
    return [
        (cue.start // moment, cue.end // moment, _TAGS.sub("", _OVERRIDES.sub("", cue.content)))
        for cue in srt.parse(data.decode())
    ]


def read_vtt(data: bytes) -> Read:
    cues = webvtt.from_string(data.decode())
    return [(_ms(cue.start), _ms(cue.end), html.unescape(_TAGS.sub("", cue.raw_text))) for cue in cues]


def read_sbv(data: bytes) -> Read:
    with TemporaryDirectory() as folder:
        file = Path(folder, "talk.sbv")
        file.write_bytes(data)
        return [(_ms(cue.start), _ms(cue.end), cue.raw_text) for cue in webvtt.from_sbv(str(file))]


def read_ass(data: bytes) -> Read:
    """By FFmpeg. Times are hundredths."""
    found = []
    with av.open(io.BytesIO(data), format="ass") as opened:
        for packet in opened.demux():
            if text := bytes(packet).decode():
                times = (int(packet.pts * packet.time_base * 1000), int(packet.duration * packet.time_base * 1000))
                found.append((times[0], sum(times), _OVERRIDES.sub("", text.split(",", 8)[8]).replace(r"\N", "\n")))
    return found


def read_lrc(data: bytes) -> list[tuple[int, str]]:
    """By FFmpeg: when each line appears (ms); the empty ones clear the display."""
    with av.open(io.BytesIO(data), format="lrc") as opened:
        packets = [packet for packet in opened.demux() if packet.pts is not None]
        return [(int(one.pts * one.time_base * 1000), bytes(one).decode().removesuffix("\n")) for one in packets]


def read_ttml(data: bytes) -> Read:
    """By the reference implementation of IMSC."""
    document = reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(data)))
    assert document is not None
    return [
        (_whole(paragraph.get_begin()), _whole(paragraph.get_end()), _text(paragraph))
        for paragraph in paragraphs_of(document)
    ]


def paragraphs_of(document: ContentDocument) -> list[P]:
    body = document.get_body()
    return [one for one in body.dfs_iterator() if isinstance(one, P)] if body else []


def _text(element: ContentElement) -> str:
    parts = element.dfs_iterator()
    return "".join("\n" if isinstance(one, Br) else one.get_text() for one in parts if isinstance(one, Br | Text))


def _whole(seconds: Fraction | None) -> int:
    """None: the beginning."""
    return int((seconds or 0) * 1000)


def _ms(text: str) -> int:
    hours, minutes, seconds, ms = map(int, re.split(r"[:.]", text))
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms


READERS = {"srt": read_srt, "vtt": read_vtt, "sbv": read_sbv, "ass": read_ass, "ttml": read_ttml}
