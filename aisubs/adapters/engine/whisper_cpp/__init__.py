"""Whisper by whisper.cpp, through pywhispercpp: on processors of all kinds, and on GPUs that CUDA does not know."""

from aisubs.adapters.engine.whisper_cpp.plug import WhisperCppEngine

__all__ = ["WhisperCppEngine"]
