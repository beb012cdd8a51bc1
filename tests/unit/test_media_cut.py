"""What is there of a recording is read to its end, what is not is told, and silence that is filled in costs nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aisubs.media.blocks import BLOCK_SAMPLES, FILLED_SAMPLES
from aisubs.media.container import Limits, open_media
from aisubs.media.decode import read_blocks
from aisubs.media.front import AudioWindow
from aisubs.media.source import RangeFile
from aisubs.model.errors import BadInput
from aisubs.model.transcript import Damage
from tests import hostile
from tests.media_files import BytesReader, content, speech, speech_file, windows_of, write_uneven_video
from tests.speech import SAMPLE_RATE_HZ

pytestmark = pytest.mark.slow

HOUR_S = 3_600


def damage_of(windows: list[AudioWindow]) -> Damage:
    """That of the end; all windows before it are whole."""
    assert not any(window.damage and window.damage.cut for window in windows[:-1])
    return windows[-1].damage or Damage()


@pytest.mark.parametrize("suffix", [".mp3", ".webm", ".opus", ".wav", ".flac", ".mkv"])
def test_a_file_that_ends_too_early_is_read_to_its_end_and_marked(suffix: str) -> None:
    whole = speech_file(suffix, 20)
    assert damage_of(windows_of(whole)) == Damage()
    for percent, data in hostile.truncations(whole):
        if percent < 20:
            continue  # hardly more than a header
        windows = windows_of(data)
        damage = damage_of(windows)
        assert windows[-1].end_ms == pytest.approx(200 * percent, abs=4_500), "sizes vary with what is said"
        assert damage.cut
        # Ogg tells its length by its last page, which is gone; FFmpeg believes no wav that claims more than is there.
        assert damage.promised_ms == (None if suffix in (".opus", ".wav") else pytest.approx(20_000, abs=100))


@pytest.mark.parametrize("suffix", [".m4a", ".mp4"])
def test_a_recording_whose_index_is_lost_cannot_be_read(suffix: str) -> None:
    for _, data in hostile.truncations(speech_file(suffix, 20)):
        with pytest.raises(BadInput) as caught:
            windows_of(data)
        assert caught.value.code == "truncated"


@pytest.mark.parametrize("name", ["capture.mkv", "capture.ts"])
def test_a_crashed_recorder_leaves_what_it_wrote(name: str, tmp_path: Path) -> None:
    video = write_uneven_video(tmp_path / name, speech(30)).read_bytes()
    windows = windows_of(video[: len(video) // 2])
    assert 8_000 < windows[-1].end_ms < 22_000
    assert damage_of(windows).cut == name.endswith(".mkv"), "nothing tells the length of a transport stream"


def test_a_header_that_claims_too_much_of_a_whole_file_costs_nothing_and_is_told() -> None:
    windows = windows_of(hostile.matroska_claiming_duration(speech_file(".webm", 20), 23.5 * HOUR_S * 1000))
    assert windows[-1].end_ms == pytest.approx(20_000, abs=100)
    assert damage_of(windows) == Damage(cut=True, promised_ms=23.5 * HOUR_S * 1000)


def test_frames_lost_from_most_of_an_mp3_are_told_as_what_its_header_claims() -> None:
    damage = damage_of(windows_of(hostile.with_hole(speech_file(".mp3", 60), 0.2, 0.95)))
    assert damage.cut
    assert damage.promised_ms == pytest.approx(60_000, abs=100)


def test_hours_of_silence_that_only_the_clock_knows_cost_a_few_blocks(tmp_path: Path) -> None:
    """Two seconds of sound in a file of 23.5 hours: it held a worker for nine minutes."""
    pause_s = 23.5 * HOUR_S
    data = write_uneven_video(tmp_path / "day.mkv", speech(6), pauses=[(3.0, pause_s)]).read_bytes()
    file = RangeFile(BytesReader(data))
    media = open_media(file, Limits())
    with media.container:
        blocks = list(read_blocks(media, file, Limits()))
    assert len(blocks) < pause_s * SAMPLE_RATE_HZ / FILLED_SAMPLES + 10
    assert [block.start for block in blocks[1:]] == [block.end for block in blocks[:-1]]
    assert blocks[-1].end / SAMPLE_RATE_HZ == pytest.approx(pause_s + 6, abs=0.2)
    filled = [block for block in blocks if block.filled]
    assert all(block.start % BLOCK_SAMPLES == 0 and block.samples.strides == (0,) for block in filled)

    windows = windows_of(data)
    assert [window.start_ms for window in windows[1:]] == [window.end_ms for window in windows[:-1]]
    assert sum(window.speech_ms for window in windows) > 2_000
    gaps = [gap for window in windows if window.damage for gap in window.damage.gaps]
    assert sum(end_ms - start_ms for start_ms, end_ms in gaps) == pytest.approx(pause_s * 1000, abs=200)
    for index, window in enumerate(windows):
        rest = windows_of(data, resume=window.resume)
        assert [content(one) for one in rest] == [content(one) for one in windows[index + 1 :]]


@pytest.mark.parametrize("pause_s", [1.5, 3.0, 30.0, 700.0])
def test_windows_around_filled_silence_resume(pause_s: float, tmp_path: Path) -> None:
    data = write_uneven_video(tmp_path / "v.mkv", speech(50), pauses=[(20.3, pause_s), (31.0, pause_s)]).read_bytes()
    windows = windows_of(data)
    for index, window in enumerate(windows):
        rest = windows_of(data, resume=window.resume)
        assert [content(one) for one in rest] == [content(one) for one in windows[index + 1 :]]


def test_a_cut_is_told_again_after_an_interruption() -> None:
    data = speech_file(".flac", 75)[:-60_000]
    windows = windows_of(data)
    assert damage_of(windows).cut
    (again,) = windows_of(data, resume=windows[-2].resume)
    assert content(again) == content(windows[-1])


def test_strictness_is_a_limit() -> None:
    data = speech_file(".flac", 20)[:-20_000]
    with pytest.raises(BadInput) as caught:
        windows_of(data, limits=replace(Limits(), strict=True))
    assert caught.value.code == "truncated"


def test_zeros_of_filled_blocks_are_zeros(tmp_path: Path) -> None:
    data = write_uneven_video(tmp_path / "v.mkv", speech(12), pauses=[(4.0, 20.0)]).read_bytes()
    file = RangeFile(BytesReader(data))
    media = open_media(file, Limits())
    with media.container:
        blocks = list(read_blocks(media, file, Limits()))
    assert any(block.filled for block in blocks)
    assert not np.concatenate([block.samples for block in blocks])[5 * SAMPLE_RATE_HZ : 23 * SAMPLE_RATE_HZ].any()
