"""What telephones leave out and what people join with `cat` is no damage: all of it is decoded, at its time."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from aisubs.media.dtx import speech_or_silence
from tests.media_files import content, decoded, muxed, speech, speech_file, windows_of
from tests.speech import SAMPLE_RATE_HZ, Samples

pytestmark = pytest.mark.slow

RATE = SAMPLE_RATE_HZ


def with_pauses() -> Samples:
    """Three stretches of speech, the pauses between them digital silence."""
    return np.concatenate([speech(6), np.zeros(4 * RATE, np.float32), speech(6), np.zeros(3 * RATE, np.float32)])


def amr_packets(samples: Samples) -> list[bytes]:
    """What a telephone sends of it, with silence suppression."""
    narrow = av.AudioResampler(format="s16", layout="mono", rate=8_000)
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
    frame.sample_rate = RATE
    encoder = av.AudioCodecContext.create("libopencore_amrnb", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = 8_000, "mono", "s16", 12_200
    encoder.options = {"dtx": "1"}
    packets = [bytes(packet) for part in (*narrow.resample(frame), None) for packet in encoder.encode(part)]
    assert {8, 15} <= {packet[0] >> 3 & 15 for packet in packets}, "the encoder has suppressed silence"
    return packets


def amr(samples: Samples, container: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream("libopencore_amrnb", rate=8_000, layout="mono")
        stream.bit_rate = 12_200
        for number, data in enumerate(amr_packets(samples)):
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, 8_000)
            packet.pts = packet.dts = 160 * number
            packet.duration = 160
            output.mux(packet)
    return file.getvalue()


@pytest.mark.parametrize("container", ["amr", "3gp"])
def test_silence_that_a_telephone_did_not_send_is_no_damage(container: str) -> None:
    samples = with_pauses()
    heard = decoded(amr(samples, container))
    assert abs(len(heard.samples) - len(samples)) < RATE // 10
    assert heard.holes == []
    assert not heard.samples[8 * RATE : 9 * RATE].any()
    assert np.corrcoef(np.abs(heard.samples[: len(samples) - RATE]), np.abs(samples[:-RATE]))[0, 1] > 0.5
    assert np.abs(heard.samples[10 * RATE : 16 * RATE]).mean() > 0.5 * np.abs(heard.samples[: 6 * RATE]).mean()


def test_a_packet_of_many_frames_keeps_the_speech_between_suppressed_ones() -> None:
    decoder = av.AudioCodecContext.create("amrnb", "r")
    decoder.sample_rate, decoder.layout = 8_000, "mono"
    decoder.open()
    speaks, hint, nothing = amr_packets(with_pauses())[20], b"\x44" + bytes(5), b"\x7c"
    packet = av.Packet(nothing + speaks + speaks + hint + speaks)
    packet.pts, packet.time_base = 1_600, Fraction(1, 8_000)
    parts = list(speech_or_silence(decoder, packet))
    assert [bytes(part) if isinstance(part, av.Packet) else "silence" for part in parts] == [
        "silence", speaks, speaks, "silence", speaks,
    ]  # fmt: skip
    assert [part.pts for part in parts if part is not None] == [1_600 + 160 * number for number in range(5)]


def test_joined_mp3s_are_one_recording_although_the_first_counts_only_itself() -> None:
    """Each has a Xing header; FFmpeg makes a duration of the first one and of the size of the whole."""
    first, second = speech_file(".mp3", 20), speech_file(".mp3", 30, 48_000, "stereo")
    heard = decoded(first + second)
    assert heard.holes == []
    assert abs(len(heard.samples) - 50 * RATE) < RATE // 5
    assert np.array_equal(heard.samples[: 19 * RATE], decoded(first).samples[: 19 * RATE])


@pytest.mark.parametrize("tags", [b"TAG" + bytes(125), b"APETAGEX" + bytes((208, 7, 0, 0, 200, 31)) + bytes(8_010)])
def test_tags_at_the_end_of_an_mp3_are_no_second_one(tags: bytes) -> None:
    """Else a cut would not be noticed."""
    data = speech_file(".mp3", 20)
    assert len(decoded(data + tags).samples) == 20 * RATE


JOINED = [
    ".wav",
    ".flac",
    ".m4a",
    ".mp4",
    ".webm",
    ".mkv",
    ".opus",
    ".ogg",
    ".aac",
    ".flv",
    ".caf",
    ".tta",
    ".ac3",
    ".ts",
]
ENCODED = {
    ".ogg": ("ogg", "flac"),
    ".aac": ("adts", "aac"),
    ".flv": ("flv", "libmp3lame"),
    ".caf": ("caf", "pcm_s16be"),
    ".tta": ("tta", "tta"),
    ".ac3": ("ac3", "ac3"),
    ".ts": ("mpegts", "aac"),
}


def encoded(suffix: str, seconds: float, rate: int, layout: str = "mono", **options: str) -> bytes:
    if suffix not in ENCODED:
        return speech_file(suffix, seconds, rate, layout)
    container_name, codec = ENCODED[suffix]
    return muxed(container_name, codec, rate, seconds, layout=layout, options=options)


@pytest.mark.parametrize("suffix", JOINED)
@pytest.mark.parametrize("alike", [True, False], ids=["alike", "of another rate and layout"])
def test_joined_files_are_one_recording(suffix: str, alike: bool) -> None:
    """FFmpeg reads the first one of most formats, and says nothing about the rest."""
    rate = 48_000 if suffix in (".opus", ".webm", ".ac3") else 44_100
    first = encoded(suffix, 6, rate)
    second = encoded(suffix, 9, rate) if alike else encoded(suffix, 9, 48_000 if rate == 48_000 else 22_050, "stereo")
    heard = decoded(first + second)
    assert heard.holes == []
    assert len(heard.samples) / RATE == pytest.approx(15, abs=0.3)
    alone = decoded(first).samples
    assert np.array_equal(heard.samples[: 5 * RATE], alone[: 5 * RATE])
    assert np.abs(heard.samples[7 * RATE :]).mean() == pytest.approx(np.abs(speech(9)).mean(), rel=0.4)


def test_windows_of_joined_files_resume() -> None:
    data = b"".join(encoded(".flac", seconds, rate) for seconds, rate in ((35, 16_000), (40, 22_050), (45, 44_100)))
    windows = windows_of(data)
    assert windows[-1].end_ms == pytest.approx(120_000, abs=100)
    for index, window in enumerate(windows):
        rest = windows_of(data, resume=window.resume)
        assert [content(one) for one in rest] == [content(one) for one in windows[index + 1 :]]


def test_a_cut_file_before_another_one_leaves_a_hole_of_what_it_promised() -> None:
    first = speech_file(".flac", 20)
    heard = decoded(first[: len(first) // 2] + speech_file(".flac", 10))
    assert len(heard.samples) / RATE == pytest.approx(30, abs=0.1)
    ((start, end),) = heard.holes
    assert 7 < start / RATE < 13
    assert end == 20 * RATE


@pytest.mark.parametrize("seconds", [6, 30])
@pytest.mark.parametrize("option", ["mpegts_start_pid", "mpegts_service_id"])
def test_a_transport_stream_goes_on_in_streams_that_its_header_did_not_announce(option: str, seconds: int) -> None:
    """PyAV 18 raises an IndexError at its end, or ends without a word."""
    other = {"mpegts_start_pid": "0x200"}
    if option == "mpegts_service_id":
        other |= {"mpegts_service_id": "5", "mpegts_pmt_start_pid": "0x1010"}
    heard = decoded(encoded(".ts", seconds, 44_100) + encoded(".ts", 9, 44_100, **other))
    assert heard.holes == []
    assert len(heard.samples) / RATE == pytest.approx(seconds + 9, abs=0.3)


@pytest.mark.parametrize("claims", [36, 100_000, 0])
@pytest.mark.parametrize("riff_too", [True, False])
def test_a_wav_whose_recorder_never_finished_its_header_is_read_to_its_end(claims: int, riff_too: bool) -> None:
    wav = bytearray(speech_file(".wav", 20))
    struct.pack_into("<I", wav, wav.index(b"data") + 4, max(0, claims - 36))
    if riff_too:
        struct.pack_into("<I", wav, 4, claims)
    assert len(decoded(bytes(wav)).samples) / RATE == pytest.approx(20, abs=0.01)


@pytest.mark.parametrize("suffix", [".wav", ".m4a", ".mkv", ".flac", ".opus", ".mp3"])
def test_bytes_behind_a_recording_that_are_none_change_nothing(suffix: str) -> None:
    data = speech_file(suffix, 10)
    for junk in (b"TAG" + bytes(125), b"fLaC", b"RIFF", b"OggS"):
        assert len(decoded(data + junk).samples) / RATE == pytest.approx(10, abs=0.1)
