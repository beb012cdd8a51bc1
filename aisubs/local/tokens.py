"""The access tokens of this machine's own jobs: what is dropped in the inbox and what the command line sends."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from aisubs.pipeline.jobs import Holder

INBOX = "inbox"
COMMAND_LINE = "cli"


def own_token(data_dir: Path, purpose: str) -> str:
    """The token kept in DATA_DIR/tokens/<purpose>, made at the first call, readable by its owner only.

    Each purpose is one lane of the fair queue: a thousand dropped files do not keep a command waiting.
    """
    path = data_dir / "tokens" / purpose
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # mkstemp: a name of its own for each thread and process, so that none takes another's half-written file
        handle, beside = tempfile.mkstemp(prefix=f"{purpose}.", dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            pass  # another command was quicker, and its token counts
        finally:
            Path(beside).unlink()
    return path.read_text()


def own_holder(data_dir: Path) -> Holder:
    """Whoever may read DATA_DIR/tokens: the holder of everything that was dropped or sent from this machine."""
    return Holder.of(own_token(data_dir, purpose) for purpose in (INBOX, COMMAND_LINE))
