"""The part of the wiring that chooses what translates texts."""

from __future__ import annotations

from aisubs.model.errors import error
from aisubs.ports import Translator
from aisubs.settings import Settings


def no_translator() -> Translator:
    """Where texts are not translated. Raises `no_translator`."""
    raise error("no_translator")


def make_translator(settings: Settings) -> Translator:
    """By `TRANSLATOR`. Nothing is sent or loaded before it is asked. Raises `no_translator`, `translator_unusable`."""
    if settings.translator == "none":
        return no_translator()
    try:
        return _make(settings)
    except ModuleNotFoundError as fault:
        why = f"{fault.name} is not installed (pip install 'aisubs[{settings.translator}]')"
        raise error("translator_unusable", translator=settings.translator, why=why) from fault
    except ValueError as fault:
        raise error("translator_unusable", translator=settings.translator, why=str(fault)) from fault


def _make(settings: Settings) -> Translator:
    if settings.translator == "openai":
        from aisubs.adapters.translator.openai_endpoint import OpenAiTranslator

        key = settings.translation_key
        return OpenAiTranslator(
            settings.translation_url,
            settings.translation_model,
            key.get_secret_value() if key else None,
            timeout_s=settings.translation_timeout_s,
            temperature=settings.translation_temperature,
        )
    from aisubs.adapters.translator.opus_mt import OpusMtTranslator

    return OpusMtTranslator(
        settings.translation_model_dir, settings.device, settings.compute_type, threads=settings.cpu_threads
    )
