"""Lines break where people break them, in several languages and scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisubs.formats.breaks import BAD, CLAUSE, FREE, GOOD, NEUTRAL, NEVER, POOR, Breaks, ends_sentence, inseparable
from aisubs.formats.cues import shape
from aisubs.formats.measure import clusters, columns, is_right_to_left
from aisubs.model.transcript import Segment, Transcript
from tests.unit.made_transcripts import SETTINGS


def cost(left: str, right: str, language: str = "en", before: str | None = "and") -> int:
    return Breaks(language).cost(before, left, right, spaced=True)


@pytest.mark.parametrize(
    ("left", "right", "language", "expected"),
    [
        ("end.", "And", "en", FREE),
        ('Why?"', "she", "en", FREE),
        ("stop,", "and", "en", CLAUSE),
        ("walked", "to", "en", GOOD),
        ("ging", "weil", "de", GOOD),
        ("fui", "porque", "es", GOOD),
        ("parti", "quand", "fr", GOOD),
        ("andato", "perché", "it", GOOD),
        ("foi", "porque", "pt", GOOD),
        ("ging", "omdat", "nl", GOOD),
        ("the", "house", "en", NEVER),
        ("his", "house", "en", NEVER),
        ("das", "Haus", "de", NEVER),
        ("im", "Haus", "de", NEVER),
        ("la", "casa", "es", NEVER),
        ("la", "maison", "fr", NEVER),
        ("della", "casa", "it", NEVER),
        ("a", "casa", "pt", NEVER),
        ("het", "huis", "nl", NEVER),
        ("New", "York", "en", NEVER),
        ("Dr.", "Smith", "en", NEVER),
        ("J.", "Smith", "en", NEVER),
        ("Herr", "Müller", "de", BAD),
        ("Apollo", "11", "en", BAD),
        ("25", "km", "en", NEVER),
        ("3", "million", "en", NEVER),
        ("1,000", "€", "en", NEVER),
        ("25", "houses", "en", POOR),
        ("of", "course", "en", BAD),
        ("we", "went", "en", POOR),
        ("has", "gone", "en", POOR),
        ("slowly", "walking", "en", NEUTRAL),
        ("BREAKING", "NEWS", "en", NEUTRAL),
        ("the", "house", "xx", NEUTRAL),
    ],
)
def test_cost_of_a_break(left: str, right: str, language: str, expected: int) -> None:
    assert cost(left, right, language) == expected


def test_a_capital_that_opens_the_sentence_is_only_perhaps_a_name() -> None:
    assert cost("Yesterday", "Anna", before=None) == BAD
    assert cost("Yesterday", "Anna", before="over.") == BAD


@pytest.mark.parametrize(
    ("text", "expected"),
    [("end.", True), ("end?!", True), ("end.)", True), ("好。", True), ("Dr.", False), ("B.", False), ("z.B.", False)],
)
def test_end_of_a_sentence(text: str, expected: bool) -> None:
    assert ends_sentence(text) is expected


@pytest.mark.parametrize(
    ("left", "right", "spaced", "expected"),
    [
        ("Vraiment", "?", True, True),
        ("«", "Oui", True, True),
        ("word", "-", True, True),
        ("well", "-known", False, True),
        ("好", "。", False, True),
        ("「", "好", False, True),
        ("キ", "ャ", False, True),
        ("ป", "า", False, True),
        ("เ", "ป", False, True),
        ("e", "\u0301", False, True),
        ("好", "的", False, False),
        ("word", "word", True, False),
        ("?", "?", True, False),
    ],
)
def test_what_may_never_be_parted(left: str, right: str, spaced: bool, expected: bool) -> None:
    assert inseparable(left, right, spaced) is expected


def lines(text: str, language: str) -> list[str]:
    """The lines of a text said slowly enough to be read."""
    transcript = Transcript(600_000, language, (Segment(0, 120 * columns(text), text),))
    return [line for cue in shape(transcript) for line in cue.shown]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "I went to New York with the old man from Boston.",
            ["I went to New York", "with the old man from Boston."],
        ),
        (
            "de",
            "Ich habe ihn gestern gesehen, weil er zu Hause war.",
            ["Ich habe ihn gestern gesehen,", "weil er zu Hause war."],
        ),
        ("fr", "Il habitait dans la maison de ma grand-mère !", ["Il habitait dans la maison", "de ma grand-mère !"]),
        (
            "es",
            "Me dijo que no quería volver a su casa porque llovía.",
            ["Me dijo que no quería volver", "a su casa porque llovía."],
        ),
        ("zh", "我昨天去了北京大学，见到了很多老朋友。", ["我昨天去了北京大学，", "见到了很多老朋友。"]),
        ("ja", "友達と一緒に東京タワーへ行きました。", ["友達と一緒に", "東京タワーへ行きました。"]),
        ("ko", "어제 친구와 함께 서울에 있는 큰 시장에 갔어요.", ["어제 친구와 함께 서울에", "있는 큰 시장에 갔어요."]),
    ],
)
def test_two_lines(language: str, text: str, expected: list[str]) -> None:
    assert lines(text, language) == expected


def test_arabic_stays_in_logical_order_without_controls() -> None:
    text = "ذهبت إلى السوق في الصباح لأشتري الخضروات، ثم عدت إلى البيت."
    shown = lines(text, "ar")
    assert " ".join(shown) == text
    assert len(shown) == 2


def test_thai_breaks_between_the_words_as_given_before_anywhere_else() -> None:
    shown = lines("เมื่อวานนี้ฉันไปตลาดกับแม่ของฉัน และเราซื้อผักและผลไม้มากมาย", "th")
    assert shown == ["เมื่อวานนี้ฉันไปตลาดกับแม่ของฉัน", "และเราซื้อผักและผลไม้มากมาย"]


class TestWidth:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("abc", 3), ("我a", 3), ("한", 2), ("e\u0301", 1), ("ि", 1), ("ู", 0), ("\u1112\u1161\u11ab", 2), ("ｱ", 1)],
    )
    def test_columns(self, text: str, expected: int) -> None:
        assert columns(text) == expected

    def test_ambiguous_width_is_wide_in_east_asia_only(self) -> None:
        assert columns("…", wide_context=True) == 2
        assert columns("…") == 1

    def test_direction(self) -> None:
        assert is_right_to_left("12 שלום")
        assert not is_right_to_left("a שלום")
        assert not is_right_to_left("12")

    @pytest.mark.slow
    @SETTINGS
    @given(st.text())
    def test_clusters_are_the_text(self, text: str) -> None:
        assert "".join(clusters(text)) == text

    def test_marks_stay_with_their_letter(self) -> None:
        assert clusters("ที่นี่OK") == ["ที่", "นี่", "OK"]
