"""SubRip, WebVTT, SubStation Alpha and LRC, read back by parsers that are not ours."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import av
import pysrt
import pytest
import srt
import webvtt
from hypothesis import given

from aisubs.formats import render, shape
from aisubs.formats.cue import Cue
from aisubs.model.transcript import Segment, Transcript, Word
from tests.unit.caption_parsers import read_lrc
from tests.unit.made_transcripts import SETTINGS, rising, said, said_words, tame_transcripts, visible, wild_transcripts

NASTY = "a < b && c > d --> then <i>go</i>\n\n42\n\n{\\an8}tail C:\\New"
HOUR_MS = 3_600_000
CHANGED = "-<>{}｛｝[]()"  # what a format may replace by something else that is seen


def nasty(start_ms: int = HOUR_MS) -> Transcript:
    return Transcript(200 * HOUR_MS, "en", (Segment(start_ms, start_ms + 5_000, NASTY),))


def demuxed(data: bytes, container: str) -> list[tuple[int, int, str]]:
    """(start_ms, duration_ms, text) of every packet FFmpeg finds."""
    with av.open(io.BytesIO(data), format=container) as opened:
        return [
            (int(packet.pts * packet.time_base * 1000), int(packet.duration * packet.time_base * 1000), text)
            for packet in opened.demux()
            if (text := bytes(packet).decode())
        ]


def drawn(data: bytes, container: str) -> str:
    """The text that FFmpeg's decoder would draw: overrides taken out, tags obeyed."""
    with av.open(io.BytesIO(data), format=container) as opened:
        events = [item.ass.decode() for packet in opened.demux() for item in packet.decode()]
    return "".join(re.sub(r"\{[^}]*\}", "", event.split(",", 8)[8].replace(r"\N", "\n")) for event in events)


def spans(cues: list[Cue]) -> list[tuple[int, int]]:
    return [(cue.start_ms, cue.end_ms) for cue in cues]


def ms(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)


def clock_ms(text: str) -> int:
    hours, minutes, seconds, milliseconds = map(int, re.split(r"[:.]", text))
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds


class TestSubRip:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_parsers_find_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        data = render(transcript, "srt", speakers=False, unclear=False)
        parsed = list(srt.parse(data.decode()))
        assert [item.index for item in parsed] == list(range(1, len(cues) + 1))
        assert [(ms(item.start), ms(item.end)) for item in parsed] == spans(cues)
        assert visible("".join(item.content for item in parsed), CHANGED) == said(transcript, CHANGED)
        other = pysrt.from_string(data.decode())
        assert [(item.start.ordinal, item.end.ordinal) for item in other] == spans(cues)
        assert [item.text for item in other] == [item.content for item in parsed]

    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_ffmpeg_finds_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        packets = demuxed(render(transcript, "srt", speakers=False, unclear=False), "srt") if cues else []
        assert [(start, start + length) for start, length, _ in packets] == spans(cues)
        assert visible("".join(text for *_, text in packets), CHANGED) == said(transcript, CHANGED)

    @SETTINGS
    @given(transcript=tame_transcripts())
    def test_words_and_their_order(self, transcript: Transcript) -> None:
        parsed = srt.parse(render(transcript, "srt", speakers=False, unclear=False).decode())
        words = " ".join(re.sub("^- ", "", item.content, flags=re.MULTILINE) for item in parsed).split()
        assert words == said_words(transcript)

    def test_exact_bytes(self) -> None:
        transcript = Transcript(
            400 * HOUR_MS,
            "en",
            (
                Segment(1_001, 2_002, " Hello."),
                Segment(100 * HOUR_MS, 100 * HOUR_MS + 4_000, " Goodbye to all of you, and thank you very much."),
            ),
        )
        assert render(transcript, "srt").decode() == (
            "1\n00:00:01,001 --> 00:00:02,002\nHello.\n\n"
            "2\n100:00:00,000 --> 100:00:04,000\nGoodbye to all of you,\nand thank you very much.\n"
        )

    def test_nothing_of_a_nasty_text_is_lost_on_the_screen(self) -> None:
        data = render(nasty(), "srt")
        assert "-->" not in data.decode().replace(" --> 01:00:", "")
        expected = "a < b && c > d -> then <i>go</i> 42 ｛\\an8｝tail C:\\New"
        assert visible(drawn(data, "srt")) == visible(expected)


