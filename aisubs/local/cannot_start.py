"""Why the local edition cannot run here."""


class CannotStart(Exception):
    """`str()` is a sentence for the user that says what to do. Never reaches a job or the API."""
