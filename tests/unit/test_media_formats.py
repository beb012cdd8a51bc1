"""Rarer containers: read where FFmpeg reads them safely, else told to be unsupported, and never to be damaged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from aisubs.media.container import Limits
from aisubs.media.probe import probe
from aisubs.model.errors import BadInput
from tests.media_files import BytesReader, decoded, dhav, muxed, speech
from tests.speech import SAMPLE_RATE_HZ

RATE = SAMPLE_RATE_HZ
SECONDS = 10


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("voc", lambda: muxed("voc", "pcm_u8", 16_000, SECONDS)),
        ("wtv", lambda: muxed("wtv", "mp2", 48_000, SECONDS, with_picture=True)),
        ("rm", lambda: muxed("rm", "ac3", 44_100, SECONDS)),
        ("mxf", lambda: muxed("mxf", "pcm_s16le", 48_000, SECONDS, with_picture=True)),
        ("dhav", lambda: dhav(SECONDS)),
    ],
)
def test_rarer_containers_are_read(name: str, data: Callable[[], bytes]) -> None:
    heard = decoded(data())
    assert len(heard.samples) / RATE == pytest.approx(SECONDS, abs=0.2)
    assert heard.holes == []
    assert np.abs(heard.samples).mean() == pytest.approx(np.abs(speech(SECONDS)).mean(), rel=0.3)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("NUT", lambda: muxed("nut", "pcm_s16le", 16_000, SECONDS)),
        ("SoX", lambda: muxed("sox", "pcm_s32le", 16_000, SECONDS)),
        ("MIDI", lambda: b"MThd" + bytes(2000)),
        ("TAK", lambda: b"tBaK" + bytes(2000)),
        ("Audible (AAX)", lambda: b"\0\0\0\x24ftypaax \0\0\0\0" + bytes(2000)),
    ],
)
def test_what_is_not_supported_is_told_by_its_name(kind: str, data: Callable[[], bytes]) -> None:
    with pytest.raises(BadInput, match="not supported") as caught:
        probe(BytesReader(data()), Limits())
    assert caught.value.code == "not_supported"
    assert kind in caught.value.sentence
