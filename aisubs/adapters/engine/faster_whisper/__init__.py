"""Whisper through CTranslate2, by the parts of faster-whisper: its model, tokenizer and features, but our own loop."""

from aisubs.adapters.engine.faster_whisper.plug import FasterWhisperEngine

__all__ = ["FasterWhisperEngine"]
