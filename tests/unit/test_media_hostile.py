"""Hostile and unlucky files end in an error of the table or in a complete result; nothing else is ever opened."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

import av
import pytest

from aisubs.media import boxes, one_track
from aisubs.media.front import AudioWindow, Limits, Wish
from aisubs.media.source import RangeFile
from aisubs.media.vad import SileroVad, find_vad_model
from aisubs.model.errors import BadInput, Unavailable, error
from tests import hostile
from tests.media_files import BytesReader, speech, speech_file, windows_of, write_uneven_video
from tests.speech import SAMPLE_RATE_HZ, write_audio

pytestmark = pytest.mark.slow

STRICT = Limits(strict=True)


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        windows_of(data, limits=limits)
    assert "Traceback" not in caught.value.sentence
    return caught.value.code


def length_s(windows: list[AudioWindow]) -> float:
    return windows[-1].end_ms / 1000


class Listener:
    """A server on the loopback that notes whether anyone comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.visited = threading.Event()
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        self.visited.set()
        connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(30)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of this machine that no upload may reach: 7 s long, unlike any other here."""
    return write_audio(speech(7), tmp_path / "secret.wav")


def test_a_playlist_reaches_no_server() -> None:
    server = Listener()
    try:
        for scheme in ("http", "https", "tcp", "rtmp", "hls+http", "async:http"):
            url = f"{scheme}://127.0.0.1:{server.port}/a.ts"
            assert code_of(hostile.hls_playlist(url)) == "not_media"
            windows = windows_of(hostile.polyglot(url, speech_file(".mp3", 20)))
            assert length_s(windows) == pytest.approx(20, abs=0.2)
        assert not server.visited.is_set()
    finally:
        server.close()


def test_scripts_reach_no_file(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(secret.parent)
    for target in (
        str(secret),
        secret.name,
        f"file://{secret}",
        f"file:{secret}",
        f"subfile,,start,0,end,0,,:{secret}",
    ):
        assert code_of(hostile.concat_script(target)) == "not_media"
        assert code_of(hostile.hls_playlist(target)) == "not_media"
        windows = windows_of(hostile.polyglot(target, speech_file(".mp3", 20)))
        assert length_s(windows) == pytest.approx(20, abs=0.2)


def test_a_reference_to_another_file_in_an_mp4_is_not_followed(secret: Path) -> None:
    """The data reference `url ` with the self-contained flag removed and a path in its place."""
    data = bytearray(speech_file(".m4a", 20))
    entry = data.index(b"url ") - 4
    name = str(secret).encode() + b"\0"
    patched = (
        bytes(data[:entry]) + (12 + len(name)).to_bytes(4, "big") + b"url \0\0\0\0" + name + bytes(data[entry + 12 :])
    )
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = patched.index(box) - 4
        size = int.from_bytes(patched[at : at + 4], "big") + len(name)
        patched = patched[:at] + size.to_bytes(4, "big") + patched[at + 4 :]
    with contextlib.suppress(BadInput):  # refused is as good
        assert length_s(windows_of(patched)) == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("suffix", [".mp4", ".m4a", ".mp3", ".webm", ".opus", ".wav", ".flac", ".mkv"])
def test_truncated_at_every_tenth_is_an_error_where_that_is_wanted(suffix: str) -> None:
    for percent, data in hostile.truncations(speech_file(suffix, 20)):
        assert code_of(data, STRICT) in ("truncated", "damaged", "not_media"), percent


@pytest.mark.parametrize("suffix", [".mp4", ".m4a", ".webm", ".opus", ".wav", ".flac", ".mp3"])
def test_a_cut_of_the_last_second_is_noticed(suffix: str) -> None:
    data = speech_file(suffix, 20)
    assert code_of(data[: len(data) * 95 // 100], STRICT) in ("truncated", "damaged", "not_media")


def test_a_large_tag_before_an_mp3_hides_no_missing_end() -> None:
    """Two ID3 tags, the first as large as one with a cover: the Xing header stands behind both."""
    body = b"TXXX" + (199_990).to_bytes(4, "big") + bytes(2) + bytes(199_990)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    data = b"ID3\3\0\0" + size + body + speech_file(".mp3", 20)
    assert length_s(windows_of(data)) == pytest.approx(20, abs=0.1)
    assert code_of(data[:-20_000], STRICT) == "truncated"


def test_formats_without_a_length_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    stream = write_uneven_video(tmp_path / "capture.ts", speech(20)).read_bytes()
    lengths = [length_s(windows_of(data)) for _, data in hostile.truncations(stream)]
    assert lengths == sorted(lengths)
    assert lengths[-1] > 15


@pytest.mark.parametrize("walk_bytes", [boxes.MAX_WALK_BYTES, 1])
def test_a_fragmented_mp4_cut_anywhere(walk_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its boxes are too many to be walked beforehand."""
    monkeypatch.setattr(boxes, "MAX_WALK_BYTES", walk_bytes)
    path = tmp_path / "fragments.mp4"
    with av.open(str(path), "w", options={"movflags": "frag_every_frame+empty_moov+default_base_moof"}) as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
        samples = speech(20)
        for start in range(0, len(samples), 16_000):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 16_000], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    assert length_s(windows_of(data)) == pytest.approx(20, abs=0.2)
    for percent, cut in hostile.truncations(data):
        try:
            windows = windows_of(cut)
        except BadInput:
            continue
        # Cut exactly between two fragments, which nothing tells.
        assert length_s(windows) == pytest.approx(20 * percent / 100, abs=1)


