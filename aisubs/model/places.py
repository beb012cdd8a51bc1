"""Where things lie in the bucket, or in the folder that stands for it: one place for each way in and out."""

from __future__ import annotations

UPLOADS = "uploads/"
"""Recordings that were announced through the API: `uploads/<a word>/source.mp4`. Nobody drops anything below it."""

COMMANDS = "cli/"
"""Recordings that `aisubs transcribe` brought, by their content."""

INBOX = "inbox/"
"""The local edition's copies of what was dropped in the inbox; people know the files without it."""

RESULTS = "results/"
"""What workers publish: `results/<job>/<fence>/transcript.srt`."""

SCRIPTS = "scripts/"
"""Texts that came with recordings: `scripts/<where the recording lies>`."""

OWN = (RESULTS, SCRIPTS, "tmp/")
"""What we write ourselves: an event for it must never make a job."""

ASKED_FOR = (UPLOADS, COMMANDS)
"""Recordings that somebody named: they get an answer whatever they are called."""

FOLDER_OPTIONS = "aisubs.json"
"""A dropped file of this name gives the options for everything in its folder and below."""


def source_of_upload(word: str, suffix: str) -> str:
    """Where the recording of an announced upload lies; `suffix` is empty or starts with a dot.

    `word` is of that name alone: whoever is given an address of the recording learns no job's id by it.
    """
    return f"{UPLOADS}{word}/source{suffix}"


def result_of(job_id: str, fence: int, format_name: str) -> str:
    """Where an execution puts a result. Nobody sees it before the job is completed by this very execution."""
    return f"{RESULTS}{job_id}/{fence}/transcript.{format_name}"


def script_of(object_name: str) -> str:
    """Where the script of this recording lies, if it has one."""
    return f"{SCRIPTS}{object_name}"


def dropped_name(object_name: str) -> str:
    """The name by which people know a dropped file: its path in the inbox, or in the bucket."""
    return object_name.removeprefix(INBOX)
