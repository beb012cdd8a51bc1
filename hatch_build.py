"""Puts the built web page into wheel and sdist; hatchling runs this at each build (pyproject.toml).

The page is made by Node, which nobody needs who installs a wheel or an sdist. `make wheel` builds it first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = {"web/dist": "aisubs/page/dist", "web/security-headers.json": "aisubs/page/security-headers.json"}
"""Where it lies in a checkout and an sdist, and where in the wheel: aisubs/http/static.py looks in both."""


class BuiltPage(BuildHookInterface[Any]):
    """An editable installation is a checkout, and finds its page there once that is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises SystemExit, with a sentence, where the page is not built."""
        if version == "editable":
            return
        if not (Path(self.root) / "web/dist/index.html").is_file():
            raise SystemExit(
                "The web page is not built, and a wheel without it would serve none. In a checkout: make wheel "
                "(it needs Node 20.19 or newer). Without Node, install a released wheel: pip install 'aisubs[local]'."
            )
        if self.target_name == "wheel":
            build_data["force_include"] |= PAGE
