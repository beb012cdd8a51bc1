"""Transcripts in many scripts, as a speech model writes them, faults included; the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from aisubs.formats.measure import columns
from aisubs.model.transcript import Segment, Transcript, Word


@dataclass(frozen=True)
class Tongue:
    """How a language is made up here: words, what ends and parts sentences, and how fast people speak it."""

    language: str
    script: str
    words: str
    stop: str
    comma: str
    ms_per_column: int  # of running speech; from usual syllable rates, about 15 letters a second in English
    spaced: bool = True


TONGUES = (
    Tongue(
        "en",
        "Latin",
        "the a and but because of in with that we they he was have never house water morning people Angela Merkel "
        "London walked thought about something important quickly government information 25 km which there could",
        ".",
        ",",
        65,
    ),
    Tongue(
        "de",
        "Latin",
        "der die das und aber weil mit von im nicht Haus Wasser Morgen Menschen gegangen gedacht wahrscheinlich "
        "Bundesregierung Geschwindigkeitsbegrenzung Herr Schmidt er sie wir hat war sehr schnell etwas über 30 Prozent",
        ".",
        ",",
        62,
    ),
    Tongue(
        "ru",
        "Cyrillic",
        "и но что когда потому в на с от для дом вода утро люди сказал думала правительство очень быстро никогда мы "
        "они она был была Анна Петрова Москва который этот можно нужно информация",
        ".",
        ",",
        64,
    ),
    Tongue(
        "ar",
        "Arabic",
        "في من إلى على أن لأن ولكن البيت الماء الصباح الناس قال ذهبت كان كانت الحكومة معلومات سريعا جدا هذا هذه التي "
        "الذي بعد قبل مدينة القاهرة كبير صغير",
        ".",
        "،",
        72,
    ),
    Tongue(
        "he",
        "Hebrew",
        "של על את אבל כי עם הבית המים הבוקר אנשים אמר הלכתי היה הייתה הממשלה מידע מהר מאוד הזה הזאת אשר אחרי לפני "
        "ירושלים גדול קטן אנחנו הם",
        ".",
        ",",
        75,
    ),
    Tongue(
        "hi",
        "Devanagari",
        "और लेकिन क्योंकि में से को का की के घर पानी सुबह लोग कहा गया था थी सरकार जानकारी बहुत जल्दी यह वह जो बाद पहले "
        "दिल्ली बड़ा छोटा हम",
        "।",
        ",",
        70,
    ),
    Tongue(
        "zh",
        "Han",
        "我 你 他们 的 了 是 在 有 人 这个 那个 大家 今天 昨天 北京 大学 政府 信息 但是 因为 所以 "
        "非常 快 水 家 早上 说 去 走 想",
        "。",
        "，",
        95,
        spaced=False,
    ),
    Tongue(
        "ja",
        "Kana and Han",
        "私 は が を に で と も の 今日 昨日 東京 大学 政府 情報 コンピューター "
        "しかし だから とても 早く 水 家 朝 言った 行きました 思う です ます ので",
        "。",
        "、",
        70,
        spaced=False,
    ),
    Tongue(
        "th",
        "Thai",
        "และ แต่ เพราะ ใน ที่ ของ กับ บ้าน น้ำ เช้า คน พูด ไป เดิน คิด รัฐบาล ข้อมูล มาก เร็ว นี้ นั้น ซึ่ง หลัง ก่อน กรุงเทพ ใหญ่ เล็ก เรา เขา",
        " ",
        " ",
        70,
        spaced=False,
    ),
)


def transcript(tongue: Tongue, sentences: int, seed: int) -> Transcript:
    """Sentences of one to three speakers with pauses. One segment in twenty has no word times, one in fifty times that
    make no sense: words of no length, or a segment that overlaps the one before."""
    dice = random.Random(f"{tongue.language} {seed}")
    vocabulary = tongue.words.split()
    speakers = dice.choice([[None], ["Speaker 1", "Speaker 2"], ["Ann", "Bob", "Professor Higgins"]])
    speaker = speakers[0]
    segments: list[Segment] = []
    now_ms = 800
    for _ in range(sentences):
        if dice.random() < 0.3:
            speaker = dice.choice(speakers)
        words: list[Word] = []
        pace = tongue.ms_per_column * dice.uniform(0.75, 1.35)
        length = dice.choice([1, 2, 4, 7, 9, 12, 15, 18, 24])
        for position in range(length):
            text = dice.choice(vocabulary)
            if position == length - 1:
                text += tongue.stop
            elif dice.random() < 0.12:
                text += tongue.comma
            end_ms = now_ms + int((columns(text) + tongue.spaced) * pace)
            words.append(Word(now_ms, end_ms, f" {text}" if tongue.spaced else text, 0.9))
            now_ms = end_ms + (dice.choice([150, 400, 900]) if dice.random() < 0.06 else 0)
        segments.append(_faulty(words, speaker, dice))
        now_ms += dice.choice([0, 0, 120, 300, 700, 1_500, 4_000])
    return Transcript(now_ms + 1_000, tongue.language, tuple(segments), title="bench.wav")


def _faulty(words: list[Word], speaker: str | None, dice: random.Random) -> Segment:
    fault = dice.random()
    start_ms, end_ms = words[0].start_ms, words[-1].end_ms
    text = "".join(word.text for word in words)
    if fault < 0.05:
        return Segment(start_ms, end_ms, text, (), speaker)
    if fault < 0.06:
        words = [Word(word.start_ms, word.start_ms, word.text, 0.1) for word in words]
    elif fault < 0.07:
        words = [Word(word.start_ms - 700, word.end_ms - 700, word.text, 0.1) for word in words]
        start_ms, end_ms = start_ms - 700, end_ms - 700
    return Segment(start_ms, end_ms, text, tuple(words), speaker)