def test_lying_durations_neither_lose_nor_add_sound() -> None:
    m4a, webm, wav = speech_file(".m4a", 20), speech_file(".webm", 20), speech_file(".wav", 20)
    for data in (
        hostile.mp4_claiming_duration(m4a, 20),
        hostile.mp4_claiming_duration(m4a, 0.0001),
        hostile.matroska_claiming_duration(webm, 100.0),
        hostile.wav_claiming(wav, 0xFFFFFFFF),
        hostile.wav_claiming(wav, 0x7FFFF000),
        hostile.wav_claiming(wav, 0),
    ):
        assert length_s(windows_of(data)) == pytest.approx(20, abs=0.1)
    assert code_of(hostile.matroska_claiming_duration(webm, 36e5), STRICT) in ("truncated", "damaged")
    assert code_of(hostile.matroska_claiming_duration(webm, 36e9)) == "too_long"
    assert code_of(hostile.wav_claiming(wav, len(wav) * 5), STRICT) == "truncated"


def test_an_index_that_would_fill_the_memory_is_refused() -> None:
    assert code_of(hostile.mp4_claiming_samples(speech_file(".m4a", 20), 20_000_000)) == "damaged"


def test_an_index_of_countless_boxes_is_refused() -> None:
    m4a = speech_file(".m4a", 20)
    boxes_bytes = b"\0\0\0\x08free" * 400_000
    moov = m4a.rindex(b"moov") - 4
    assert code_of(m4a[:moov] + (8 + len(boxes_bytes)).to_bytes(4, "big") + b"moov" + boxes_bytes) == "damaged"


@pytest.mark.parametrize("tracks", [65, 66, 1000, 10_000])
def test_too_many_tracks(tracks: int) -> None:
    assert code_of(hostile.mp4_with_tracks(speech_file(".m4a", 20), tracks)) == "too_many_streams"


@pytest.mark.parametrize(
    ("rate_hz", "channels", "code"),
    [
        (1, 1, "not_media"),
        (4_000_000_000, 1, "not_media"),
        (48_000, 65, "too_many_streams"),
        (48_000, 65_535, "not_media"),
    ],
)
def test_sound_that_no_recorder_makes(rate_hz: int, channels: int, code: str) -> None:
    assert code_of(hostile.wav_with_format(rate_hz, channels)) == code


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = hostile.flac_without_length(speech_file(".flac", 75))
    assert code_of(bomb, Limits(max_duration_ms=60_000)) == "too_long"


@pytest.mark.parametrize("suffix", [".mp4", ".m4a", ".mp3", ".webm", ".opus", ".flac", ".wav", ".mkv"])
def test_flipped_bytes(suffix: str) -> None:
    data = speech_file(suffix, 20)
    for seed in range(6):
        try:
            windows = windows_of(hostile.flipped(data, seed))
        except BadInput:
            continue
        damage = windows[-1].damage
        assert length_s(windows) > 10 or (damage is not None and damage.cut)


@pytest.mark.parametrize("step", ["open_media", "read_blocks"])
def test_a_foreign_error_is_the_files_fault_and_never_ours(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the IndexError of PyAV 18 over a transport stream: the same file would raise it again and again."""

    def raises(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(one_track, step, raises)
    file = RangeFile(BytesReader(speech_file(".wav", 5)))
    with pytest.raises(BadInput) as caught:
        list(one_track.decode_track(file, Limits(), Wish(), 0, lambda: SileroVad(find_vad_model())))
    assert caught.value.code == "damaged"


def test_an_error_of_the_store_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> bytes:
        raise error("store_unavailable")

    monkeypatch.setattr(BytesReader, "read_at", raises)
    with pytest.raises(Unavailable) as caught:
        windows_of(speech_file(".wav", 5))
    assert caught.value.code == "store_unavailable"


def test_random_bytes_and_text() -> None:
    for seed in range(20):
        assert code_of(hostile.random_bytes(50_000, seed)) in ("not_media", "no_audio", "damaged", "truncated")
    assert code_of(hostile.plain_text()) == "not_media"
