"""Hooks of mkdocs (mkdocs.yml): README.md and CONTRIBUTING.md are pages of the site, links out of docs/ lead to the
repository.

Documents are written for the repository, where their links are checked (test_documents.py); here the same links are
turned so that they work on the site.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BROUGHT = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md"}
"""Documents of the repository's top level, and the pages that they are."""

_LINK = re.compile(r"(\]\(|src=\")([^)#\s\"]+)((?:#[^)\s\"]*)?)")
_BLOCK = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)


def on_files(files: Any, config: Any) -> Any:
    """`files`: mkdocs.structure.files.Files."""
    from mkdocs.structure.files import File

    for document, page in BROUGHT.items():
        files.append(File.generated(config, page, content=(ROOT / document).read_text()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Turn the links of one page; blocks of code stay as they are."""
    here = {page: document for document, page in BROUGHT.items()}.get(
        page.file.src_uri, posixpath.join("docs", page.file.src_uri)
    )
    parts = _BLOCK.split(markdown)
    return "".join(part if part.startswith("```") else turn_links(part, here, config["repo_url"]) for part in parts)


def turn_links(text: str, document: str, repo_url: str) -> str:
    """Links as they are on the site. `document`: path in the repository of the file that holds them."""

    def turned(found: re.Match[str]) -> str:
        before, target, anchor = found.groups()
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(document), target))
        if path in BROUGHT or path.startswith("docs/"):
            page = BROUGHT.get(path, path.removeprefix("docs/"))
            own = BROUGHT.get(document, document.removeprefix("docs/"))
            if (ROOT / "docs" / page).is_dir():
                page = posixpath.join(page, "README.md")
            return f"{before}{posixpath.relpath(page, posixpath.dirname(own) or '.')}{anchor}"
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"{before}{repo_url}/{kind}/main/{path}{anchor}"

    return _LINK.sub(turned, text)
