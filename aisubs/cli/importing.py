"""The fetching of an `aisubs import`: what has come is put into the folder by its title, noted, and transcribed."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

from aisubs.cli.batch import Batch
from aisubs.cli.outputs import folder_problem
from aisubs.cli.progress import Look, View
from aisubs.cli.terminal import printable
from aisubs.local.data_folder import make_data_folder
from aisubs.local.deposit import CalledOff
from aisubs.local.fetching.fetch import Fetched, FetchLimits, fetch
from aisubs.model.errors import AisubsError
from aisubs.model.names import clean_filename, fit_filename


class Imports:
    """Which addresses were taken, and to which file: a line of JSON each, on the disk before `note` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.files: dict[str, Path] = {}
        for line in path.read_bytes().splitlines() if path.exists() else []:
            try:
                said = json.loads(line)
                self.files[said["url"]] = Path(said["file"])
            except (ValueError, KeyError, TypeError):
                continue  # torn by a crash: that recording is fetched again, and found to be there

    def note(self, url: str, title: str, file: Path) -> None:
        with self._path.open("ab") as noted:
            noted.write(json.dumps({"url": url, "title": title, "file": str(file)}).encode() + b"\n")
            noted.flush()
            os.fsync(noted.fileno())
        self.files[url] = file


class Importing:
    """`failed` says whether anything could not be fetched, `whole` whether all addresses were looked at to the end."""

    def __init__(self, urls: Sequence[str], folder: Path, data_dir: Path, batch: Batch, limits: FetchLimits) -> None:
        self.failed = self.whole = False
        self._urls, self._folder, self._batch, self._limits = urls, folder.absolute(), batch, limits
        self._data_dir = data_dir

    @contextmanager
    def running(self, view: View, stop: Event) -> Iterator[None]:
        """Fetch beside the work of the batch, until all is there or `stop` is set."""
        thread = Thread(target=self._fetch_all, args=(view, stop), name="import")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _fetch_all(self, view: View, stop: Event) -> None:
        url = self._urls[0]
        try:
            make_data_folder(self._data_dir)
            coming = self._data_dir / "imports"
            coming.mkdir(mode=0o700, exist_ok=True)
            imports = Imports(self._data_dir / "imports.jsonl")
            if problem := folder_problem(self._folder):
                raise OSError(None, problem)
            for url in self._urls:
                view.show(url, Look("looking"))
                show = partial(self._show, view)
                for one in fetch(url, coming, list(imports.files), self._limits, show, stop):
                    if isinstance(one, str):
                        view.done(url, one)
                    else:
                        self._take(one, imports, view)
            self.whole = True
        except CalledOff:
            pass
        except OSError as fault:
            self.whole = True
            self._fail(url, f"{fault.strerror or fault}.", view)
        finally:
            self._batch.watching = False

    def _take(self, one: Fetched, imports: Imports, view: View) -> None:
        if one.why is not None:
            self._fail(one.key, f"not fetched: {one.why}.".replace("..", "."), view)
            return
        file = imports.files.get(one.key)
        if one.path is not None:
            file = self._put(one.path, one.title)
            imports.note(one.key, one.title, file)
            view.done(one.key, f"fetched → {printable(file.name)}")
        if file is None or not file.exists():
            view.done(one.key, f"taken before ({printable(one.title)})")
            return
        for item in self._batch.add([file]):
            if item.outcome is not None:
                view.done(item.name, item.sentence)

    def _put(self, path: Path, title: str) -> Path:
        """Into the folder, by its title. Raises OSError."""
        suffix = path.suffix if len(path.suffix) <= 10 else ""
        try:
            stem = clean_filename(title.replace("/", "-").replace("\\", "-")).lstrip(".") or path.stem
        except AisubsError:
            stem = path.stem
        number = 1
        while True:
            mark = f"-{number}" if number > 1 else ""
            target = self._folder / fit_filename(f"{stem}{mark}", suffix, _ROOM_BYTES)
            if not target.exists() or filecmp.cmp(target, path, shallow=False):
                break
            number += 1
        beside = self._folder / f".aisubs-{os.getpid()}.part"
        try:
            shutil.copyfile(path, beside)  # the folder may be on another disk
            beside.replace(target)
            path.unlink()
        finally:
            beside.unlink(missing_ok=True)
        return target

    def _fail(self, name: str, sentence: str, view: View) -> None:
        self.failed = True
        view.done(name, printable(sentence))

    def _show(self, view: View, key: str, percent: float) -> None:
        view.show(key, Look("fetching", percent))


_ROOM_BYTES = 240
"""Of a name, so that those of its texts have room."""
