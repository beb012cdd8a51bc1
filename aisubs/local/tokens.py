"""Who owns this machine's jobs, and the secrets by which that is shown: files that only their owner can read."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from aisubs.pipeline.jobs import Holder

OWNER = "machine"
"""The one owner of the local edition: of what is dropped, sent by commands, or uploaded by a page that is signed in."""

INBOX = "inbox"
COMMAND_LINE = "cli"
DOORS = "doors"
"""By which jobs of equal requests are known (aisubs/http/whole_recordings.py)."""
SIGN_IN = "sign-in"
"""The key of the link by which the owner signs in."""


def own_token(data_dir: Path, purpose: str) -> str:
    """The token kept in DATA_DIR/tokens/<purpose>, made at the first call, readable by its owner only."""
    path = data_dir / "tokens" / purpose
    if not path.exists():
        _write(path, keep=True)
    return path.read_text()


def renew_token(data_dir: Path, purpose: str) -> str:
    """Another one in its place: the old one is worth nothing from now on."""
    path = data_dir / "tokens" / purpose
    _write(path, keep=False)
    return path.read_text()


def own_holder(data_dir: Path) -> Holder:
    """Whoever may read DATA_DIR/tokens: the owner of this machine's jobs."""
    return Holder.of((own_token(data_dir, purpose) for purpose in (INBOX, COMMAND_LINE)), OWNER)


def sign_in_url(url: str, data_dir: Path) -> str:
    """The link by which the owner signs in at this address. Behind `#` no server and no log ever sees the key."""
    return f"{url}/#key={own_token(data_dir, SIGN_IN)}"


def _write(path: Path, *, keep: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp: a name of its own for each thread and process, so that none takes another's half-written file
    handle, beside = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32))
    if not keep:
        Path(beside).replace(path)
        return
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        pass  # another command was quicker, and its token counts
    finally:
        Path(beside).unlink()
