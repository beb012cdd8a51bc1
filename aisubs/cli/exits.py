"""What the exit code of every command says; `aisubs --help` prints this table."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """130 is what shells expect of a program that Ctrl-C ended."""

    OK = 0
    JOB_FAILED = 1
    USAGE = 2
    ENVIRONMENT = 3
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.OK: "everything asked for is done",
    Exit.JOB_FAILED: "the command ran, but a recording (--strict: any part) was not transcribed or a check failed",
    Exit.USAGE: "the command line is wrong",
    Exit.ENVIRONMENT: "something the command needs is missing or does not answer; the message says what",
    Exit.INTERRUPTED: "Ctrl-C; nothing is lost, the same command goes on",
}
