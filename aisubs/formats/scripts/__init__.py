"""Scripts that people bring: prose, or subtitles of any common kind, in any common encoding.

from aisubs.formats.scripts import decode, read_script
read_script(decode(Path("talk.txt").read_bytes()))
"""

from aisubs.formats.scripts.decoding import decode
from aisubs.formats.scripts.reading import read_script

__all__ = ["decode", "read_script"]
