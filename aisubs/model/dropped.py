"""Is this a recording that somebody dropped? One rule for the watched folder and the bucket, by the path alone.

What systems, synchronisers and downloaders leave about is told by its name; what a person may have meant is taken, and
gets subtitles or a sentence. Names are compared without case. Each entry says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

OF_SYSTEMS = (
    "@eadir",  # Synology: index and thumbnails
    "@tmp",  # Synology
    "@sharebin",  # Synology
    "@download",  # Synology: Download Station
    "@sharesnap",  # Synology: snapshots
    "@synoresource",  # Synology
    "#recycle",  # Synology: recycle bin
    "#snapshot",  # Synology: snapshots
    "@recycle",  # QNAP: recycle bin
    "@recently-snapshot",  # QNAP: snapshots
    "@transcode",  # QNAP: copies in other formats
    "~snapshot",  # NetApp
    "_gsdata_",  # GoodSync
    "$recycle.bin",  # Windows
    "recycler",  # Windows XP
    "network recycle bin",  # QNAP, older
    "trashbox",  # Buffalo
    "system volume information",  # Windows
    "$windows.~bt",  # Windows update
    "lost+found",  # ext file systems
    "lost.dir",  # Android
    "network trash folder",  # macOS over AFP
    "temporary items",  # macOS over AFP
    "thevolumesettingsfolder",  # macOS over AFP
    "backups.backupdb",  # Time Machine
    "plex versions",  # Plex: the same again for small screens
    "__macosx",  # archives made by macOS: resource forks under the names of the files
)
"""Folders that are nobody's recordings."""

UNDER_WAY = (
    "incomplete",  # SABnzbd, Transmission, slskd
    "__admin__",  # SABnzbd
    "_unpack",  # NZBGet
)
"""Folders of downloads that are not there yet. Once it is moved or renamed, it is taken."""

UNDER_WAY_PREFIXES = (
    "_unpack_",  # SABnzbd: being unpacked
    "_failed_",  # SABnzbd: could not be unpacked
    "@gmt-",  # Samba: an earlier state of everything
)
UNDER_WAY_SUFFIXES = (
    "_unpackerred",  # Unpackerr
    ".download",  # Safari: a folder with the file in it
    ".!qb",  # qBittorrent
)

UNFINISHED = (
    ".part",  # Firefox, yt-dlp, JDownloader, Transmission, eMule, wget2, ownCloud
    ".partial",  # Edge, rclone
    ".parts",  # qBittorrent: pieces of files that were not chosen
    ".tmp",  # many
    ".temp",  # many
    ".crdownload",  # Chrome and its relatives
    ".download",  # Safari
    ".opdownload",  # Opera
    ".filepart",  # WinSCP
    ".cyberduckpart",  # Cyberduck
    ".ffs_tmp",  # FreeFileSync
    ".aria2",  # aria2's control file
    ".ytdl",  # yt-dlp's control file
    ".lftp-pget-status",  # lftp's control file
    ".fdmdownload",  # Free Download Manager
    ".dtapart",  # DownThemAll
    ".xltd",  # Xunlei
    ".td",  # Xunlei
    ".!qb",  # qBittorrent
    ".!ut",  # uTorrent
    ".!bt",  # BitTorrent
    ".bc!",  # BitComet
    ".az!",  # Vuze
    ".jc!",  # FlashGet
    ".dctmp",  # DC++
    ".!sync",  # Resilio
    ".bts",  # Resilio
    ".rslsv",  # Resilio's placeholder
    ".rslsc",  # Resilio's placeholder
    ".nextcloud",  # Nextcloud's placeholder
    ".owncloud",  # ownCloud's placeholder
    "_.gstmp",  # gcloud storage
    ".incomplete",  # by its own word
    "~",  # a copy that an editor keeps
)
"""Ends of the names of files that are not there yet."""

