"""What may be chosen about speakers, and what is equal to what."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from aisubs.model.channels import Channels
from aisubs.model.options import Options
from aisubs.model.turns import SpeakerCount


def test_a_number_of_speakers_means_that_they_are_told_apart() -> None:
    named = Options.model_validate({"num_speakers": 2})
    assert named == Options(diarize=True, num_speakers=2)
    assert named.as_json() == {"diarize": True, "num_speakers": 2}
    assert named.speaker_count == SpeakerCount(2)
    assert Options.model_validate({"min_speakers": "2", "max_speakers": "", "diarize": ""}).as_json() == {
        "diarize": True,
        "min_speakers": 2,
    }
    assert Options().speaker_count == SpeakerCount()


@pytest.mark.parametrize(
    ("given", "heard"),
    [
        ({}, Channels.MONO),
        ({"diarize": True}, Channels.AUTO),
        ({"diarize": True, "channels": "auto"}, Channels.AUTO),
        ({"diarize": True, "channels": "mono"}, Channels.MONO),
        ({"channels": "mono"}, Channels.MONO),
        ({"channels": "Dialogue"}, Channels.DIALOGUE),
        ({"diarize": True, "audio_track": "each"}, Channels.MONO),
        ({"num_speakers": 2}, Channels.AUTO),
        ({"num_speakers": 3}, Channels.MONO),
        ({"min_speakers": 3}, Channels.MONO),
        ({"max_speakers": 4}, Channels.AUTO),
    ],
)
def test_how_channels_are_heard(given: dict[str, Any], heard: Channels) -> None:
    assert Options.model_validate(given).heard_channels is heard


def test_a_dialogue_means_that_speakers_are_told_apart_and_nothing_without() -> None:
    assert Options.model_validate({"channels": "dialogue"}).as_json() == {"diarize": True, "channels": "dialogue"}
    assert Options.model_validate({"channels": "mono"}).with_usual("").as_json() == {}


@pytest.mark.parametrize(
    ("usual", "said", "kept"),
    [
        (False, None, {}),
        (False, True, {"diarize": True}),
        (False, False, {}),
        (True, None, {"diarize": True}),
        (True, False, {}),
    ],
)
def test_what_is_usual_here_counts_where_nobody_says_anything(
    usual: bool, said: bool | None, kept: dict[str, Any]
) -> None:
    assert Options(diarize=said).with_usual("", diarize=usual).as_json() == kept


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"min_speakers": 3, "max_speakers": 2}, "larger than"),
        ({"num_speakers": 5, "max_speakers": 2}, "does not lie between"),
        ({"num_speakers": 1, "min_speakers": 2}, "does not lie between"),
        ({"num_speakers": 2, "diarize": False}, "mean nothing where diarize is false"),
        ({"num_speakers": 2, "audio_track": "each"}, "every track is one speaker"),
        ({"channels": "dialogue", "diarize": False}, "means nothing where diarize is false"),
        ({"channels": "dialogue", "num_speakers": 3}, "is two speakers"),
        ({"channels": "dialogue", "audio_track": "each"}, "leave channels out"),
        ({"channels": "stereo"}, "channels"),
        ({"num_speakers": 0}, "num_speakers"),
        ({"max_speakers": 51}, "max_speakers"),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Options.model_validate(given)
