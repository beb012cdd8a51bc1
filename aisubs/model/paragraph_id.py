"""How paragraphs are called."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

ParagraphId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,24}$")]
"""The machine's paragraphs are "0", "1", …; people's have any other names, each once in a document."""
