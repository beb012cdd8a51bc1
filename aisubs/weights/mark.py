"""The mark that a folder of weights carries when nobody should take its text for a transcript.

The file `aisubs-model.json` beside `model.bin` names the model and says why: {"name": "toy", "says": "A toy …"}. The
name goes into every result, whatever the folder is called, and aisubs/model/speech_model.py knows it again.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aisubs.model.errors import AisubsError, error
from aisubs.model.speech_model import shown_model

MARK_FILE = "aisubs-model.json"


class Mark(BaseModel):
    """`says`: one sentence for people, on one line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w.-]+$")
    says: str = Field(min_length=1, max_length=300, pattern=r"^[^\r\n]+$")


def read_mark(directory: Path) -> Mark | None:
    """None for an ordinary model. Raises `model_missing` for a mark that cannot be read: it may not be passed over."""
    try:
        data = (directory / MARK_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        raise error("model_missing", f"{MARK_FILE}: {fault}", model=str(directory)) from fault
    try:
        return Mark.model_validate_json(data)
    except ValidationError as fault:
        raise error("model_missing", f"{MARK_FILE}: {fault}", model=str(directory)) from fault


def told_name(model: str) -> str:
    """What people are told of a `MODEL`: the name in its mark where it is a folder here that carries one, else the
    last part of what it is called. The very name under which its results are known."""
    try:
        mark = read_mark(Path(model))
    except AisubsError:
        mark = None  # it cannot be loaded either, and whoever tries will say so
    return mark.name if mark else shown_model(model)
