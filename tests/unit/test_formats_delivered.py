"""TTML, SBV and Markdown, read back by parsers that are not ours; italics and places in every format that has them."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree

import av
import webvtt
from hypothesis import given
from markdown_it import MarkdownIt
from ttconv.imsc import reader
from ttconv.model import Span
from ttconv.style_properties import StyleProperties

from aisubs.formats import render, shape
from aisubs.model.captions.overrides import Override
from aisubs.model.captions.own_cues import OwnCue
from aisubs.model.transcript import Segment, Transcript, Word
from tests.unit.caption_parsers import paragraphs_of, read_sbv, read_ttml
from tests.unit.made_transcripts import SETTINGS, said, said_words, tame_transcripts, visible, wild_transcripts

TOP_LEFT = Override("cue", italic=True, position="top", align="left")
WORDS = (
    Word(1_000, 1_500, " Good", 0.9, TOP_LEFT),
    Word(1_500, 2_000, " evening", 0.9, Override("join", position="top", align="left")),
    Word(4_000, 4_500, " & <welcome>", 0.9, Override("cue")),
)
OWN = (OwnCue(6_000, "c", 7_000, "door slams\nhard", "sound", True),)
STYLED = Transcript(60_000, "de", (Segment(1_000, 4_500, " Good evening & <welcome>", WORDS),), title="a.mp4", own=OWN)


class TestTtml:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_the_reference_implementation_finds_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        found = read_ttml(render(transcript, "ttml", speakers=False, unclear=False))
        assert [(start_ms, end_ms) for start_ms, end_ms, _ in found] == [(cue.start_ms, cue.end_ms) for cue in cues]
        assert [text for *_, text in found] == ["\n".join(cue.shown) for cue in cues]

    def test_what_was_decided(self) -> None:
        document = reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(render(STYLED, "ttml"))))
        assert document is not None
        assert document.get_lang() == "de"
        first, second, own = paragraphs_of(document)
        assert [region.get_id() for region in (p.get_region() for p in (first, second, own)) if region is not None] == [
            "top-left",
            "bottom-center",
            "bottom-center",
        ]
        assert [[str(style.value) for style in italics(one)] for one in (first, second, own)] == [
            ["italic"],
            [],
            ["italic", "italic"],
        ]


def italics(paragraph: object) -> list[object]:
    spans = [one for one in paragraph.dfs_iterator() if isinstance(one, Span)]  # type: ignore[attr-defined]
    return [style for one in spans if (style := one.get_style(StyleProperties.FontStyle)) is not None]


class TestSbv:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_a_parser_finds_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        found = read_sbv(render(transcript, "sbv", speakers=False, unclear=False)) if cues else []
        assert found == [(cue.start_ms, cue.end_ms, "\n".join(cue.shown)) for cue in cues]


class TestMarkdown:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_nothing_is_obeyed(self, transcript: Transcript) -> None:
        for links in (True, False):
            tokens = MarkdownIt("commonmark").parse(
                render(transcript, "md", speakers=False, unclear=False, links=links).decode()
            )
            assert {token.type for token in tokens} <= {
                "paragraph_open",
                "paragraph_close",
                "inline",
                "heading_open",
                "heading_close",
            }
            inline = [child for token in tokens for child in token.children or () if token.level == 1]
            kinds = {child.type for child in inline}
            assert kinds <= {"text", "text_special"} | ({"link_open", "link_close"} if links else set())
            texts = [shown(token.children or []) for token in tokens if token.type == "inline"]
            if transcript.title and texts and tokens[0].type == "heading_open":
                texts = texts[1:]
            if links:
                texts = [re.sub(r"^\d{2,}:\d\d:\d\d ", "", text) for text in texts]
            assert visible("".join(texts)) == said(transcript)

    @SETTINGS
    @given(transcript=tame_transcripts())
    def test_words_and_times(self, transcript: Transcript) -> None:
        tokens = MarkdownIt("commonmark").parse(render(transcript, "md", speakers=False, unclear=False).decode())
        opened = [child for token in tokens for child in token.children or () if child.type == "link_open"]
        assert all(re.fullmatch(r"talk\.mp4#t=\d+", str(link.attrGet("href"))) for link in opened)
        texts = [shown(token.children or []) for token in tokens if token.type == "inline"][1:]
        assert " ".join(text.partition(" ")[2] for text in texts).split() == said_words(transcript)

    def test_sounds_are_told_where_they_are_heard(self) -> None:
        assert render(STYLED, "md").decode() == (
            "# a.mp4\n\n[00:00:01](a.mp4#t=1) Good evening & \\<welcome\\> [door slams hard]\n"
        )
        assert render(STYLED, "txt", sounds=False).decode() == "Good evening & <welcome>\n"


def shown(children: list) -> str:
    return "".join(child.content for child in children if child.type in ("text", "text_special"))


def test_srt() -> None:
    assert render(STYLED, "srt").decode() == (
        "1\n00:00:01,000 --> 00:00:02,000\n{\\an7}<i>Good</i> evening\n\n"
        "2\n00:00:04,000 --> 00:00:04,833\n& <\u2060welcome>\n\n"
        "3\n00:00:06,000 --> 00:00:07,000\n<i>[door slams</i>\n<i>hard]</i>\n"
    )


def test_nothing_that_looks_like_a_tag_is_completed_by_ours() -> None:
    words = (
        Word(0, 500, " a<i", 0.9),
        Word(500, 900, " x", 0.9, Override(italic=True)),
        Word(900, 1_200, " C:\\", 0.9),
    )
    words += (Word(1_200, 1_500, " y", 0.9, Override(italic=True)),)
    odd = Transcript(9_000, "en", (Segment(0, 1_500, " a<i x C:\\ y", words),))
    assert "a<\u2060i <i>x</i> C:\\ <i>y</i>" in render(odd, "srt").decode()
    for name in ("srt", "ass"):
        with av.open(io.BytesIO(render(odd, name)), format=name) as opened:
            (event,) = [item.ass.decode() for packet in opened.demux() for item in packet.decode()]
        assert visible(re.sub(r"\{\\i[01]?\}", "", event.split(",", 8)[8])) == "a<ixC:\\y"


def test_vtt() -> None:
    first, second, own = webvtt.from_string(render(STYLED, "vtt").decode())
    assert (first.raw_text, first.text) == ("<i>Good</i> evening", "Good evening")
    assert second.raw_text == "&amp; &lt;welcome&gt;"
    assert own.raw_text == "<i>[door slams</i>\n<i>hard]</i>"
    assert "00:00:02.000 line:0 position:10%,line-left align:left\n" in render(STYLED, "vtt").decode()


def test_ffmpeg_draws_what_was_decided() -> None:
    """Of SubRip as of SubStation Alpha."""
    for name in ("srt", "ass"):
        with av.open(io.BytesIO(render(STYLED, name)), format=name) as opened:
            events = [item.ass.decode().split(",", 8)[8] for packet in opened.demux() for item in packet.decode()]
        assert re.fullmatch(r"\{\\an7\}\{\\i1\}Good\{\\i0?\} evening", events[0])
        assert [text.count(r"{\i1}") for text in events] == [1, 0, 2]
