"""What Whisper writes where nobody speaks: the last words of the videos that it learned from, in many languages.

People say these words, too. So a phrase alone is no reason to doubt; it is where the sound gives no evidence for it.
Whisper's users have met these; a few are credits of the subtitles that it was trained on.
"""

from __future__ import annotations

import re

_PHRASES = (
    # English
    "thank you", "thank you very much", "thank you for watching", "thanks for watching", "thank you for listening",
    "thank you so much for watching", "please subscribe", "like and subscribe", "please subscribe to my channel",
    "subtitles by the amara org community", "transcription by castingwords", "see you in the next video",
    "bye bye", "you",
    # German
    "vielen dank", "vielen dank fürs zuschauen", "danke fürs zuschauen", "untertitel der amara org community",
    "untertitelung des zdf 2020", "untertitelung aufgrund der amara org community", "bis zum nächsten mal",
    # French
    "merci", "merci d avoir regardé", "merci d avoir regardé cette vidéo", "sous titrage st 501",
    "sous titres réalisés par la communauté d amara org", "abonnez vous",
    # Spanish
    "gracias", "gracias por ver", "gracias por ver el video", "gracias por ver el vídeo", "suscríbete",
    "subtítulos por la comunidad de amara org", "subtítulos realizados por la comunidad de amara org",
    # Italian
    "grazie", "grazie per aver guardato", "grazie per aver guardato il video", "sottotitoli e revisione a cura di qtss",
    "sottotitoli creati dalla comunità amara org", "iscrivetevi al canale",
    # Portuguese
    "obrigado", "obrigado por assistir", "obrigada por assistir", "legendas pela comunidade amara org", "inscreva se",
    # Dutch
    "bedankt voor het kijken", "ondertitels ingediend door de amara org gemeenschap", "tot de volgende keer",
    # Polish
    "dziękuję", "dziękuję za oglądanie", "dziękuję za uwagę", "napisy stworzone przez społeczność amara org",
    # Russian
    "спасибо", "спасибо за просмотр", "спасибо за внимание", "субтитры сделал dimatorzok", "продолжение следует",
    "редактор субтитров а семкин корректор а егорова",
    # Japanese
    "ご視聴ありがとうございました", "ご視聴ありがとうございます", "チャンネル登録お願いします", "おやすみなさい",
    # Chinese
    "谢谢观看", "感谢观看", "谢谢大家", "謝謝觀看", "字幕由amara org社区提供",
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    # Korean, Turkish
    "시청해주셔서 감사합니다", "구독과 좋아요 부탁드립니다", "izlediğiniz için teşekkür ederim", "altyazı m k",
)  # fmt: skip


def is_stock(text: str) -> bool:
    """Whether a text is nothing but such a phrase, once or several times. Case and punctuation do not count."""
    words = _words(text)
    return any(
        phrase == words[: len(phrase)] and words == phrase * (len(words) // len(phrase)) for phrase in _KNOWN if words
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


_KNOWN = tuple(_words(phrase) for phrase in _PHRASES)
