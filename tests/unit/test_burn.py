"""Subtitles drawn into the picture, where an FFmpeg program is there to do it; and a clear sentence where none is."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.formats import render
from aisubs.media.burn import burn, find_ffmpeg
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Segment, Transcript, Word

START_MS, END_MS = 2_000, 4_000
WORDS = (Word(START_MS, 3_000, " LARGE", 0.9), Word(3_000, END_MS, " LETTERS", 0.9))
ASS = render(Transcript(45_000, "en", (Segment(START_MS, END_MS, " LARGE LETTERS", WORDS),)), "ass")


@pytest.fixture
def ffmpeg() -> str:
    try:
        return find_ffmpeg()
    except AisubsError as absent:
        pytest.skip(f"{absent.sentence} ({absent.reason})")


def pictures(path: Path, *at_s: float) -> list[np.ndarray]:
    """The lower half of the pictures shown then, as grey values."""
    found = []
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            if len(found) < len(at_s) and frame.time is not None and frame.time >= at_s[len(found)]:
                grey = frame.to_ndarray(format="gray").astype(float)
                found.append(grey[grey.shape[0] // 2 :])
    return found


@pytest.mark.usefixtures("ffmpeg")
def test_the_words_stand_in_the_picture_while_they_are_said(tmp_path: Path) -> None:
    target = tmp_path / "it's: burned,[1].mp4"
    told: list[float] = []
    burn(VIDEO, target, ASS, told.append)
    moments = (1.0, 3.0, 6.0)
    changed = [np.abs(a - b).max() for a, b in zip(pictures(VIDEO, *moments), pictures(target, *moments), strict=True)]
    assert changed[1] > 100, "white letters with a black edge"
    assert max(changed[0], changed[2]) < 60, changed
    assert told
    assert told == sorted(told)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.usefixtures("ffmpeg")
def test_a_copy_called_off_leaves_nothing(tmp_path: Path) -> None:
    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        burn(VIDEO, tmp_path / "copy.mp4", ASS, stop)
    assert list(tmp_path.iterdir()) == []


def test_where_no_ffmpeg_is_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho ' T.. scale  V->V  Scale the input video size.'\n")
    poor.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AisubsError, match=r"aisubs\[burn\]") as refused:
        find_ffmpeg()
    assert "libass" in refused.value.reason
