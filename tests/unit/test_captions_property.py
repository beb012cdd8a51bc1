"""Whatever people do to captions and to the text, in any order: no word is lost, every cue is valid in every profile
and format, and what was done can be undone byte for byte."""

from __future__ import annotations

from itertools import pairwise
from json import loads

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisubs.formats import FORMATS, json, render_all
from aisubs.formats.clock import centiseconds
from aisubs.formats.columnar import columns_of
from aisubs.formats.cues import shape, shape_words
from aisubs.formats.edited import transcript_of
from aisubs.formats.profiles import PROFILES
from aisubs.formats.timeline import timed_words
from aisubs.formats.violations import INVALID, violations
from aisubs.model.difference import difference
from aisubs.model.operations import replay, revise
from aisubs.model.transcript import Transcript
from tests.unit.caption_parsers import READERS
from tests.unit.made_captions import captioned
from tests.unit.made_documents import EDITS, WRITTEN_MS
from tests.unit.made_transcripts import said, tame_transcripts, visible, wild_transcripts
from tests.unit.test_formats_json import SCHEMA
from tests.unit.test_operations import stored, through_json

CHANGED = "-<>{}｛｝&"  # what a format may replace by something else that is seen
TRANSCRIPTS = tame_transcripts() | wild_transcripts()


def check_cues(transcript: Transcript) -> None:
    """In every profile, as people may switch between them."""
    for profile in PROFILES:
        cues, clashes = shape_words(timed_words(transcript), transcript, profile)
        assert visible("".join(cue.spoken for cue in cues if cue.own_id is None)) == said(transcript)
        assert sorted(cue.own_id for cue in cues if cue.own_id) == sorted(cue.id for cue in transcript.own)
        assert not [one for one in violations(cues, profile, transcript.language) if one.rule in INVALID]
        assert all(left.end_ms <= right.start_ms for left, right in pairwise(cues))
        assert all(1 <= clash.cue <= len(cues) for clash in clashes)
        moved = {(clash.cue, clash.wanted_ms) for clash in clashes}
        for number, cue in enumerate(cues, 1):
            own = next((one for one in transcript.own if one.id == cue.own_id), None)
            if own:
                assert cue.start_ms == own.start_ms or (number, own.start_ms) in moved
                assert cue.end_ms == own.end_ms or (number, own.end_ms) in moved


def check_files(transcript: Transcript, profile: str) -> None:
    """Every format is written, and what parsers find in it are the cues."""
    shaped = shape(transcript, profile, labels=False)
    written = render_all(transcript, FORMATS, profile)
    assert written.keys() == FORMATS.keys()
    plain = render_all(transcript, READERS, profile, speakers=False, unclear=False)
    for name, read in READERS.items():
        found = read(plain[name]) if shaped else []
        spans = [(start_ms, end_ms) for start_ms, end_ms, _ in found]
        if name == "ass":
            assert spans == [(10 * start, 10 * end) for start, end in centiseconds(shaped)]
        else:
            assert spans == [(cue.start_ms, cue.end_ms) for cue in shaped]
        texts = "".join(text for *_, text in found)
        assert visible(texts, CHANGED) == visible("".join("".join(cue.shown) for cue in shaped), CHANGED)
    assert json.parse(written["json"]) == transcript
    jsonschema.validate(loads(written["json"]), SCHEMA)


def walk(data: st.DataObject, most: int = 8) -> int:
    """Operations in any order, and all the way back. Returns how many."""
    machine = data.draw(TRANSCRIPTS)
    document = start = columns_of(machine)
    history = [(stored(start), ())]
    made = data.draw(captioned(start, most))
    for operation in made:
        before = document
        document, undo = revise(document, [operation], duration_ms=WRITTEN_MS)
        history.append((stored(document), undo))
        there, _ = replay(before, through_json(difference(before, document)))
        assert stored(there) == stored(document)
    edited = transcript_of(document, machine)[0]
    check_cues(edited)
    check_files(edited, data.draw(st.sampled_from(sorted(PROFILES))))
    for (_, undo), (then, _) in zip(history[:0:-1], history[-2::-1], strict=True):
        after = document
        document, redo = replay(document, through_json(undo))
        assert stored(document) == then
        assert stored(replay(document, through_json(redo))[0]) == stored(after)
    return len(made)


@pytest.mark.slow
@EDITS
@given(data=st.data())
def test_captions_and_text_in_any_order(data: st.DataObject) -> None:
    walk(data)
