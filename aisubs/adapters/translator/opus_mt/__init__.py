"""Models of the OPUS-MT project (MarianMT), converted for CTranslate2, on this machine."""

from aisubs.adapters.translator.opus_mt.plug import OpusMtTranslator

__all__ = ["OpusMtTranslator"]
