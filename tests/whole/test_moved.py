"""An edition that was stopped is copied, as one backs it up or moves it to another machine; the copy goes on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.whole.conftest import Clip
from tests.whole.edition import FORMATS, Up, Upload, running


def test_a_copy_holds_everything_and_goes_on(tmp_path: Path, long_one: Clip, undisturbed: dict[str, bytes]) -> None:
    with running(tmp_path / "first") as up:
        done = Upload(up, "long.m4a", long_one.data).send()
        done.wait("completed")
        # Another choice, so that it is not the same job's result once more.
        half = Upload(up, "long.m4a", long_one.data, fresh=True).send()
        half.wait_for_progress(20)
        assert up.stop() == 0
    # With owners and rights: the database belongs to an account of its own.
    subprocess.run(["cp", "-a", str(up.home), str(tmp_path / "copy")], check=True)
    for name in ("data", "results", "inbox"):
        shutil.rmtree(up.home / name)  # nothing of it may be needed
    with running(tmp_path / "copy") as elsewhere:
        for upload in (done, half):
            upload.up = elsewhere
        assert done.downloads() == undisturbed
        assert half.job()["windows"] > 0, "it does not begin anew"
        half.wait("completed")
        assert {name: half.download(name) for name in FORMATS} == undisturbed
        assert Up(tmp_path / "first").left_behind() == []
