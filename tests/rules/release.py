"""Whether the repository is what a tag says: `python -m tests.rules.release v0.2.0` (part of `make release`).

Without a tag it prints the one that the version asks for. With one, the version everywhere and the changelog must
agree with it; then the notes of the release go to dist/NOTES.md.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import aisubs

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "dist" / "NOTES.md"


def version() -> str:
    """Of pyproject.toml. Raises SystemExit where the package calls itself otherwise."""
    said = str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
    if said != aisubs.__version__:
        raise SystemExit(f"pyproject.toml says {said}, aisubs/__init__.py {aisubs.__version__}.")
    return said


def notes(of: str) -> tuple[str, str]:
    """Heading and text of this version in CHANGELOG.md. Raises SystemExit where there is none."""
    found = re.search(rf"(?ms)^## {re.escape(of)} \((.*?)\)\n(.*?)(?=^## |\Z)", (ROOT / "CHANGELOG.md").read_text())
    if found is None:
        raise SystemExit(f"CHANGELOG.md has no section “## {of} (date)”.")
    return found[1], found[2].strip()


def check(tag: str) -> str:
    """The notes of the release. Raises SystemExit with a sentence where something does not fit the tag."""
    expected = f"v{version()}"
    if tag != expected:
        raise SystemExit(f"The tag is {tag}, but this is {expected}: change both files that name it, or the tag.")
    date, text = notes(version())
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise SystemExit(f"CHANGELOG.md calls {version()} “{date}”; a release has a date.")
    return text


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(f"This would be v{version()} ({notes(version())[0]}).")
    else:
        text = check(sys.argv[1])
        NOTES.parent.mkdir(exist_ok=True)
        NOTES.write_text(f"{text}\n")
        print(f"{sys.argv[1]} fits; its notes are in {NOTES.relative_to(ROOT)}.")
