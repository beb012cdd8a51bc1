"""The official AssemblyAI client, with its address changed, against a running edition."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from secrets import choice

import assemblyai as aai
import httpx
import pytest
from assemblyai.client import Client

from aisubs.model.errors import ERRORS
from tests.speech import long_recording, write_audio
from tests.whole.conftest import Clip
from tests.whole.edition import RIGHT, Up, share_heard

pytestmark = pytest.mark.filterwarnings("ignore:The `.*` method is deprecated")
"""The client's own calls of pydantic."""

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def new_key() -> str:
    """Of a library, as the page makes it."""
    return "lib_" + "".join(choice(CROCKFORD) for _ in range(26))


class Asked:
    """One user of the client."""

    def __init__(self, up: Up, key: str) -> None:
        settings = aai.Settings(api_key=key, base_url=up.url, polling_interval=0.1, http_timeout=60)
        self.client = Client(settings=settings)
        self.transcriber = aai.Transcriber(client=self.client)
        self.http = self.client.http_client

    def transcript(self, data: bytes, **wishes: object) -> aai.Transcript:
        return self.transcriber.transcribe(data, aai.TranscriptionConfig(**wishes))  # type: ignore[arg-type]

    def refusal(self, **wishes: object) -> httpx.Response:
        never_sent = f"{self.http.base_url}/v2/upload/{'0' * 64}"
        return self.http.post("/v2/transcript", json={"audio_url": never_sent, **wishes})


@pytest.fixture
def user(up: Up) -> Iterator[Asked]:
    user = Asked(up, new_key())
    yield user
    user.http.close()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    spoken = long_recording(25.0, seed=81)
    path = write_audio(spoken.blocks(), tmp_path_factory.mktemp("assemblyai") / "clip.m4a")
    return Clip(path.read_bytes(), spoken.words)


def test_a_transcript_with_all_that_hangs_on_it(user: Asked, spoken: Clip) -> None:
    made = user.transcript(spoken.data)
    assert made.status is aai.TranscriptStatus.completed, made.error
    assert made.text is not None
    assert share_heard(made.text, spoken.words) >= RIGHT
    assert made.words
    assert " ".join(word.text for word in made.words) == made.text
    assert [word.start for word in made.words] == sorted(word.start for word in made.words)
    assert made.audio_duration == 25
    assert made.utterances is None
    assert 0 < (made.confidence or 0) <= 1
    assert made.json_response is not None
    assert made.json_response["language_code"] == "en"
    assert made.json_response["language_detection"] is True
    assert made.export_subtitles_srt().startswith("1\n00:00:")
    assert made.export_subtitles_vtt().startswith("WEBVTT")
    for parts in (made.get_sentences(), made.get_paragraphs()):
        assert " ".join(part.text for part in parts) == made.text
        assert all(part.start == part.words[0].start and part.end == part.words[-1].end for part in parts)
    with pytest.raises(aai.TranscriptError, match="chars_per_caption: subtitles are shaped by a profile"):
        made.export_subtitles_srt(chars_per_caption=32)


def test_the_same_again_is_the_transcript_that_is_there(user: Asked, up: Up, spoken: Clip) -> None:
    config = aai.TranscriptionConfig(language_code="en_us", keyterms_prompt=["Once", "only"])
    first = user.transcriber.submit(spoken.data, config)
    assert first.status in (aai.TranscriptStatus.queued, aai.TranscriptStatus.processing)
    again = user.transcriber.submit(spoken.data, config)
    assert again.id == first.id, "under way"
    first.wait_for_completion()
    assert user.transcriber.transcribe(spoken.data, config).id == first.id, "over"
    assert user.transcript(spoken.data, language_code="en", prompt="Other wishes.").id != first.id
    stranger = Asked(up, new_key())
    assert stranger.transcriber.submit(spoken.data, config).id != first.id, "of somebody else"
    stranger.http.close()


def test_who_spoke_is_told_by_letters(up: Up, user: Asked, spoken: Clip) -> None:
    made = user.transcript(spoken.data, speaker_labels=True, speakers_expected=2)
    assert made.status is aai.TranscriptStatus.completed, made.error
    assert made.utterances
    assert made.words
    assert {"A", "B"} == {utterance.speaker for utterance in made.utterances}
    assert made.utterances[0].speaker == "A"
    assert sum(len(utterance.words) for utterance in made.utterances) == len(made.words)
    for former, later in zip(made.utterances, made.utterances[1:], strict=False):
        assert former.speaker != later.speaker
        assert former.end <= later.start


def test_what_is_no_recording_ends_as_an_error(user: Asked) -> None:
    for _ in range(2):
        made = user.transcript(b"this is no recording" * 50)
        assert made.status is aai.TranscriptStatus.error
        assert made.error == ERRORS["not_media"].sentence


def test_the_list_is_leafed_through_both_ways(user: Asked) -> None:
    ids = [user.transcript(b"no recording %d" % number * 50).id for number in range(5)]
    newest_first = ids[::-1]
    first = user.transcriber.list_transcripts(aai.ListTranscriptParameters(limit=2))
    assert [one.id for one in first.transcripts] == newest_first[:2]
    assert first.page_details.next_url is None
    second = user.http.get(first.page_details.prev_url or "").json()
    assert [one["id"] for one in second["transcripts"]] == newest_first[2:4]
    last = user.http.get(second["page_details"]["prev_url"]).json()
    assert [one["id"] for one in last["transcripts"]] == newest_first[4:]
    assert last["page_details"]["prev_url"] is None
    back = user.http.get(last["page_details"]["next_url"]).json()
    assert [one["id"] for one in back["transcripts"]] == newest_first[2:4]
    error, done = (aai.ListTranscriptParameters(status=status) for status in ("error", "completed"))
    assert len(user.transcriber.list_transcripts(error).transcripts) == 5
    assert user.transcriber.list_transcripts(done).transcripts == []


