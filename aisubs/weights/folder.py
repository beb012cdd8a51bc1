"""The model folder (`MODEL_DIR`): whole models, one folder each. What we put there carries a label that says so."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from aisubs.model.errors import error
from aisubs.settings import Settings

LABEL_FILE = "aisubs-label.json"

WEIGHTS, TOKENIZER = "model.bin", "tokenizer.json"

_PARTIAL = ".part"


class Label(BaseModel):
    """Lies beside the files that we put there: from where, and the size in bytes of each."""

    model_config = ConfigDict(frozen=True)

    name: str
    origin: str
    sizes: dict[str, int]


def model_folder(settings: Settings) -> Path:
    """`MODEL_DIR`, else the folder of this user for such things (`~/.local/share/aisubs/models`; XDG_DATA_HOME and the
    customs of other systems are kept), else, for a user without a home, a folder below `DATA_DIR`."""
    if settings.model_dir is not None:
        return settings.model_dir.expanduser().absolute()
    import platformdirs

    folder = platformdirs.user_data_path("aisubs", appauthor=False) / "models"
    home = Path("~").expanduser()
    has_home = home.is_absolute() and home != Path("/") and home.is_dir()
    if folder.is_absolute() and (has_home or not folder.is_relative_to(home)):
        return folder
    return settings.data_dir.absolute() / "models"


def place_of(name: str, model_dir: Path) -> Path:
    """Where the model of this name lies or would lie; `Org--name` for a name of the hub."""
    return model_dir / name.replace("/", "--")


def read_label(directory: Path) -> Label | None:
    """None for a folder that somebody else put there."""
    try:
        return Label.model_validate_json((directory / LABEL_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def is_whole(directory: Path, weights: str = WEIGHTS) -> bool:
    """Whether all is there that we put there. Of other people's folders only the existence of the weights is known."""
    if not (directory / weights).is_file():
        return False
    label = read_label(directory)
    return label is None or all(_size(directory / name) == size for name, size in label.sizes.items())


def require_whole(directory: Path, name: str) -> Path:
    """Raises `model_missing`. Without a tokenizer faster-whisper would fetch one from the network, without a word."""
    for file in (WEIGHTS, TOKENIZER):
        if not (directory / file).is_file():
            raise error("model_missing", f"no {file} in {directory}", model=name)
    if not is_whole(directory):
        raise error("model_missing", f"{directory} is damaged: files are shorter than they were", model=name)
    return directory


def labelled(settings: Settings) -> list[str]:
    """Names of the whole models that we put into the model folder."""
    try:
        folders = sorted(model_folder(settings).iterdir())
    except OSError:
        return []
    labels = [read_label(folder) for folder in folders if not folder.name.startswith(".") and is_whole(folder)]
    return [label.name for label in labels if label]


@contextmanager
def filling(name: str, origin: str, model_dir: Path, weights: str = WEIGHTS) -> Iterator[Path | None]:
    """A folder to put the files of a model in, which takes its place when the block ends well; one process at a time.

    Yields None when another process has put it there meanwhile. A fault leaves nothing. Raises OSError.
    """
    target = place_of(name, model_dir)
    with exclusive(name, model_dir):
        if is_whole(target, weights):
            yield None
            return
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", suffix=_PARTIAL, dir=model_dir) as waiting:
            yield Path(waiting)
            settle(Path(waiting), target, name, origin)
            Path(waiting).mkdir()  # what TemporaryDirectory expects to remove


@contextmanager
def exclusive(name: str, model_dir: Path) -> Iterator[None]:
    """Only one process at a time makes, fetches or removes a model. The lock ends with the process that holds it."""
    from filelock import FileLock

    target = place_of(name, model_dir)
    model_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(model_dir / f".{target.name}.lock"):
        yield


def settle(waiting: Path, target: Path, name: str, origin: str) -> None:
    """Label a complete folder and move it to its place, where a damaged one may lie."""
    sizes = {file.name: file.stat().st_size for file in sorted(waiting.iterdir()) if file.is_file()}
    (waiting / LABEL_FILE).write_text(Label(name=name, origin=origin, sizes=sizes).model_dump_json(indent=2))
    waiting.chmod(0o755)  # temporary folders are their owner's alone
    if target.exists():
        shutil.rmtree(target)
    waiting.rename(target)


def remove(name: str, model_dir: Path) -> int:
    """Delete a model that we put there, and what there is of an unfinished one. Returns the bytes that are free again.

    Raises `model_not_ours` for a folder that somebody else put there.
    """
    target = place_of(name, model_dir)
    with exclusive(name, model_dir):
        freed = 0
        for folder in (target, partial_of(name, model_dir)):
            if not folder.is_dir():
                continue
            if folder == target and read_label(folder) is None:
                raise error("model_not_ours", model=name, folder=folder)
            freed += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            shutil.rmtree(folder)
        return freed


def partial_of(name: str, model_dir: Path) -> Path:
    """Where a download that is not finished lies; the next one goes on there."""
    return model_dir / f".{place_of(name, model_dir).name}.download{_PARTIAL}"


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None
