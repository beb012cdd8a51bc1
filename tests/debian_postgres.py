"""An older Postgres than the embedded one, from Debian: the lower bound of the SQL that we may use.

It is used where it is installed, else unpacked (tests/debian.py).
"""

from __future__ import annotations

from pathlib import Path

from tests.debian import unpacked

OLDEST = 15
_INSTALLED = Path("/usr/lib/postgresql")


def older_binaries() -> Path:
    """The `bin` folder of the oldest Postgres from 15 on. Raises NotToBeHad."""
    installed = sorted(
        (int(folder.name), folder / "bin")
        for folder in _INSTALLED.glob("[0-9]*")
        if int(folder.name) >= OLDEST and (folder / "bin" / "initdb").exists()
    )
    if installed:
        return installed[0][1]
    within = f"usr/lib/postgresql/{OLDEST}/bin"
    return unpacked(f"postgresql-{OLDEST}", {name: f"{within}/{name}" for name in ("initdb", "postgres")})
