"""The other side of apart.py: `python -m aisubs.media.apart_child`, with a socket as its standard input.

For each socket that comes through it a child is forked, which gives up what it can (confine.py) before it reads the
first byte of the file.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
import socket

import av
import numpy as np

from aisubs.heap import keep_heap_small
from aisubs.media.blocks import Block
from aisubs.media.confine import give_up
from aisubs.media.container import Limits
from aisubs.media.messages import choice_in, of_block, of_fault, of_info, wish_in
from aisubs.media.mux_child import mux_asked
from aisubs.media.one_track import decode_track
from aisubs.media.probe import probe
from aisubs.media.sound_child import sound_asked
from aisubs.media.source import RangeFile
from aisubs.media.vad import Floats, Vad, VadState, state_of, values_of
from aisubs.media.wire import Gone, Header, Wire
from aisubs.model.errors import AisubsError, error
from aisubs.ports import Samples

LOW_PRIORITY = 10
"""Of those who make copies, which nobody waits for as for a transcript."""


class AskedReader:
    """The file, by asking for it."""

    def __init__(self, wire: Wire, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._wire = wire

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._wire.send({"read": [offset_bytes, length_bytes]})
        return bytes(self._wire.receive()[1])

    def close(self) -> None: ...


class AskedVad(Vad):
    """The network, by asking for it: it is the parent's, and no library of its own is needed here."""

    def __init__(self, wire: Wire) -> None:
        self.state = VadState.fresh()
        self._wire = wire

    def probabilities(self, samples: Samples) -> Floats:
        self._wire.send({"hear": len(samples)}, values_of(self.state) + samples.astype(np.float32).tobytes())
        self.state, heard = state_of(self._wire.receive()[1])
        return heard


def look(wire: Wire, told: Header) -> None:
    reader, limits = AskedReader(wire, told["size_bytes"]), Limits(**told["limits"])
    info = probe(reader, limits, wish_in(told["wish"]))
    wire.send({"duration_ms": info.duration_ms, "has_picture": info.has_video})


def decode(wire: Wire, told: Header) -> None:
    wish = choice_in(told["wish"]) if "number" in told["wish"] else wish_in(told["wish"])
    # The parent reads ahead.
    file = RangeFile(AskedReader(wire, told["size_bytes"]))
    for item in decode_track(file, Limits(**told["limits"]), wish, told["skip_samples"], lambda: AskedVad(wire)):
        if isinstance(item, Block):
            wire.send(*of_block(item))
        else:
            wire.send(of_info(item))
    wire.send({"end": True})


def serve(connection: socket.socket, parent: int) -> None:
    wire = Wire(connection)
    told, data = wire.receive()
    if told["task"] == "mux":
        os.nice(LOW_PRIORITY)
    give_up(told["memory_bytes"], told["cpu_s"], told["life_s"], parent)
    try:
        if told["task"] == "mux":
            mux_asked(wire, told, data, RangeFile(AskedReader(wire, told["size_bytes"])))
        elif told["task"] == "sound":
            sound_asked(wire, told, RangeFile(AskedReader(wire, told["size_bytes"])))
        else:
            (look if told["task"] == "look" else decode)(wire, told)
    except AisubsError as fault:
        wire.send(of_fault(fault))
    except MemoryError:
        wire.send(of_fault(error("damaged", "it does not fit into the memory that one recording may take")))


def load_everything() -> None:
    """PyAV loads parts of itself when it first meets a stream of their kind, NumPy when they are first asked for
    (np.median asks for `ma`); and a child opens no file any more."""
    for part in ("fft", "linalg", "ma", "polynomial", "random"):
        importlib.import_module(f"numpy.{part}")
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if module.name not in ("av.__main__", "av.datasets"):
            importlib.import_module(module.name)


def main() -> None:
    keep_heap_small()
    load_everything()
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)  # a service manager tells all processes; who started this one decides
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children need not be waited for
    control, parent = socket.socket(fileno=0), os.getpid()
    while True:
        message, sockets, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        connection = socket.socket(fileno=sockets[0])
        if os.fork() == 0:
            control.close()
            try:
                serve(connection, parent)
            except Gone:
                pass  # nobody is there to be told
            finally:
                os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()
