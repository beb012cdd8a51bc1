"""Models from the hub (https://huggingface.co): fetched once into the model folder, going on where a cut left off."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from aisubs.model.errors import AisubsError, error
from aisubs.weights.digests import digest_of
from aisubs.weights.folder import WEIGHTS, exclusive, is_whole, partial_of, place_of, settle

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called now and then with the bytes that are here and those of the whole model."""

ANSWER_TIMEOUT_S = 8.0
"""How long the hub may take to say what a model consists of. A network that swallows everything must not hold us up."""

_WANTED = ("config.json", "preprocessor_config.json", WEIGHTS, "tokenizer.json", "vocabulary.*")
"""What faster-whisper downloads."""

_COMMIT = ".commit"

_TELL_EVERY_S = 0.3


def cached_snapshot(repository: str, model_dir: Path | None) -> Path | None:
    """The newest whole copy that other programs, or older versions of this one, have in the hub's own cache."""
    from huggingface_hub import constants

    for cache in (model_dir, Path(constants.HF_HUB_CACHE)):
        if cache is None:
            continue
        folder = cache / f"models--{repository.replace('/', '--')}"
        try:
            commit = (folder / "refs" / "main").read_text().strip()
        except OSError:
            continue
        snapshot = folder / "snapshots" / commit
        if (snapshot / WEIGHTS).is_file() and (snapshot / "tokenizer.json").is_file():
            return snapshot
    return None


def answers(repository: str) -> bool:
    """Whether the hub would give this model now. Takes `ANSWER_TIMEOUT_S` at most."""
    try:
        _ask(repository)
    except Exception as fault:  # noqa: BLE001  the client's own errors, and those of whatever it speaks HTTP with
        log.info("hub.silent", extra={"repository": repository, "reason": f"{type(fault).__name__}: {fault}"})
        return False
    return True


def download(name: str, repository: str, model_dir: Path, progress: Progress | None = None) -> Path:
    """Put the model into the model folder; what an earlier try has fetched is not fetched again.

    Raises `no_model` when the hub does not answer or refuses, `unknown_model`, `model_missing` for a full disk.
    """
    target = place_of(name, model_dir)
    try:
        with exclusive(name, model_dir):
            if not is_whole(target):
                _fetch(name, repository, model_dir, progress or (lambda *_: None))
    except AisubsError:
        raise
    except Exception as fault:
        raise _told(fault, name, repository, model_dir) from fault
    return target


def _fetch(name: str, repository: str, model_dir: Path, progress: Progress) -> None:
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()  # they would be drawn over ours
    told = _ask(repository)
    part = _part_of(told.commit, partial_of(name, model_dir))
    with _telling(part, sum(told.sizes.values()), progress):
        for file, size in told.sizes.items():
            # The client's own snapshot_download begins anew after every cut.
            with (part / file).open("ab") as arrived:
                url = hf_hub_url(repository, file, revision=told.commit)
                http_get(url, arrived, resume_size=arrived.tell(), headers=build_hf_headers(), expected_size=size)
    if told.sha256 and (found := digest_of(part / WEIGHTS, model_dir)) != told.sha256:
        shutil.rmtree(part)
        raise error("model_missing", f"{WEIGHTS} arrived with SHA-256 {found}, the hub has {told.sha256}", model=name)
    (part / _COMMIT).unlink()
    settle(part, place_of(name, model_dir), name, f"hub {repository}@{told.commit}")


def _part_of(commit: str, part: Path) -> Path:
    """The folder for what arrives, with what is left of an earlier try if the hub has nothing newer since."""
    try:
        is_same = (part / _COMMIT).read_text() == commit
    except OSError:
        is_same = False
    if not is_same:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        (part / _COMMIT).write_text(commit)
    return part


@dataclass(frozen=True, slots=True)
class _Told:
    """`sizes` in bytes of the files that are wanted; `sha256` of the weights, if the hub tells it."""

    commit: str
    sizes: dict[str, int]
    sha256: str | None


def _ask(repository: str) -> _Told:
    from fnmatch import fnmatch

    from huggingface_hub import HfApi

    told = HfApi().model_info(repository, files_metadata=True, timeout=ANSWER_TIMEOUT_S)
    wanted = [file for file in told.siblings or () if any(fnmatch(file.rfilename, pattern) for pattern in _WANTED)]
    sizes = {file.rfilename: int(file.size or 0) for file in wanted}
    if WEIGHTS not in sizes or not told.sha:
        raise error("model_missing", f"{repository} holds no {WEIGHTS}: it is not converted", model=repository)
    digests = [file.lfs.sha256 for file in wanted if file.rfilename == WEIGHTS and file.lfs]
    return _Told(told.sha, sizes, digests[0] if digests else None)


@contextmanager
def _telling(part: Path, total_bytes: int, progress: Progress) -> Iterator[None]:
    """Tell what has arrived, whichever way the client fetches it."""
    over = Event()

    def tell() -> None:
        while not over.wait(_TELL_EVERY_S):
            progress(min(_bytes_in(part), total_bytes), total_bytes)

    teller = Thread(target=tell, name="download-progress", daemon=True)
    progress(min(_bytes_in(part), total_bytes), total_bytes)
    teller.start()
    try:
        yield
        progress(total_bytes, total_bytes)
    finally:
        over.set()
        teller.join()


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue  # it was moved meanwhile
    return total


def _told(fault: Exception, name: str, repository: str, model_dir: Path) -> AisubsError:
    from huggingface_hub.errors import RepositoryNotFoundError

    if isinstance(fault, RepositoryNotFoundError):
        return error("unknown_model", f"the hub has no {repository}", model=name, near="`aisubs models` lists some")
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
        return error("model_missing", f"{model_dir}: {fault.strerror}; MODEL_DIR names another folder", model=name)
    return error("no_model", f"{type(fault).__name__}: {fault}", model=name)
