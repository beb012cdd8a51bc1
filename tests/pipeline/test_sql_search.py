"""Search in all texts: what is found, where it is, whose it is, and that the index follows the texts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from aisubs.model.job import Job
from aisubs.model.transcript import Segment, Window, Word
from aisubs.pipeline.jobs import Holder, hash_token
from aisubs.pipeline.search_texts import FoundJob, search_texts
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import WINDOW_MS, JobLine


def spoken(start_ms: int, text: str) -> Segment:
    """Half a second for each word."""
    pieces = [f" {word}" for word in text.split()]
    words = tuple(Word(start_ms + 500 * n, start_ms + 500 * n + 400, piece) for n, piece in enumerate(pieces))
    return Segment(start_ms, start_ms + 500 * len(pieces), "".join(pieces), words)


def transcript(line: JobLine, *texts: str, token: str = "token", with_words: bool = True) -> Job:
    """A completed job with one window for each text."""
    job = line.web(token)
    claim = line.claim()
    assert claim.job_id == job.job_id
    windows = []
    for seq, text in enumerate(texts):
        start_ms = seq * WINDOW_MS
        segment = spoken(start_ms, text) if with_words else Segment(start_ms, start_ms + 500, text)
        windows.append(Window(seq, start_ms, start_ms + WINDOW_MS, 500, (segment,) if text else ()))
    line.jobs.save_windows(claim.job_id, claim.fence, windows, {}, language="en", remaining_ms=0)
    line.complete(claim, duration_ms=len(texts) * WINDOW_MS)
    return line.jobs.get_job(job.job_id, Holder.of([token]))


def rewrite(line: JobLine, job: Job, based_on: int, *paragraphs: str) -> None:
    """People's text: one paragraph for each, a word a second."""
    rows = []
    for place, text in enumerate(paragraphs):
        offsets = [text.index(word) for word in text.split()]
        starts = [1000 * (10 * place + n) for n in range(len(offsets))]
        rows.append({"id": str(place), "text": text, "offsets": offsets, "starts": starts})
    line.jobs.save_revision(
        job.job_id, HOLDER, based_on=based_on, document={"speakers": {}, "paragraphs": rows}, undo=[], changes=1,
        restored_from=None, kept_revisions=10, kept_bytes=1000,
    )  # fmt: skip


def search(line: JobLine, asked: str, holder: Holder = HOLDER, **more: Any) -> list[FoundJob]:
    options: dict[str, Any] = {"job_id": None, "page": 1, "per_page": 20, "hits_per_job": 5} | more
    return search_texts(asked, holder, jobs=line.jobs, **options)[1]


def hits(line: JobLine, asked: str, **more: Any) -> list[tuple[int, str]]:
    """Start and what was found, marked."""
    shown = []
    for found in search(line, asked, **more):
        for hit in found.hits:
            units = hit.text.encode("utf-16-le")
            edges = [0, *(2 * edge for span in hit.ranges for edge in span), len(units)]
            parts = [units[start:end].decode("utf-16-le") for start, end in pairwise(edges)]
            marked = [f"[{part}]" if place % 2 else part for place, part in enumerate(parts)]
            shown.append((hit.start_ms, "".join(marked).strip()))
    return shown


def test_a_word_is_found_where_it_was_said(line: JobLine) -> None:
    transcript(line, "welcome to the council", "the budget of the city was agreed", "thank you")
    assert hits(line, "budget") == [(WINDOW_MS + 500, "the [budget] of the city was agreed")]
    assert hits(line, "agr") == [(WINDOW_MS + 3000, "the budget of the city was [agreed]")]
    assert hits(line, "the") == [
        (1000, "welcome to [the] council"),
        (WINDOW_MS, "[the] budget of [the] city was agreed"),
    ]
    assert hits(line, "budget council") == [], "not in one passage"
    assert hits(line, "udget") == hits(line, "nothing") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("KOLN", "in [Köln] um 3.5 Grad"),
        ("köln", "in [Köln] um 3.5 Grad"),
        ("3.5", "in Köln um [3.5] Grad"),
        ('"köln um"', "in [Köln um] 3.5 Grad"),
        ("grad köln", "in [Köln] um 3.5 [Grad]"),
        ("koln gra", "in [Köln] um 3.5 [Grad]"),
        ('"um köln"', None),
        ('"köln u"', None),
        ("kö um", None),
        ("(köln)", "in [Köln] um 3.5 Grad"),
        ("köln & !grad | x:*", None),
        ("'", None),
        ("\\", None),
        ("%_", None),
        ("🙂", None),
    ],
)
def test_how_one_can_ask(line: JobLine, asked: str, expected: str | None) -> None:
    transcript(line, "in Köln um 3.5 Grad")
    assert [text for _, text in hits(line, asked)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("said", "asked", "found"),
    [
        ("今日は天気が良いですね", "天気", True),
        ("今日は天気が良いですね", "気天", False),
        ("今日は天気が良いですね", "今", True),
        ("我们今天讨论预算问题", "预算", True),
        ("我们今天讨论预算问题", "预 算", True),
        ("ＡＩの力", "aiの", True),
        ("Привет, Мир!", "мир", True),
        ("это Ёлка", "елка", True),
        ("학교에서 만나요", "학교", True),
        ("हिन्दी में", "हिन्दी", True),
        ("it’s the mother-in-law’s “house”", "mother-in-law", True),
        ("it’s the “house”", '"the house"', True),
        ("naïve café", "naive cafe", True),
        ("Straße", "STRASSE", True),
        ("สวัสดีครับ", "สวัสดี", True),
        ("مرحبا؟", "مرحبا", True),
    ],
)
def test_other_scripts(line: JobLine, said: str, asked: str, found: bool) -> None:
    transcript(line, said, with_words=False)
    shown = hits(line, asked)
    assert bool(shown) == found
    assert all("[" in text for _, text in shown)


