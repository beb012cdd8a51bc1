"""Which paths may be recordings: what systems and downloaders leave about is told apart from what people mean."""

from __future__ import annotations

import pytest

from aisubs.model import dropped
from aisubs.model.dropped import is_being_fetched, signs_of_fetching, why_passed_over
from aisubs.pipeline.receive_upload import is_recording

LEFT_ABOUT = [
    "@eaDir/talk.m4a/SYNOINDEX_MEDIA_INFO",
    "films/@eaDir/talk.mp4@SynoEAStream",
    "#recycle/deleted.m4a",
    "#snapshot/GMT+01-2026.11.29-03.00.00/talk.mp4",
    "@Recycle/talk.mp4",
    "@Recently-Snapshot/GMT+01_2026-11-29_0300/talk.mp4",
    ".@__thumb/s800talk.mp4",
    "@Transcode/talk.mp4.720p.mp4",
    "@download/123/talk.mp4",
    "@GMT-2026.11.29-03.00.00/talk.mp4",
    "lost+found/#12345",
    "FOUND.000/FILE0000.CHK",
    "$RECYCLE.BIN/S-1-5-21/$R0A1B2C.mp4",
    "System Volume Information/talk.mp4",
    "__MACOSX/._talk.mp4",
    "._talk.mp4",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "Icon\r",
    ".Trash-1000/files/talk.mp4",
    ".Trashes/501/talk.mp4",
    ".nfs00000000018e1d2200000001",
    ".fuse_hidden0000a1b200000001",
    "talk.mp4:Zone.Identifier",
    ".stfolder/syncthing-folder-1.txt",
    ".stversions/talk~20261129-030000.mp4",
    ".syncthing.talk.mp4.tmp",
    "~syncthing~talk.mp4.tmp",
    ".dropbox.cache/2026-11-29/talk.mp4",
    ".~lock.talk.odt#",
    "~$talk.docx",
    "talk.mp4.nextcloud",
    "talk.mp4.owncloud",
    "talk.mp4.~1a2b3c4d",
    ".talk.mp4.icloud",
    ".talk.mp4.Ab3dEf",
    ".sync/Archive/talk.mp4",
    "talk.mp4.!sync",
    "_UNPACK_Show/ep.m4a",
    "tv/_FAILED_Show.S01E01/ep.mkv",
    "Show/_unpack/ep.mkv",
    "Show_unpackerred/ep.mkv",
    "incomplete/Show/ep.mkv",
    "Show/__ADMIN__/SABnzbd_attrib",
    "talk.f137.mp4",
    "talk.f251.webm",
    "talk.f140-1.m4a",
    "talk.f251-drc.webm",
    "talk.fhls-720p.mp4",
    "talk.temp.m4a",
    "talk.temp.mp4",
    "talk.mp4.part",
    "talk.f137.mp4.part",
    "talk.mp4.part-Frag12",
    "talk.mp4.part-Frag12.part",
    "talk.mp4.ytdl",
    "talk.mp4.aria2",
    "talk.mp4.crdownload",
    "Unconfirmed 123456.crdownload",
    "talk.mp4.download/talk.mp4",
    "talk.mp4.opdownload",
    "talk.mp4.!qB",
    "talk.mp4.!ut",
    "talk.mp4.bc!",
    "Movie.mkv.partial~",
    "talk.mp4.dctmp",
    "talk.mp4.filepart",
    "talk.mp4.1a2b3c4d.partial",
    "talk.mp4_.gstmp",
    "talk.xltd",
    "INCOMPLETE~talk.flac",
    "gcloud/tmp/parallel_composite_uploads/x_0",
    "gsutil/tmp/parallel_composite_uploads/for_details/y_1",
    "talk.srt",
    "talk.mp4.error.txt",
    "cover.JPG",
    "talk.nfo",
    "talk.par2",
    "interviews/aisubs.json",
]

MEANT = [
    "talk.mp4",
    "race.f1.mp4",
    "talk.final.mp4",
    "interview.family.m4a",
    "part 2.mp3",
    "party.mp3",
    "template.wav",
    "temp.wav",
    "downloads/talk.mp4",
    "download.mp3",
    "Show/unpacked.mkv",
    "unpack/ep.mkv",
    "failed/attempt 3.mov",
    "recycle/talk.mp4",
    "recycling centre.mp3",
    "snapshots/monday.mp4",
    "lost and found.m4a",
    "incomplete lecture.mp4",
    "$100 question.mp3",
    "#1 hit.mp3",
    "@home.mp4",
    "_unreleased/demo.wav",
    "talk.sync-conflict-20261129-030000-ABCDEFG.mp4",
    "no suffix",
    "00001.mts",
    "zoom_0.m4a",
    "talk.mp4.2",
    "archive.zip",
    "notes.pages",
]


@pytest.mark.parametrize("path", LEFT_ABOUT)
def test_what_is_left_about_is_no_recording_in_folder_or_bucket(path: str) -> None:
    why = why_passed_over(path)
    assert why
    assert not why.endswith(".")
    for name in (path, f"inbox/{path}", f"deep/er/{path}"):
        assert not is_recording(name, 1000), name
    assert is_recording(f"uploads/{path}", 1000), "whoever announced it gets an answer"
    assert is_recording(f"cli/{path}", 1000), "whoever named it gets an answer"


@pytest.mark.parametrize("path", MEANT)
def test_what_people_mean_is_taken(path: str) -> None:
    assert why_passed_over(path) is None
    assert is_recording(path, 1000)
    assert is_recording(f"inbox/{path}", 1000)
    assert not is_recording(path, 0)


def test_case_makes_no_difference() -> None:
    for path in LEFT_ABOUT:
        assert why_passed_over(path.upper()), path
        assert why_passed_over(path.lower()), path


@pytest.mark.parametrize(
    "sign", ["talk.mp4.aria2", "Talk.mp4.part", "talk.mp4.ytdl", "talk.mp4.st", "talk.mp4.crdownload"]
)
def test_a_file_is_not_there_yet_while_its_control_file_is(sign: str) -> None:
    signs = signs_of_fetching(["talk.mp4", "other.mp4", sign])
    assert is_being_fetched("talk.mp4", signs, empty=False)
    assert not is_being_fetched("other.mp4", signs, empty=False)
    assert not is_being_fetched("talk.mp4", signs_of_fetching(["talk.mp4", "other.mp4"]), empty=True)


def test_browsers_keep_a_place_with_an_empty_file() -> None:
    """Firefox: talk.mp4 is empty while aB3dEf.mp4.part is filled."""
    signs = signs_of_fetching(["talk.mp4", "aB3dEf.mp4.part"])
    assert is_being_fetched("talk.mp4", signs, empty=True)
    assert not is_being_fetched("talk.mp4", signs, empty=False)


def test_every_entry_is_in_small_letters() -> None:
    """Names are compared with theirs in small letters: another entry would never be found."""
    lists = (
        "OF_SYSTEMS",
        "UNDER_WAY",
        "UNDER_WAY_PREFIXES",
        "UNDER_WAY_SUFFIXES",
        "UNFINISHED",
        "COMPANIONS",
        "FILLED",
    )
    entries = [entry for name in lists for entry in getattr(dropped, name)]
    assert len(entries) > 100
    assert [entry for entry in entries if entry != entry.lower()] == []
