"""A chat model behind an address that speaks as OpenAI's API does."""

from aisubs.adapters.translator.openai_endpoint.plug import OpenAiTranslator

__all__ = ["OpenAiTranslator"]
