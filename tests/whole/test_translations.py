"""A translation by `aisubs up` itself, over a power cut: the same bytes as an undisturbed one."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

from tests.doubles.chat_endpoint import KEY, Behaviour, ChatEndpoint, turned
from tests.whole.conftest import Clip
from tests.whole.edition import JOB_TIMEOUT_S, Up, Upload, eventually


def translation(upload: Upload, language: str) -> dict[str, Any]:
    """As the list has it."""
    rows = upload.get("/translations").json()["translations"]
    (row,) = (one for one in rows if one["language"] == language)
    return dict(row)


def completed(upload: Upload, language: str) -> bytes:
    """Its file, once it is there."""
    eventually(
        lambda: translation(upload, language)["state"] == "completed" or None, f"a text in {language}", upload.up
    )
    return upload.get(f"/download/srt?language={language}").content


def ask(upload: Upload, language: str) -> None:
    upload.send_off("POST", "/translations", {"language": language})


def test_a_power_cut_in_the_middle_of_a_translation_loses_nothing(clip: Clip, tmp_path: Path) -> None:
    asked, over = Event(), Event()

    def hold() -> None:
        asked.set()
        over.wait(JOB_TIMEOUT_S)

    with ChatEndpoint() as endpoint:
        chosen = {"TRANSLATOR": "openai", "TRANSLATION_URL": endpoint.url, "TRANSLATION_MODEL": "tiny-chat"}
        # A claim that nobody ended holds for so long, and ten seconds.
        up = Up(tmp_path, **chosen, TRANSLATION_KEY=KEY, TRANSLATION_TIMEOUT_S="2")
        try:
            upload = Upload(up.start(), "talk.mp4", clip.data).send()
            upload.wait()
            ask(upload, "fr")
            undisturbed = completed(upload, "fr")
            assert (
                turned(upload.get("/download/txt").text).split() == upload.get("/download/txt?language=fr").text.split()
            )
            upload.send_off("DELETE", "/translations/fr")
            endpoint.script = [Behaviour(before=hold)]
            ask(upload, "fr")
            assert asked.wait(JOB_TIMEOUT_S)
            up.kill_everything()
            over.set()
            up.start()  # the address is another one, and `upload` asks it for that
            assert translation(upload, "fr")["state"] in ("working", "completed")
            assert completed(upload, "fr") == undisturbed
            upload.close()
        finally:
            up.close()
    assert up.left_behind() == []
