"""What may be chosen for a recording, whoever says it: a web submit, an object's metadata, a folder's `aisubs.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from aisubs.formats import PROFILES
from aisubs.model import places
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.model.second_opinion import NO_SECOND
from aisubs.ports import Store
from aisubs.settings import Settings
from aisubs.weights.mark import told_name

_MAX_FILE_BYTES = 64 * 1024


def drop_options(store: Store, name: str, metadata: Mapping[str, str], settings: Settings) -> Options:
    """Options of a dropped file: its own metadata, over those of the folders' aisubs.json, the nearest first.

    Checked as those of a web submit are. Raises BadInput, mostly `bad_request`.
    """
    given: dict[str, Any] = {}
    for folder in reversed([*PurePosixPath(name).parents]):
        given |= _folder_options(store, str(folder / places.FOLDER_OPTIONS))
    given |= _known(metadata)
    try:
        options = Options.model_validate(given)
        check_options(options)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise error("bad_request", f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from fault
    except ValueError as fault:
        raise error("bad_request", f"{fault}.") from fault
    model, second = options.model, options.second_opinion
    return options.model_copy(
        update={
            "model": choose_model(model, settings) if model else None,
            "second_opinion": choose_second(second, settings) if second else None,
        }
    ).with_usual(settings.languages, diarize=settings.diarize)


def check_options(options: Options) -> None:
    """Raises ValueError for what nobody does."""
    if options.cue_profile not in PROFILES:
        raise ValueError(f"cue_profile: one of {', '.join(PROFILES)}")


def choose_model(asked: str | None, settings: Settings) -> str | None:
    """What a job's `model` option becomes: None for the default. Takes the names that people are shown, and full ones.

    Raises `bad_request` for a model that is not offered: a worker would load whatever it is told to.
    """
    if asked in (None, settings.model, told_name(settings.model)):
        return None
    for name in settings.chosen_models:
        if asked in (name, told_name(name)):
            return name
    offered = ", ".join(told_name(name) for name in (settings.model, *settings.chosen_models))
    raise error("bad_request", f"model: one of {offered}.")


def choose_second(asked: str | None, settings: Settings) -> str | None:
    """What a job's `second_opinion` option becomes: None for the server's own setting, "none" for nobody.

    Raises `bad_request` for a model that is not offered.
    """
    if asked in (None, NO_SECOND):
        return asked if settings.second_opinion else None
    for name in settings.second_opinions:
        if asked in (name, told_name(name)):
            return name
    offered = ", ".join((NO_SECOND, *map(told_name, settings.second_opinions)))
    raise error("bad_request", f"second_opinion: one of {offered}.")


def _folder_options(store: Store, name: str) -> dict[str, Any]:
    try:
        file = store.stat(name)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        return {}
    reader = store.open(name, file.generation)
    try:
        given = json.loads(reader.read_at(0, min(file.size_bytes, _MAX_FILE_BYTES)))
    except (ValueError, RecursionError) as fault:
        raise error("bad_request", f"{name} is not valid JSON.") from fault
    finally:
        reader.close()
    if not isinstance(given, dict):
        raise error("bad_request", f"{name} must hold a JSON object.")
    return given


def _known(metadata: Mapping[str, str]) -> dict[str, str]:
    """Object metadata may hold anything; only the names of options are taken from it."""
    return {key: value for key, value in metadata.items() if key in Options.model_fields}