UNFINISHED_PATTERN = re.compile(
    r"\.part-frag\d+(\.part)?$"  # yt-dlp: a fragment
    r"|\.temp\.\w{2,5}$"  # yt-dlp: while it joins picture and sound, talk.temp.mp4
    # yt-dlp: picture and sound apart, talk.f137.mp4, talk.f140-1.m4a, talk.fhls-720p.mp4. The numbers of formats have
    # two digits or more, so that a race.f1.mp4 is a recording.
    r"|\.f(\d{2,5}(-[\w.]+)?|(hls|dash|http|https|rtmp)[-_][\w.=+-]+)\.\w{2,5}$"
    r"|^incomplete[~_0-9]"  # Nicotine+, SoulseekQt
    r"|\.~\w+$"  # Nextcloud on Windows
)

BESIDE_UNFINISHED = (
    ".aria2",
    ".part",
    ".ytdl",
    ".st",
    ".lftp-pget-status",
    ".dtapart",
    ".td.cfg",
    ".crdownload",
    ".!qb",
)
"""`talk.mp4` is not there yet while `talk.mp4.aria2` is beside it: aria2, axel, lftp and others write under the last
name, or keep a place under it."""

FILLED = (".part", ".crdownload", ".opdownload", ".partial")
"""Browsers make an empty file under the last name, and fill one of these in the same folder."""

COMPANIONS = (
    *(".srt", ".vtt", ".ass", ".ssa", ".sub", ".idx", ".sup", ".smi", ".sbv", ".ttml", ".dfxp", ".lrc", ".edl", ".bif"),
    *(".txt", ".json", ".tsv", ".csv", ".nfo", ".md", ".pdf", ".docx", ".doc", ".odt", ".rtf", ".epub"),
    *(".html", ".htm", ".xml", ".yaml", ".yml", ".log", ".ini", ".db", ".url", ".webloc", ".lnk", ".desktop", ".plist"),
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic", ".svg", ".tif", ".tiff", ".avif", ".xmp", ".aae"),
    *(".nzb", ".par2", ".sfv", ".torrent", ".met", ".srr", ".m3u", ".m3u8", ".pls", ".cue", ".md5", ".sha1", ".sha256"),
    *("@synoeastream", "@synoresource", ":zone.identifier"),  # what NAS and Windows keep of a file, copied beside it
    "icon\r",  # macOS: the picture of a folder
)
"""What lies beside recordings and is none."""

_COMPOSITE = "/parallel_composite_uploads/"
"""gcloud's parallel composite uploads start with this, gsutil's have it in the middle."""

_LOST_CHAINS = re.compile(r"found\.\d{3}")


def why_passed_over(path: str) -> str | None:
    """Why nothing is made of the file at this path (below the inbox, or in the bucket); None for what may be a
    recording. The sentence is for people who look for theirs."""
    *folders, name = path.split("/")
    for folder in folders:
        if why := why_folder_passed_over(folder):
            return why
    lower = name.lower()
    if _COMPOSITE in f"/{path.lower()}":
        return "a part of an upload"
    if lower.startswith("."):
        return "hidden"
    if lower.startswith("~") or lower.endswith(UNFINISHED) or UNFINISHED_PATTERN.search(lower):
        return "not there yet, by its name"
    if lower.endswith(COMPANIONS):
        return "no sound, by its name"
    return None


@lru_cache(4096)
def why_folder_passed_over(name: str) -> str | None:
    """The same of a folder, by its own name: nothing in it is looked at."""
    lower = name.lower()
    if lower.startswith("."):
        return "in a hidden folder"
    if lower in OF_SYSTEMS or _LOST_CHAINS.fullmatch(lower):
        return f"in {name}, which is the system's"
    if lower in UNDER_WAY or lower.startswith(UNDER_WAY_PREFIXES) or lower.endswith(UNDER_WAY_SUFFIXES):
        return f"in {name}, where things are that are not there yet"
    return None


def signs_of_fetching(names: Iterable[str]) -> frozenset[str]:
    """Of the files of a folder, those which say that others beside them are not there yet; in small letters."""
    return frozenset(lower for name in names if (lower := name.lower()).endswith((*BESIDE_UNFINISHED, *FILLED)))


def is_being_fetched(name: str, signs: Collection[str], *, empty: bool) -> bool:
    """Whether the signs in its folder say that this file is not there yet."""
    lower = name.lower()
    return any(lower + suffix in signs for suffix in BESIDE_UNFINISHED) or (
        empty and any(sign.endswith(FILLED) for sign in signs)
    )