def test_the_newest_text_is_searched(line: JobLine) -> None:
    job = transcript(line, "the bucket of the city")
    assert hits(line, "bucket")
    rewrite(line, job, 0, "the budget of the city 🙂", "said by Ada")
    assert hits(line, "bucket") == []
    assert hits(line, "budget") == [(1000, "the [budget] of the city 🙂")]
    assert hits(line, "ada") == [(12_000, "said by [Ada]")]
    rewrite(line, job, 1, "nobody")
    assert hits(line, "budget") == []
    assert line.sql("select count(*) from aisubs.text_index") == [{"count": 1}]


def test_nobody_finds_what_is_not_theirs(line: JobLine) -> None:
    job = transcript(line, "a secret budget")
    line.jobs.index_texts(10)
    line.jobs.create_share(job.job_id, HOLDER, hash_token("guest"), None, include_media=True)
    for holder in (Holder.of(["guest"]), Holder.of(["stranger"], "somebody"), Holder()):
        assert search(line, "secret", holder) == []
        assert search(line, "secret", holder, job_id=job.job_id) == []
    line.jobs.delete_job(job.job_id, HOLDER)
    assert search(line, "secret") == []


def test_jobs_come_by_pages_the_newest_first_with_their_first_hits(line: JobLine) -> None:
    ids = [transcript(line, *[f"budget {n}" for n in range(number + 1)]).job_id for number in range(3)]
    found = search(line, "budget", hits_per_job=2)
    assert [(row.job.job_id, row.count, len(row.hits)) for row in found] == [
        (ids[2], 3, 2),
        (ids[1], 2, 2),
        (ids[0], 1, 1),
    ]
    pages = [search(line, "budget", per_page=1, page=page) for page in (1, 2, 3, 4)]
    assert [[row.job.job_id for row in page] for page in pages] == [[ids[2]], [ids[1]], [ids[0]], []]
    (only,) = search(line, "budget", job_id=ids[2], hits_per_job=200)
    assert [hit.start_ms for hit in only.hits] == [0, WINDOW_MS, 2 * WINDOW_MS]
    assert search(line, "budget", job_id="no id") == []


def test_a_job_that_took_over_a_result_is_found_too(line: JobLine) -> None:
    job = transcript(line, "the budget")
    line.sql("update aisubs.transcription_jobs set video_hash = %s", "5" * 64)
    twin = line.offer("other", holder=HOLDER.as_json(), video_hash="5" * 64)
    assert twin.cached
    assert {row.job.job_id for row in search(line, "budget", Holder.of(["token", "other"]))} == {
        job.job_id,
        twin.job_id,
    }
    line.jobs.delete_job(job.job_id, HOLDER)
    assert [row.job.job_id for row in search(line, "budget", Holder.of(["other"]))] == [twin.job_id]


def test_the_sweep_indexes_what_nobody_has_searched(line: JobLine) -> None:
    for _ in range(3):
        transcript(line, "the budget")
    transcript(line, "")
    assert [line.jobs.index_texts(2) for _ in range(4)] == [2, 2, 0, 0]
    with ThreadPoolExecutor() as pool:
        line.sql("update aisubs.transcription_jobs set indexed_revision = null")
        assert sum(pool.map(lambda _: line.jobs.index_texts(10), range(8))) == 4
    assert line.sql("select count(*) from aisubs.text_index") == [{"count": 3}]


def test_a_long_passage_is_cut_around_what_was_found(line: JobLine) -> None:
    words = " ".join(f"word{n}" for n in range(200))
    transcript(line, f"{words} needle {words}")
    ((start_ms, shown),) = hits(line, "needle")
    assert start_ms == 200 * 500
    assert "[needle]" in shown
    assert shown.startswith("… word")
    assert shown.endswith(" …")
    assert len(shown) < 220
