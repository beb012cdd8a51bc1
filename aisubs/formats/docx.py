"""Word document (.docx): the transcript as paragraphs to edit and print."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aisubs.formats.choices import Choices
from aisubs.formats.clock import hours_minutes_seconds
from aisubs.formats.cue import Cue
from aisubs.formats.measure import RTL_LANGUAGES
from aisubs.formats.own_words import with_own
from aisubs.formats.paragraphs import paragraphs
from aisubs.formats.timeline import speaker_changes, timed_words
from aisubs.formats.wording import clean
from aisubs.model.transcript import Transcript

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

# The same transcript must give the same bytes, so neither the document nor its parts carry the hour they were made.
_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .docx file: the title, then one paragraph per paragraph of speech, speakers in bold."""
    from docx import Document  # heavy, and only this format needs it

    document = Document()
    right_to_left = transcript.text_language in RTL_LANGUAGES
    title = clean(transcript.title).strip()
    _describe(document, title, transcript.text_language)
    if title:
        document.add_heading(title, level=1)
    gathered = list(paragraphs(with_own(timed_words(transcript), transcript.own, choices), transcript.paragraphs))
    names = speaker_changes([paragraph.speaker for paragraph in gathered], choices.speakers)
    for paragraph, name in zip(gathered, names, strict=True):
        block = document.add_paragraph()
        if choices.times:
            block.add_run(f"[{hours_minutes_seconds(paragraph.start_ms // 1000)}] ")
        if name:
            block.add_run(f"{name}: ").bold = True
        block.add_run(paragraph.text)
        if right_to_left:
            _turn_right_to_left(block)
    file = io.BytesIO()
    document.save(file)
    return _repacked(file)


def _describe(document: Any, title: str, language: str) -> None:
    properties = document.core_properties
    properties.author = ""
    properties.comments = ""
    properties.title = title[:255]  # the limit of the format
    properties.language = language
    properties.created = properties.modified = _DATE
    properties.revision = 1


def _turn_right_to_left(block: Paragraph) -> None:
    from docx.oxml import OxmlElement

    block._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in block.runs:
        run.font.rtl = True


def _repacked(file: io.BytesIO) -> bytes:
    """The same archive with fixed dates, in the same order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _ZIP_DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.create_system = 0  # else the archive tells which system packed it
            target.writestr(fixed, source.read(entry))
    return packed.getvalue()
