"""Transcripts that hypothesis makes, tame and wild, and what must come back out of any file made of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st

from aisubs.model.transcript import Coverage, Mark, Segment, Transcript, Word

SETTINGS = settings(derandomize=True, deadline=None, max_examples=50)
FEW = settings(derandomize=True, deadline=None, max_examples=15)

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ru", "ar", "he", "hi", "zh", "ja", "ko", "th", "xx")

_SCRIPTS = (
    "abcdefghijklmnop ABC,.?!0123456789'",
    "абвгдежзиклмн ,.",
    "ابتثجحخدذرز ،؟",
    "אבגדהוזחט ,.",
    "कखगघाििीुे्ं ।",
    "我你他她们的了是在有人这中大，。！？「」",
    "あいうえおかきアイウエーっゃ、。東京漢字",
    "กขคงจเแโาะิีุู่้ๆ",
    "한국어는띄어쓰기 가.",
)
_NASTY = (
    " -->",
    " --->",
    "--",
    ">",
    " <i>go</i>",
    " a<b && c>d",
    " &amp;",
    " {\\an8}",
    " C:\\New\\house",
    " [00:12.00]",
    " <00:12.00>",
    " [ti:x]",
    ' =HYPERLINK("x")',
    " '=1",
    " -1",
    " +1",
    " @x",
    "\t",
    "\n\n",
    "\r\n",
    " 42",
    "\u2028",
    "\x00",
    "\x0b x",
    "\ufeff",
    "\uffff",
    "\u200d",
    "\u0301",
    " ?",
    " «",
    " -",
    "...",
    " a" + "b" * 90,
    " c" + "d" * 60,
    " 👩‍👧",
    " \U0001f1e9\U0001f1ea",
    " NOTE",
    " WEBVTT",
    " STYLE",
    ' "',
    ' "quoted", text;',
    "",
    " ",
    " two words",
)
_ENGLISH = (
    "the of and to a in that is was he for it with as his on be at by I this had not are but from or have an they "
    "which one you were her all she there would their we him been has when who will more no if out so said what "
    "Angela Merkel Berlin, Dr. Smith 25 km, 3 million; house. Yes. Why? extraordinarily counterproductive"
)
_ORDINARY = _ENGLISH.split()

speakers = st.sampled_from([None, "Speaker 1", "Speaker 2", "Ann, B: <x>", "דנה", "", "  ", "{x}\n"])
wild_times = st.integers(min_value=-5_000, max_value=400_000_000) | st.integers(min_value=0, max_value=2_000)


def _word_texts() -> st.SearchStrategy[str]:
    scripts = [st.text(alphabet, min_size=1, max_size=12) for alphabet in _SCRIPTS]
    return st.one_of(st.sampled_from(_ORDINARY).map(lambda word: f" {word}"), st.sampled_from(_NASTY), *scripts)


@st.composite
def _segments(draw: st.DrawFn) -> Segment:
    texts = draw(st.lists(_word_texts(), max_size=16))
    words: list[Word] = []
    if draw(st.booleans()):
        words = [
            Word(draw(wild_times), draw(wild_times), text, draw(st.none() | st.floats(min_value=0, max_value=1)))
            for text in texts
        ]
    return Segment(
        draw(wild_times),
        draw(wild_times),
        "".join(texts),
        tuple(words),
        draw(speakers),
        draw(st.none() | st.floats(min_value=-10, max_value=0)),
        draw(st.none() | st.floats(min_value=0, max_value=10)),
        draw(st.none() | st.floats(min_value=0, max_value=1)),
        tuple(draw(st.lists(st.sampled_from(Mark), max_size=2))),
        model=draw(st.sampled_from([None, "base"])),
    )


@st.composite
def wild_transcripts(draw: st.DrawFn) -> Transcript:
    """Anything a model, an engine or a person may have written: nasty text, times that make no sense."""
    accounts = draw(st.tuples(*[st.integers(min_value=0, max_value=10**9)] * 4))
    coverage = Coverage(*accounts, ((1, 2), (3, 5)), ((1, 2),), ((7, 9),), draw(st.sampled_from([None, 60])), 70)
    return Transcript(
        draw(st.sampled_from([0, 1, 60_000, 400_000_000])),
        draw(st.sampled_from(LANGUAGES)),
        tuple(draw(st.lists(_segments(), max_size=4))),
        draw(st.sampled_from(["transcribe", "translate"])),
        "toy",
        draw(st.none() | st.just(coverage)),
        draw(st.sampled_from(["", "talk.mp4", "a]b{c}\n-->,\u202e.mp3"])),
        draw(st.sampled_from([{}, {"a": [1, {"b": None}]}])),
        draw(st.sampled_from([None, (), (0,), (0, 1, 3)])),
    )


@st.composite
def tame_transcripts(draw: st.DrawFn) -> Transcript:
    """English as a good model writes it: spaced words in order, with pauses, by one to three people."""
    start_ms = draw(st.integers(min_value=0, max_value=5_000))
    segments: list[Segment] = []
    for _ in range(draw(st.integers(min_value=1, max_value=6))):
        words: list[Word] = []
        for text in draw(st.lists(st.sampled_from(_ORDINARY), min_size=1, max_size=25)):
            length_ms = 60 + 55 * len(text)
            words.append(Word(start_ms, start_ms + length_ms, f" {text}", 0.9))
            start_ms += length_ms + draw(st.sampled_from([0, 0, 0, 40, 700]))
        speaker = draw(st.sampled_from([None, "Speaker 1", "Speaker 2", "Speaker 3"]))
        text = "".join(word.text for word in words)
        segments.append(Segment(words[0].start_ms, words[-1].end_ms, text, tuple(words), speaker))
        start_ms += draw(st.sampled_from([0, 300, 1_000, 4_000]))
    return Transcript(start_ms + 1_000, "en", tuple(segments), title="talk.mp4")


def visible(text: str, ignoring: str = "") -> str:
    """`text` without white space, controls, invisible signs and the characters in `ignoring`: what a reader sees."""
    return "".join(
        "\ufffd" if character in "\ufffe\uffff" else character
        for character in text
        if unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp") and character not in ignoring
    )


def said(transcript: Transcript, ignoring: str = "") -> str:
    """Everything that is said in the transcript, as `visible` text."""
    return visible("".join(segment.text for segment in transcript.segments), ignoring)


def said_words(transcript: Transcript) -> list[str]:
    """The words of a transcript in a script with spaces."""
    return [word for segment in transcript.segments for word in segment.text.split()]


def rising(times: Iterable[int]) -> bool:
    """Whether no time is before the one ahead of it."""
    listed = list(times)
    return listed == sorted(listed)
