"""A speech model for tests: small, fast, and nobody's idea of a transcript. README.md says what it knows."""

from pathlib import Path

TOY = Path(__file__).parent / "toy"
"""Its weights; tests/conftest.py makes every test use them, real_models.py has real ones."""