class TestWebVtt:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_parsers_find_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        data = render(transcript, "vtt", speakers=False, unclear=False)
        parsed = list(webvtt.from_string(data.decode()))
        assert [(clock_ms(item.start), clock_ms(item.end)) for item in parsed] == spans(cues)
        dashed = any(line.label for cue in cues for line in cue.lines)
        ignoring = "-" if dashed else ""
        assert visible(html.unescape("".join(item.raw_text for item in parsed)), ignoring) == said(transcript, ignoring)

    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_ffmpeg_finds_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        packets = demuxed(render(transcript, "vtt", speakers=False, unclear=False), "webvtt") if cues else []
        assert [(start, start + length) for start, length, _ in packets] == spans(cues)
        assert visible(html.unescape("".join(text for *_, text in packets)), "-") == said(transcript, "-")

    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_the_grammar(self, transcript: Transcript) -> None:
        text = render(transcript, "vtt", voices=True).decode()
        blocks = text.split("\n\n")
        assert blocks[0].rstrip("\n") == "WEBVTT"
        for block in blocks[1:]:
            if block is blocks[1] and re.fullmatch(r"NOTE [^\n]+\n?", block):
                continue  # tells of losses
            timing, *payload = block.rstrip("\n").split("\n")
            assert re.fullmatch(r"\d{2,}:\d\d:\d\d\.\d{3} --> \d{2,}:\d\d:\d\d\.\d{3}", timing)
            assert payload
            assert all(line.strip() for line in payload)
            assert "-->" not in "".join(payload)
            bare = re.sub(r"</?v(?: [^<>\n]*)?>", "", "\n".join(payload))
            assert "<" not in bare
            assert ">" not in bare
            assert not re.search(r"&(?!(amp|lt|gt);)", bare)

    def test_nasty_text_comes_back_as_it_was(self) -> None:
        (cue,) = webvtt.from_string(render(nasty(), "vtt").decode())
        assert html.unescape(cue.raw_text).split() == NASTY.split()
        assert cue.start == "01:00:00.000"

    def test_voices(self) -> None:
        transcript = Transcript(
            60_000,
            "en",
            (
                Segment(0, 2_000, " Hello & welcome.", (), "Ann <A>"),
                Segment(9_000, 12_000, " This is a sentence that is longer than a line.", (), "Bob"),
            ),
        )
        assert render(transcript, "vtt", voices=True).decode() == (
            "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Ann &lt;A&gt;>Hello &amp; welcome.</v>\n\n"
            "00:00:09.000 --> 00:00:12.000\n<v Bob>This is a sentence\nthat is longer than a line.</v>\n"
        )


class TestSubStationAlpha:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_ffmpeg_finds_every_cue(self, transcript: Transcript) -> None:
        cues = shape(transcript, labels=False)
        data = render(transcript, "ass", speakers=False, unclear=False)
        packets = demuxed(data, "ass")
        assert len(packets) == len(cues)
        for (start, length, _), cue in zip(packets, cues, strict=True):
            assert length > 0
            assert start >= cue.start_ms - 10
        assert rising(edge for start, length, _ in packets for edge in (start, start + length))
        shown = drawn(data, "ass").replace("\\\u2060", "\\")
        assert visible(shown, CHANGED) == said(transcript, CHANGED)

    def test_nothing_of_a_nasty_text_is_obeyed(self) -> None:
        data = render(nasty(), "ass").decode()
        event = data.splitlines()[-1]
        assert event.startswith("Dialogue: 0,1:00:00.00,1:00:05.00,Default,,0,0,0,,")
        assert "{" not in event
        assert visible(drawn(data.encode(), "ass")) == visible(NASTY.replace("{", "｛").replace("}", "｝"))

    def test_lines_are_parted_and_speakers_named(self) -> None:
        transcript = Transcript(
            60_000,
            "he",
            (
                Segment(0, 4_000, " This is a sentence that is longer than a line.", (), "A, B"),
                Segment(9_000, 12_000, " Yes.", (), "C"),
            ),
        )
        data = render(transcript, "ass").decode()
        assert r",Default,A  B,0,0,0,,A, B: This is a sentence\Nthat is longer than a line." in data
        assert data.split("Style: Default")[1].split("\n")[0].endswith(",-1")


class TestLrc:
    def parsed(self, data: bytes) -> list[tuple[int, str]]:
        """(time in ms, text) of each timed line."""
        found = []
        for line in data.decode().splitlines():
            match = re.fullmatch(r"\[(\d{2,}):([0-5]\d)\.(\d\d)\](.*)", line)
            if match:
                minutes, seconds, hundredths = map(int, match.groups()[:3])
                found.append((minutes * 60_000 + seconds * 1_000 + hundredths * 10, match.group(4)))
            else:
                assert re.fullmatch(r"\[ti:[^\[\]]+\]", line), line
        return found

    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_every_cue_has_its_line(self, transcript: Transcript) -> None:
        lines = self.parsed(render(transcript, "lrc", speakers=False, unclear=False))
        assert rising(time for time, _ in lines)
        assert sum(bool(text) for _, text in lines) == len(shape(transcript, labels=False))
        assert visible("".join(text for _, text in lines), CHANGED) == said(transcript, CHANGED)
        assert not any(re.search(r"[\[<]\d+:\d+", text) for _, text in lines)

    def test_ffmpeg_reads_the_same(self) -> None:
        words = tuple(
            Word(at * 700, at * 700 + 600, f" {text}") for at, text in enumerate(["One", "[2:3]", "drei.", "Vier"])
        )
        transcript = Transcript(99_000, "en", (Segment(0, 2_700, "".join(word.text for word in words), words),))
        data = render(transcript, "lrc")
        assert read_lrc(data) == self.parsed(data)

    @pytest.mark.parametrize("start_ms", [0, 59_990, 100 * HOUR_MS])
    def test_exact_lines(self, start_ms: int) -> None:
        words = (Word(start_ms, start_ms + 2_000, " [Music: jazz]"), Word(start_ms + 2_000, start_ms + 2_500, " [0:1]"))
        transcript = Transcript(
            200 * HOUR_MS, "en", (Segment(start_ms, start_ms + 2_500, " [Music: jazz] [0:1]", words),), title="[t].mp3"
        )
        minutes, seconds = divmod(start_ms // 10, 6_000)
        end_minutes, end_seconds = divmod((start_ms + 2_500) // 10, 6_000)
        assert render(transcript, "lrc").decode().splitlines() == [
            "[ti:t.mp3]",
            f"[{minutes:02d}:{seconds // 100:02d}.{seconds % 100:02d}](Music: jazz) (0:1)",
            f"[{end_minutes:02d}:{end_seconds // 100:02d}.{end_seconds % 100:02d}]",
        ]
