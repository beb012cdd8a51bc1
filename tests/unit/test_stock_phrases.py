"""The last words of videos: known in ten languages, doubted only where the sound gives no evidence for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aisubs.model.transcript import Segment, Word
from aisubs.pipeline.transcribe.doubts import Doubt, find_doubts
from aisubs.pipeline.transcribe.stock_phrases import is_stock

SPEECH = ((0, 3_000),)
TEN = {
    "en": " Thank you for watching!",
    "de": " Vielen Dank fürs Zuschauen.",
    "fr": " Sous-titres réalisés par la communauté d'Amara.org",
    "es": " ¡Gracias por ver el video!",
    "it": " Sottotitoli e revisione a cura di QTSS",
    "pt": " Obrigado por assistir.",
    "nl": " Bedankt voor het kijken!",
    "pl": " Dziękuję za oglądanie.",
    "ru": " Субтитры сделал DimaTorzok",
    "ja": "ご視聴ありがとうございました",
    "zh": "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
}


def said(text: str, confidence: float = 0.95, logprob: float = -0.2, no_speech: float = 0.02) -> Segment:
    words = (Word(300, 1_900, text, confidence),)
    return Segment(300, 1_900, text, words, avg_logprob=logprob, no_speech_prob=no_speech)


@pytest.mark.parametrize("language", TEN)
def test_a_stock_phrase_is_doubted_where_evidence_is_missing(language: str) -> None:
    phrase = said(TEN[language])
    assert find_doubts((phrase,), SPEECH) == set()
    assert find_doubts((replace(phrase, no_speech_prob=0.5),), SPEECH) == {Doubt.STOCK}
    assert find_doubts((replace(phrase, avg_logprob=-0.6),), SPEECH) == {Doubt.STOCK}
    assert find_doubts((said(TEN[language], confidence=0.3),), SPEECH) == {Doubt.STOCK}


@pytest.mark.parametrize("text", ["Thank you. Thank you.", "thank you for watching, thank you for watching", "Merci !"])
def test_said_again_it_is_the_same_phrase(text: str) -> None:
    assert is_stock(text)


@pytest.mark.parametrize("text", ["", "Thank you for watching the children.", "You know, thank you.", "Merci, Anne."])
def test_what_only_begins_like_it_is_none(text: str) -> None:
    assert not is_stock(text)


def test_words_beside_it_are_not_doubted() -> None:
    first = said(" The meeting starts at nine.")
    assert find_doubts((first, said(" Thank you.")), SPEECH) == set()
    assert find_doubts((replace(first, no_speech_prob=0.5),), SPEECH) == set()
