"""What could not be made out is told in the terminal, to scripts, and by the exit code of those who ask."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from aisubs.cli.exits import Exit
from tests.doors.test_cli import aisubs
from tests.speech import SAMPLE_RATE_HZ, long_recording, write_audio

TOLD = " of speech is unclear: listen at 0:"
SILENT = "No speech was found in this recording."


def test_losses_are_told_and_strict_minds_them(base_model: Path, tmp_path: Path) -> None:
    """Backwards, speech is nobody's words. Of a single window a processor may make a sentence that it believes."""
    backwards = write_audio(long_recording(100.0, seed=21).samples()[::-1].copy(), tmp_path / "backwards.flac")
    quiet = write_audio(np.zeros(6 * SAMPLE_RATE_HZ, np.float32), tmp_path / "quiet.flac")
    data = ("--data-dir", tmp_path / "data", "--model", base_model)

    code, out, err = aisubs("transcribe", backwards, quiet, "--format", "srt,txt", "--json", *data)
    assert code == Exit.OK, err
    lost, silent = (entry["losses"] for entry in json.loads(out))
    assert TOLD in lost["sentence"]
    assert lost["unresolved_ms"] > 0
    assert (silent["no_speech"], silent["unresolved_ms"], silent["sentence"]) == (True, 0, SILENT)
    last = err.splitlines()
    assert any("→ backwards.srt, backwards.txt." in line and line.endswith(lost["sentence"]) for line in last)
    assert any(line.endswith(f"→ quiet.srt, quiet.txt. {SILENT}") for line in last)
    assert (tmp_path / "quiet.txt").read_text() == f"[{SILENT}]\n"
    assert "[unclear]" in (tmp_path / "backwards.txt").read_text()
    assert "[unclear]" not in (tmp_path / "backwards.srt").read_text()

    again = ("transcribe", "--format", "srt,txt", "--overwrite", "--strict", *data)
    assert aisubs(*again, quiet)[0] == Exit.OK, "silence is no loss"
    code, _, err = aisubs(*again, "--unclear", backwards)
    assert (code, TOLD in err) == (Exit.JOB_FAILED, True)
    assert "[unclear]" in (tmp_path / "backwards.srt").read_text()

    code, out, _ = aisubs("jobs", *data[:2])
    assert code == Exit.OK
    assert TOLD in out
    assert SILENT.rstrip(".") in out, out
    code, out, _ = aisubs("jobs", "--json", *data[:2])
    assert {row["losses"]["no_speech"] for row in json.loads(out)} == {True, False}
