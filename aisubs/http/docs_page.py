"""/docs: the OpenAPI description as one page that loads nothing from elsewhere and runs no script."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: .5rem }
summary { cursor: pointer; padding: .4rem 0 }
summary b { display: inline-block; min-width: 4.5rem; color: #0b7a75 }
td, th { text-align: left; vertical-align: top; padding: .1rem 1rem .1rem 0 }
"""

_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-"
    + base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
    + "'"
)


@router.get("/docs", response_class=HTMLResponse)
def docs(request: Request) -> HTMLResponse:
    description = request.app.openapi()
    return HTMLResponse("".join(_page(description)), headers={"Content-Security-Policy": _POLICY})


def _page(api: dict[str, Any]) -> Iterator[str]:
    title = f"{escape(api['info']['title'])} {escape(api['info']['version'])}"
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><h1>{title}</h1>'
    yield f"<p>{escape(api['info'].get('description', ''))}</p>"
    yield '<p>Machine-readable: <a href="openapi.json">openapi.json</a></p><h2>Addresses</h2>'
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield from _operation(method.upper(), path, operation)
    yield "<h2>Bodies</h2>"
    for name, schema in api.get("components", {}).get("schemas", {}).items():
        yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        yield f"<p>{escape(schema.get('description', ''))}</p>{_table(schema.get('properties', {}))}</details>"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<details><summary><b>{method}</b> <code>{escape(path)}</code> {escape(operation.get('summary', ''))}"
    yield f"</summary><p>{escape(operation.get('description', ''))}</p>"
    taken = {item["name"]: item["schema"] | {"in": item["in"]} for item in operation.get("parameters", [])}
    yield _table(taken)
    body = operation.get("requestBody", {}).get("content", {})
    for media_type, content in body.items():
        yield f"<p>Body, {escape(media_type)}: {_kind(content.get('schema', {}))}</p>{_shown(content)}"
    yield "<ul>"
    for status, answer in operation.get("responses", {}).items():
        kinds = ", ".join(_kind(content.get("schema", {})) for content in answer.get("content", {}).values())
        codes = " ".join(f"<code>{escape(code)}</code>" for code in _codes(answer))
        shown = "".join(map(_shown, answer.get("content", {}).values()))
        yield f"<li><code>{escape(status)}</code> {escape(answer.get('description', ''))} {codes or kinds}{shown}</li>"
    yield "</ul></details>"


def _codes(answer: dict[str, Any]) -> list[str]:
    """Of an error: which it may be."""
    return [code for content in answer.get("content", {}).values() for code in content.get("examples", {})]


def _shown(content: dict[str, Any]) -> str:
    """The example, if there is one."""
    if "example" not in content:
        return ""
    return f"<pre>{escape(json.dumps(content['example'], ensure_ascii=False, indent=1))}</pre>"


def _table(fields: dict[str, dict[str, Any]]) -> str:
    rows = (
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(field.get('in', ''))}</td><td>{_kind(field)}</td>"
        f"<td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in fields.items()
    )
    return f"<table>{''.join(rows)}</table>" if fields else ""


def _kind(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few words, other schemas as links."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if choices := schema.get("anyOf") or schema.get("allOf"):
        return " or ".join(_kind(choice) for choice in choices)
    if "enum" in schema:
        return escape(" | ".join(map(str, schema["enum"])))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    default = f", {escape(str(schema['default']))} if unsaid" if schema.get("default") is not None else ""
    return f"{escape(str(schema.get('type', 'anything')))}{default}"
