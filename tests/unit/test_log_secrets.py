"""No line of a log holds a secret, wherever it came from; and what is none stays readable."""

from __future__ import annotations

import base64
import json
import logging
import sys
from pathlib import Path

import pytest

from aisubs.log import JsonFormatter
from aisubs.model.component_token import make_token

KEY = "q7Jv2-Zx_9Lm4Tn8Rb1Wc6Yd3Fh5Gk0PsVtEuAiOoNj"
"""43 characters, as secrets.token_urlsafe(32) makes them."""
JWT = make_token("a secret of at least thirty-two characters", "worker", 60)
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY}\n{KEY}\n-----END PRIVATE KEY-----"

TOLD = [
    (f"GET /api/jobs failed: Authorization: Bearer {KEY}", KEY),
    (f"headers={{'authorization': 'Bearer {JWT}'}}", JWT),
    (f"a token that stands alone: {JWT}, and more", JWT),
    (f'connection to "postgresql://aisubs:{KEY}@db.example:5432/postgres" failed', KEY),
    (f"503 for https://storage.googleapis.com/b/o?X-Goog-Date=1&X-Goog-Signature={KEY}&x=1", KEY),
    (f"403 for https://s3.example/b/o?X-Amz-Signature={KEY}", KEY),
    (f"https://x.supabase.co/storage/v1/object/sign/a/b?token={JWT}", JWT),
    (f"PUT https://storage.googleapis.com/upload/b?uploadType=resumable&upload_id={KEY}", KEY),
    (f'{{"access_token": "{KEY}", "expires_in": 3600}}', KEY),
    (f"{{'password': '{KEY}'}}", KEY),
    (f"Invalid API key: sb_secret_{KEY}", KEY),
    (f"signed with whsec_{base64.b64encode(KEY.encode()).decode()}", base64.b64encode(KEY.encode()).decode()),
    (f"session own_{KEY} is over", KEY),
    (f"set-cookie: sid={KEY}; path=/", KEY),
    (PEM, KEY),
    (f"{PEM[:60]}", PEM[30:60]),
]


def _lines(text: str) -> list[str]:
    """The same text in each place of a line."""
    try:
        raise ValueError(text)
    except ValueError:
        fault = sys.exc_info()
    records = [
        logging.makeLogRecord({"msg": text}),
        logging.makeLogRecord({"msg": "failed: %s", "args": (text,)}),
        logging.makeLogRecord({"msg": "failed", "reason": text}),
        logging.makeLogRecord({"msg": "failed", "told": {"answers": [text, (text,)]}}),
        logging.makeLogRecord({"msg": "failed", "fault": fault[1]}),
        logging.makeLogRecord({"msg": "failed", "exc_info": fault}),
    ]
    return [JsonFormatter().format(record) for record in records]


@pytest.mark.parametrize(("text", "secret"), TOLD)
def test_a_secret_stands_in_no_line(text: str, secret: str) -> None:
    for line in _lines(text):
        assert secret not in line
        json.loads(line)


@pytest.mark.parametrize("name", ["token", "tokens", "owner_token", "authorization", "api_key", "password"])
def test_a_field_that_is_named_as_one_is_never_told(name: str) -> None:
    line = json.loads(JsonFormatter().format(logging.makeLogRecord({"msg": "asked", "told": {name: KEY}, name: [KEY]})))
    assert line["told"] == {name: "…"}
    assert line[name] == "…"


@pytest.mark.parametrize(
    "text",
    [
        "job.failed",
        "windows.saved",
        "postgresql://127.0.0.1:5432/postgres: connection refused",
        "https://example.com/a?page=2&code=no_gpu",
        "bearer tokens: at most 100 may be shown at once",
        "the token has run out",
        "error_code=store_unavailable reason=503 token_count=5",
        "7f0f5c9e-2e2b-4c3a-8f0a-0d9f2a6b1c11",
        "uploads/7f0f5c9e/talk: own.mp4",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    record = logging.makeLogRecord({"msg": text, "path": Path("a/b"), "count": 3, "ratio": 0.5, "none": None})
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["path"], line["count"], line["ratio"], line["none"]) == (text, "a/b", 3, 0.5, None)
