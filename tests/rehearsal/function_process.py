"""One function as Cloud Run runs it: functions-framework in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.http_server import until

SOURCE = Path(__file__).parents[2] / "functions/main.py"


class FunctionProcess:
    """`target` at `url`; the port is known before it is started, and stays when it is started again."""

    def __init__(self, target: str, folder: Path) -> None:
        self.target = target
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{target}.log"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._variables: dict[str, str] = {}

    def start(self, variables: Mapping[str, str] | None = None) -> None:
        """Returns at once; `wait` waits until it listens. Without variables: as before."""
        if variables is not None:
            here = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "PYTHONPATH": str(SOURCE.parents[1])}
            self._variables = {**here, "THREADS": "4", **variables}
        command = [sys.executable, "-c", "from functions_framework._cli import _cli; _cli()"]
        options = ["--target", self.target, "--source", str(SOURCE), "--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, *options], env=self._variables, cwd=self._folder, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def wait(self) -> None:
        until(self._listens, 120)

    def kill(self) -> None:
        """With its gunicorn worker."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()[-2000:]
        with socket.socket() as wire:
            return wire.connect_ex(("127.0.0.1", self.port)) == 0
