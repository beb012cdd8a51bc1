"""Workers as processes of this machine."""

from aisubs.adapters.runner.subprocess.runner import SubprocessRunner

__all__ = ["SubprocessRunner"]
