"""What of an answer counts: the sentences that were asked for, each once, as a text that could be one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aisubs.formats.wording import clean, is_visible
from aisubs.model.translation import Sentence

LONGER, MORE_CHARS = 6, 100
"""A translation has at most so many times the characters of its sentence, and so many: what is longer talks of
something else. (Chinese grows most, to about four times in German.)"""


def accepted(asked: Sequence[Sentence], texts: Sequence[tuple[int, str]]) -> dict[int, str]:
    """By number. What is invented is left out; of what has two wordings nobody knows which is meant."""
    wanted = {one.seq: one.source.text for one in asked}
    cleaned = [(number, " ".join(clean(text).split())) for number, text in texts if number in wanted]
    wordings = Counter(number for number, _ in set(cleaned))
    return {
        number: text
        for number, text in cleaned
        if wordings[number] == 1 and is_visible(text) and len(text) <= LONGER * len(wanted[number]) + MORE_CHARS
    }
