"""What a process gives up before it goes where a stranger's address leads: private networks, and other programs.

An audit hook (PEP 578) sees every connection as it is made, whoever makes it, so a redirect, a playlist that points
inside, and a name that is answered differently the next time all end there. It cannot be taken away again.
"""

from __future__ import annotations

import sys
from typing import Any

from aisubs.model.public_address import is_public

_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_PROGRAMS = ("subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.spawn", "os.fork", "pty.spawn")

REFUSED = "it leads into a private network"


class NotAllowed(OSError):
    """It would reach what nobody should reach from here."""


def give_up_surroundings(*, private: bool) -> None:
    """From now on. With `private` the network around is open, this machine included."""

    def look(event: str, told: tuple[Any, ...]) -> None:
        if event in _CONNECTS and not private:
            check(told[1])
        elif event.startswith(_PROGRAMS):
            raise NotAllowed(f"no other program is started here ({event})")

    sys.addaudithook(look)


def check(address: object) -> None:
    """Raises NotAllowed for what is no public address of the internet, by number."""
    match address:
        case (str(host), int(), *_):
            try:
                if is_public(host):
                    return
            except ValueError:
                pass  # a name, which nobody has looked up
    raise NotAllowed(REFUSED)
