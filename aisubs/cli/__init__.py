"""The terminal's door: `aisubs COMMAND`. One file per command; `exits.py` says what the exit codes mean.

Nothing heavy is imported before a command runs, so that `aisubs --help` answers at once.
"""

from aisubs.cli.command_line import main

__all__ = ["main"]
