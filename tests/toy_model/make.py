"""Makes the toy model from nothing: speech, four stages of training, export, evaluation.

Every step leaves a file in the work folder and is skipped when the file is there; training also leaves a checkpoint
every minute. So Ctrl-C loses nothing: start the same command again. Delete the work folder's files to start over.

Run it through make.sh, which makes the virtual environment and sets up memory and threads.
"""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

import torch

from tests.toy_model import TOY, page
from tests.toy_model.bank import Bank
from tests.toy_model.espeak import Espeak
from tests.toy_model.evaluate import evaluate_model
from tests.toy_model.export import export_model
from tests.toy_model.network import ToyWhisper
from tests.toy_model.stages import STAGES
from tests.toy_model.train import train_stage

SHIPPED_MODEL = TOY
_BANK_SEEDS = (101, 102)
_UTTERANCES_PER_BANK = 15_000


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def _make_banks(work: Path, utterances: int) -> list[Path]:
    """Speak the training sentences, one process per bank; banks that are there are kept."""
    paths = [work / f"bank-{number}" for number in range(1, len(_BANK_SEEDS) + 1)]
    seeded = zip(paths, _BANK_SEEDS, strict=True)
    missing = [(path, seed) for path, seed in seeded if not path.with_suffix(".jsonl").exists()]
    if missing:
        Espeak()  # says what to install before anything is started
        _say(f"speech: {utterances} sentences in each of {len(missing)} banks")
    command = [sys.executable, "-m", "tests.toy_model.bank", "--count", str(utterances)]
    running = [subprocess.Popen([*command, "--seed", str(seed), str(path)]) for path, seed in missing]
    failures = [process.wait() for process in running]
    if any(failures):
        raise SystemExit("making the speech failed, see above")
    return paths


def _train(work: Path, banks: list[Path], minutes: float) -> Path:
    """All stages one after the other; returns the last one's weights."""
    bank: Bank | None = None
    previous: Path | None = None
    for stage in STAGES:
        out = work / f"{stage.name}.pt"
        if not out.exists():
            bank = bank or Bank(banks)
            _say(f"training: {stage.name}, {minutes * stage.share:.0f} min")
            train_stage(stage, bank, previous, out, seconds=60 * minutes * stage.share, report=_say)
        previous = out
    assert previous is not None
    return previous


def _export(weights: Path, folder: Path) -> None:
    network = ToyWhisper()
    network.load_state_dict(torch.load(weights))
    export_model(network, folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    _say(f"model: {folder}, {size / 2**20:.1f} MiB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests/toy_model/make.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    option = parser.add_argument
    option("--minutes", type=float, default=90, help="training time in all (default 90; 2 show that everything runs)")
    option("--work", type=Path, default=Path("build/toy-model"), help="work folder (default %(default)s)")
    option("--utterances", type=int, default=_UTTERANCES_PER_BANK, help="sentences per bank (default %(default)s)")
    option("--skip-evaluation", action="store_true", help="stop after the export")
    option("--ship", action="store_true", help="replace the committed model, its results and the page's table")
    return parser.parse_args()


def main() -> None:
    """See the module's docstring."""
    arguments = _arguments()
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    try:
        weights = _train(work, _make_banks(work, arguments.utterances), arguments.minutes)
        _export(weights, work / "toy")
        if arguments.ship:
            shutil.copytree(work / "toy", SHIPPED_MODEL, dirs_exist_ok=True)
        if not arguments.skip_evaluation:
            _say("evaluation on held-out sentences and voices")
            results = evaluate_model(work / "toy", report=_say)
            name, path = ("shipped", page.RESULTS) if arguments.ship else ("latest", work / "results.json")
            page.record(name, results, path)
        if arguments.ship:
            page.write_table()
    except KeyboardInterrupt:
        raise SystemExit("\ninterrupted: the same command goes on from here") from None
    except RuntimeError as error:
        raise SystemExit(str(error)) from error
    _say("done")


if __name__ == "__main__":
    main()
