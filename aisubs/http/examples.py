"""An example of everything that is sent, made from its schema: fields are called the same everywhere, so each name has
one example. A field may bring its own (`Field(examples=[...])`), and has to where its name stands for something else.
"""

from __future__ import annotations

from typing import Any

_TIME = "2026-11-30T12:00:00+00:00"
_ID = "0b9c1f4e-7d0a-4c55-9a86-2f1f6f0f3f21"

_BY_NAME: dict[str, Any] = {
    "access_token": "mK3vXq0h2sZ1cYw8uB5nTgRfE7dLaPjO",
    "account_id": _ID,
    "answered": "200 ok",
    "authorization_endpoint": "https://id.example.org/authorize",
    "auth": "4vQK-SvRAN5eo-8ASlrwdg",
    "base_url": "https://subtitles.example",
    "choices": ["bom", "crlf"],
    "code": "job_not_found",
    "client_id": "aisubs",
    "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "content_type": "video/mp4",
    "crc32c": "yZRlqg==",
    "currency": "EUR",
    "device": "phone",
    "disabled_because": "410 gone",
    "email": "angela@example.org",
    "end_session_endpoint": "https://id.example.org/end-session",
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/x",
    "event": "job.completed",
    "events": ["job.completed"],
    "filename": "talk.mp4",
    "format": "srt",
    "format_name": "srt",
    "Idempotency-Key": "3f0c7d52-6f0e-4f3e-9d0a-6a5f5f0d2b11",
    "If-Match": '"0"',
    "job_id": _ID,
    "key": "mK3vXq0h2sZ1cYw8uB5nTgRfE7dLaPjO",
    "language": "en",
    "languages": ["en", "de"],
    "libraries": ["lib_0123456789abcdefghjkmnpqrs"],
    "media_type": "text/vtt; charset=utf-8",
    "message": "There is no such job, or it has been deleted.",
    "model": "base",
    "name": "Angela",
    "nonce": "Xq0h2sZ1cYw8uB5nTgRfE7dLaPjO",
    "offsets": [0, 6],
    "conf": [98, 95],
    "durations": [400, 300],
    "ends": [2400],
    "owner_id": "machine",
    "p256dh": "BFvGYFl8hjxRHkhcNGhdkGBLHjnXbM7s8nSc5RNRKrhvNsJdQkOJzVvUvCEZ0GQQhTBmEWZsYeUSpPVTkcn3MPs",
    "profile": "netflix",
    "audio_track": "1",
    "before": "1",
    "channels": "dialogue",
    "cue_profile": "netflix",
    "description": "SubRip: the subtitles that nearly every player and editor reads.",
    "etag": '"1"',
    "gone": [],
    "hotwords": "Kubernetes, etcd",
    "id": "0",
    "initial_prompt": "A talk about clusters.",
    "job_ids": [_ID],
    "kind": "websocket",
    "models": ["base", "large-v3-turbo"],
    "paragraphs": ["0"],
    "remove": ["0"],
    "ids": ["0"],
    "redirect_uri": "https://subtitles.example/sign-in/callback",
    "scope": "openid profile email",
    "scopes": ["read"],
    "second_opinion": "none",
    "second_opinions": [],
    "tag": ["lectures"],
    "tags": ["lectures"],
    "tokens": ["mK3vXq0h2sZ1cYw8uB5nTgRfE7dLaPjO"],
    "watch_topic": "job:9f86d081884c7d659a2feaa0c55ad015",
    "providers": ["password", "github"],
    "q": "house water",
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "session_id": _ID,
    "share_id": _ID,
    "speaker": "S1",
    "starts": [1000, 1400],
    "suffix": ".vtt",
    "suggested_name": "Angela",
    "text": "Good morning.",
    "texts": ["Good morning."],
    "title": "Monday",
    "token": "own_mK3vXq0h2sZ1cYw8uB5nTgRfE7dLaPjO",
    "url": "https://subtitles.example/upload/3f9c",
    "version": "0.2.0",
    "video_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "voice_id": _ID,
    "webhook_id": _ID,
    "word": "3f9c",
}
_BY_UNIT = {"_ms": 2400, "_bytes": 734_003_200, "_s": 90, "_hours": 168, "_speakers": 2}
_DEPTH = 12
"""Of schemas within schemas."""


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = _DEPTH) -> Any:
    """Something that fits `schema`; `schemas` are what `$ref` names, `name` is what the field is called.

    Fields that may be left out are there if their name has an example of its own.
    """
    if given := schema.get("examples"):
        return given[0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name, depth - 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return example_of(choices[0], schemas, name, depth)
    return _of_kind(schema, schemas, name, depth)


def _of_kind(schema: dict[str, Any], schemas: dict[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type")
    known = _BY_NAME.get(name)
    if kind == "array":
        if isinstance(known, list) and "$ref" not in schema.get("items", {}):
            return known
        if "prefixItems" in schema:
            return [example_of(item, schemas, "", depth - 1) for item in schema["prefixItems"]]
        items = schema.get("items", {})
        called = name if items.get("type") in ("integer", "number") else ""
        return [example_of(items, schemas, called, depth - 1)] if depth > 0 else []
    if kind == "object" or "properties" in schema:
        return _of_object(schema, schemas, depth)
    if kind == "string":
        return known if isinstance(known, str) else _text(schema, name)
    if kind in ("integer", "number"):
        return _number(schema, name)
    return {"boolean": schema.get("default", True), "null": None}.get(kind or "", {})


def _of_object(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> dict[str, Any]:
    if fields := schema.get("properties"):
        shown = {field for field in fields if field in schema.get("required", fields) or field in _BY_NAME}
        return {field: example_of(fields[field], schemas, field, depth - 1) for field in fields if field in shown}
    more = schema.get("additionalProperties")
    return {"S1": example_of(more, schemas, "", depth - 1)} if isinstance(more, dict) and depth > 0 else {}


def _number(schema: dict[str, Any], name: str) -> Any:
    wanted = next((value for unit, value in _BY_UNIT.items() if name.endswith(unit)), schema.get("default") or 1)
    return max(schema.get("minimum", 0), min(wanted, schema.get("maximum", wanted)))


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") == "uuid" or name.endswith("_id"):
        return _ID
    if schema.get("format") == "date-time" or name.endswith(("_at", "expires", "until")):
        return _TIME
    return "text"
