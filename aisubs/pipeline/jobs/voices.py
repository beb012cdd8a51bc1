"""Names across recordings (aisubs/sql/code/18_voices.sql). No method that people's requests end in returns a print."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any

from aisubs.model.voices import JobVoice, KnownVoice, VoicePrint
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Voices(Book):
    """The voices of an owner who opted in. What changes them raises `voices_owner` for a holder without an owner."""

    __slots__ = ()

    def switch_voices(self, holder: Holder, *, wanted: bool) -> None:
        """Opt in or out. Out deletes all prints and names at once."""
        self.database.call("switch_voices", holder=holder.as_json(), wanted=wanted)

    def list_voices(self, holder: Holder) -> dict[str, Any]:
        """{enabled, voices}: of each voice {voice_id, name, heard_at, recordings, heard_ms}."""
        return self.database.call("list_voices", holder=holder.as_json())[0]

    def forget_voices(self, holder: Holder, voice_id: str | None = None) -> int:
        """One, or all, at once; how many they were. Raises `not_found`."""
        return int(self.database.call("forget_voices", holder=holder.as_json(), voice_id=voice_id)[0]["forgotten"])

    def list_suggestions(self, job_id: str, holder: Holder) -> list[dict[str, Any]]:
        """{speaker, suggested_name, similarity} of the speakers that nobody has named. For owners alone."""
        return self.database.call("list_suggestions", job_id=job_id, holder=holder.as_json())

    def decline_suggestion(self, job_id: str, holder: Holder, speaker: str) -> None:
        """It is somebody else. A speaker of whom nothing is suggested is fine."""
        self.database.call("decline_suggestion", job_id=job_id, holder=holder.as_json(), speaker=speaker)

    def read_claimed_voices(self, job_id: str, fence: int) -> list[KnownVoice] | None:
        """Whom the owner of the claimed job knows; None: the owner has not opted in. Raises `lost_lease`."""
        return _known(self.database.call("read_claimed_voices", job_id=job_id, fence=fence)[0])

    def save_voices(self, job_id: str, fence: int, voices: Iterable[JobVoice]) -> None:
        """The voices of the claimed job, in the place of those before. Raises `lost_lease`."""
        self.database.call("save_voices", job_id=job_id, fence=fence, voices=_rows(voices))

    def read_known_voices(self, job_id: str, holder: Holder) -> list[KnownVoice] | None:
        """As `read_claimed_voices`, of a job of the holder's own."""
        return _known(self.database.call("read_known_voices", job_id=job_id, holder=holder.as_json())[0])

    def replace_voices(self, job_id: str, holder: Holder, voices: Iterable[JobVoice]) -> None:
        """As `save_voices`, of a job of the holder's own."""
        self.database.call("replace_voices", job_id=job_id, holder=holder.as_json(), voices=_rows(voices))


def _known(row: dict[str, Any]) -> list[KnownVoice] | None:
    if not row["enabled"]:
        return None
    return [
        KnownVoice(one["voice_id"], one["name"], VoicePrint(one["network"], b64decode(one["print"]), one["heard_ms"]))
        for one in row["prints"]
    ]


def _rows(voices: Iterable[JobVoice]) -> list[dict[str, Any]]:
    return [
        {
            "speaker": voice.speaker,
            "network": voice.print.network,
            "print": b64encode(voice.print.data).decode(),
            "heard_ms": voice.print.heard_ms,
            "voice_id": voice.voice_id,
            "similarity": voice.similarity,
        }
        for voice in voices
    ]
