"""Names that strangers choose."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisubs.model.errors import AisubsError
from aisubs.model.names import (
    check_object_name,
    clean_filename,
    fit_filename,
    readable_filename,
    shorten_filename,
    split_suffix,
)
from aisubs.pipeline.offer_upload import source_name

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)


@given(ANY_TEXT)
@settings(derandomize=True, deadline=None, max_examples=500)
def test_a_clean_name_is_fit_for_show_and_for_a_file_system(name: str) -> None:
    try:
        clean = clean_filename(name)
    except AisubsError as refusal:
        if refusal.code != "bad_name":
            raise
        return
    assert 0 < len(clean.encode()) <= 255
    assert "/" not in clean
    assert clean not in (".", "..")
    assert clean == clean.strip()
    assert not {unicodedata.category(char) for char in clean} & {"Cc", "Cs"}
    assert clean_filename(clean) == clean
    check_object_name(source_name("0" * 36, clean))


@given(ANY_TEXT, st.integers(20, 300))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_shortening_keeps_the_suffix(stem: str, limit: int) -> None:
    name = clean_or("x", stem) + ".webm"
    short = shorten_filename(name, limit)
    assert len(short.encode()) <= limit
    assert short.endswith(".webm")
    assert (short == name) == (len(name.encode()) <= limit)


def clean_or(fallback: str, text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs")) or fallback


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("talk.mp4", "talk.mp4"),
        ("  a b\t.mp4 ", "a b.mp4"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("\u202etxt.exe", "txt.exe"),
        ("\u2066a\u2069.mp4", "a.mp4"),
        ("\u200f\u05d0.mp4", "\u200f\u05d0.mp4"),
        ("\u0645\u06cc\u200c\u062e.mp4", "\u0645\u06cc\u200c\u062e.mp4"),
        ("e\u0301.mp4", "\u00e9.mp4"),
        (".mp4", ".mp4"),
        ("\ud800x.mp4", "x.mp4"),
    ],
)
def test_names(name: str, clean: str) -> None:
    assert clean_filename(name) == clean


@pytest.mark.parametrize("name", ["", " ", "/", "a/", "..", "...", "\0", "\u202e", "\u200f\u200d", "\ud800", ". . ."])
def test_names_of_which_nothing_is_left(name: str) -> None:
    with pytest.raises(AisubsError) as caught:
        clean_filename(name)
    assert caught.value.code == "bad_name"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("talk.MP4", ("talk", ".MP4")),
        ("a.b.c", ("a.b", ".c")),
        ("talk", ("talk", "")),
        (".hidden", (".hidden", "")),
        ("...mp4", ("...mp4", "")),
        ("a.notasuffix", ("a.notasuffix", "")),
        ("a.\u00e9", ("a.\u00e9", "")),
        ("a. mp4", ("a. mp4", "")),
        ("a.", ("a.", "")),
    ],
)
def test_suffixes(name: str, parts: tuple[str, str]) -> None:
    assert split_suffix(name) == parts


@given(ANY_TEXT, st.sampled_from(["", ".srt", ".error.txt", ".pt-BR.forced.srt"]))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_a_fitted_name_fits_and_keeps_its_ending(text: str, ending: str) -> None:
    stem = clean_or("x", text)
    fitted = fit_filename(stem, ending)
    assert len(fitted.encode()) <= 255
    assert fitted.endswith(ending)
    assert (fitted == stem + ending) == (len((stem + ending).encode()) <= 255)
    assert fit_filename(stem, ending) == fitted
    assert fit_filename(fitted) == fitted


def test_long_names_stay_apart_and_whole() -> None:
    long = "film" * 62
    assert fit_filename(f"{long} part 1.mp4", ".srt") != fit_filename(f"{long} part 2.mp4", ".srt")
    assert fit_filename(f"{'x' * 250}.mp4.error.txt").endswith(".mp4.error.txt"), "never taken for a transcript"
    family = "👨‍👩‍👧‍👦"
    for border in range(12):
        fitted = fit_filename("a" * border + family * 11, ".en.srt")
        assert len(fitted.encode()) <= 255
        assert set(fitted.partition("~")[0].strip("a").split(family)) == {""}, "no family is parted"
    assert fit_filename("e\u0301" * 100, ".srt").partition("~")[0][-1] == "\u0301"
    assert len(os.fsencode(fit_filename("\udcff" * 255, ".srt"))) <= 255


def test_what_nobody_could_read_is_marked() -> None:
    assert readable_filename("a\nb/\udcff\x07é.mp4") == "a\ufffdb/\ufffd\ufffdé.mp4"