def test_what_is_deleted_is_gone_and_can_be_made_again(user: Asked) -> None:
    first = user.transcript(b"nor is this one" * 50)
    assert first.id is not None
    assert user.http.delete(f"/v2/transcript/{first.id}").json()["id"] == first.id
    gone = user.http.get(f"/v2/transcript/{first.id}")
    assert (gone.status_code, gone.json()["error"]) == (404, "There is no such job, or it has been deleted.")
    assert user.http.post("/v2/transcript", json={"audio_url": first.audio_url}).status_code == 422
    assert user.transcript(b"nor is this one" * 50).id != first.id


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"auto_chapters": True}, "auto_chapters: this is not done here."),
        ({"webhook_url": "https://example.org"}, "webhook_url: webhooks are made once for all jobs here"),
        ({"audio_end_at": 5000}, "audio_end_at: recordings are transcribed whole here."),
        ({"temperature": 0.5}, "temperature: "),
        ({"punctuate": False}, "punctuate: "),
        ({"speech_models": ["slam-1"]}, "audio_url: "),
        ({"language_code": "en", "language_detection": True}, "language_detection: not together with language_code."),
        ({"speakers_expected": 2}, "speakers_expected and speaker_options: only with speaker_labels."),
        ({"no_such_thing": 1}, "no_such_thing: this is not done here."),
        ({"language_detection_options": {"code_switching": True}}, "code_switching: this is not done here."),
    ],
)
def test_what_cannot_be_done_is_refused(user: Asked, wish: dict[str, object], said: str) -> None:
    refused = user.refusal(**wish)
    assert refused.status_code == 422
    assert said in refused.json()["error"]


def test_wishes_of_a_recording_that_is_there(user: Asked, spoken: Clip) -> None:
    url = user.transcriber.upload_file(spoken.data)
    for wish, said in (
        ({"language_code": "tlh"}, "The language tlh is not known."),
        ({"speech_models": ["slam-1"]}, "speech_models: one of best, universal, "),
        ({"keyterms_prompt": ["long"] * 200}, "keyterms_prompt and word_boost: "),
    ):
        refused = user.http.post("/v2/transcript", json={"audio_url": url, **wish})
        assert said in refused.json()["error"], refused.text
    off = {"auto_chapters": False, "entity_detection": None, "speech_models": ["slam-1", "universal"]}
    assert user.http.post("/v2/transcript", json={"audio_url": url, **off}).status_code == 200


def test_whoever_is_nobody_is_told_so(up: Up, user: Asked, spoken: Clip) -> None:
    nobody = Asked(up, "any word")
    with pytest.raises(aai.TranscriptError, match="The API key is one of this server's"):
        nobody.transcriber.upload_file(spoken.data)
    nobody.http.close()
    made, other = user.transcript(b"no recording of ours" * 50), Asked(up, new_key())
    assert other.http.get(f"/v2/transcript/{made.id}").status_code == 404
    assert other.http.delete(f"/v2/transcript/{made.id}").status_code == 404
    assert other.http.get(f"/v2/transcript/{made.id}/srt").status_code == 404
    url = user.transcriber.upload_file(spoken.data)
    assert other.http.post("/v2/transcript", json={"audio_url": url}).status_code == 422, "what somebody else has sent"
    other.http.close()


def key_of_the_machine(up: Up, *scopes: str) -> str:
    asked = [word for scope in scopes for word in ("--scope", scope)]
    command = [sys.executable, "-m", "aisubs", "key", "create", "a program", "--json", *asked]
    made = subprocess.run(command, env={**os.environ, "DATA_DIR": str(up.data)}, capture_output=True, check=True)
    return str(json.loads(made.stdout)["token"])


def test_a_key_of_this_server_opens_what_its_scopes_say(up: Up, spoken: Clip) -> None:
    writer, reader = (Asked(up, key_of_the_machine(up, *scopes)) for scopes in ((), ("read",)))
    made = writer.transcriber.submit(spoken.data)
    assert made.id in [one.id for one in reader.transcriber.list_transcripts().transcripts]
    assert reader.http.get(f"/v2/transcript/{made.id}").json()["id"] == made.id
    for refused in (
        reader.http.post("/v2/upload", content=spoken.data),
        reader.http.post("/v2/transcript", json={"audio_url": made.audio_url}),
        reader.http.delete(f"/v2/transcript/{made.id}"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "key_scope")
    assert reader.http.get("/v2/transcript", headers={"Authorization": "key_unknown"}).status_code == 401
    made.wait_for_completion()
    assert writer.http.delete(f"/v2/transcript/{made.id}").status_code == 200
    for one in (writer, reader):
        one.http.close()


def test_too_much_and_nothing_are_refused_and_not_kept(up: Up, user: Asked) -> None:
    before = sorted((up.data / "held").iterdir()) if (up.data / "held").is_dir() else []
    too_big = user.http.post("/v2/upload", content=(bytes(1 << 20) for _ in range(25)))
    assert (too_big.status_code, user.http.post("/v2/upload", content=b"").status_code) == (413, 422)
    assert sorted((up.data / "held").iterdir()) == before
