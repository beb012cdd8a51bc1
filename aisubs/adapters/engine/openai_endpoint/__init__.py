"""Speech models behind an address that speaks as OpenAI's audio API does."""

from aisubs.adapters.engine.openai_endpoint.plug import OpenAiEngine

__all__ = ["OpenAiEngine"]
