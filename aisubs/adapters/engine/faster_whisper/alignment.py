"""When each token of a text is said: the decoder reads the text, and its cross-attention tells where it looked (dynamic
time warping over the heads that follow the sound; openai/whisper, timing.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aisubs.ports import Prepared

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

# Punctuation that joins the word after it, and the word before it.
_JOINS_NEXT, _JOINS_LAST = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"


def find_alignment(
    whisper: WhisperModel, tokenizer: Tokenizer, states: Any, batch: Sequence[Prepared], texts: Sequence[Sequence[int]]
) -> list[list[dict[str, Any]]]:
    """Of each window the words of its tokens with `start` and `end` (s) in the shortened sound, punctuation joined."""
    from faster_whisper.transcribe import merge_punctuations

    frames = [max(1, prepared.features.shape[-1]) for prepared in batch]
    aligned: list[list[dict[str, Any]]] = whisper.find_alignment(tokenizer, texts, states, frames)
    for words in aligned:
        merge_punctuations(words, _JOINS_NEXT, _JOINS_LAST)
    return aligned


def tokens_of(whisper: WhisperModel, tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The tokens of texts that are known; none for one that does not fit into the decoder's context."""
    room = whisper.max_length - len(tokenizer.sot_sequence) - 2
    encoded = [tokenizer.encode(text) for text in texts]
    return [tokens if len(tokens) <= room else [] for tokens in encoded]
