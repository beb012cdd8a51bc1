"""The jobs of this machine, or of the database that the settings name, for as long as a command needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aisubs.settings import Settings
    from aisubs.wiring import App


@contextmanager
def opened(settings: Settings) -> Iterator[App]:
    """The parts of the local edition, beside one that runs or without; what they log goes to the file of commands.

    Raises what Edition.open raises.
    """
    from aisubs.local.edition import Edition
    from aisubs.local.log_file import log_to_file

    log_to_file(settings, "commands")
    with Edition(settings) as edition:
        yield edition.open()
