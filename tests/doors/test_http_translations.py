"""Translations over HTTP: asked for, followed, read in every way a text is read, corrected, made anew, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from aisubs.duties import translate_app
from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import edit, post, splice, text, transcribed, typed
from tests.doubles.chat_endpoint import KEY, Behaviour, ChatEndpoint, turned


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    with ChatEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def door(database_url: str, tmp_path: Path, endpoint: ChatEndpoint) -> Iterator[Door]:
    chosen = {"translator": "openai", "translation_url": endpoint.url, "translation_model": "tiny-chat"}
    with open_door(database_url, tmp_path, translation_key=KEY, **chosen) as door:
        yield door


def ask(door: Door, job_id: str, language: str = "de", **more: Any) -> httpx.Response:
    body = {"language": language} | more
    return door.http.post(f"/api/jobs/{job_id}/translations", json=body, headers=door.auth(job_id))


def listed(door: Door, job_id: str) -> list[dict[str, Any]]:
    answer = door.get(job_id, "/translations")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["translations"])


def translated(door: Door, language: str = "de") -> str:
    job_id = transcribed(door)
    assert ask(door, job_id, language).status_code == 202
    assert translate_app(door.app, Event()) == 1
    return job_id


def share(door: Door, job_id: str, **terms: Any) -> dict[str, str]:
    made = door.http.post(f"/api/jobs/{job_id}/share", json=terms, headers=door.auth(job_id)).json()
    return {"Authorization": f"Bearer {made['token']}"}


def words(shown: dict[str, Any]) -> str:
    return " ".join(paragraph["text"] for paragraph in shown["paragraphs"])


def test_a_text_is_read_in_another_language_as_it_is_in_its_own(door: Door, endpoint: ChatEndpoint) -> None:
    job_id = transcribed(door)
    asked = ask(door, job_id, "German")
    assert asked.status_code == 202, asked.text
    assert (asked.json()["language"], asked.json()["state"], asked.json()["progress"]) == ("de", "waiting", 0)
    assert endpoint.asked == []
    assert fault_of(door.get(job_id, "/transcript", params={"language": "de"})) == (409, "not_finished")
    translate_app(door.app, Event())
    (row,) = listed(door, job_id)
    assert (row["state"], row["progress"], row["untranslated"], row["stale"]) == ("completed", 100, 0, 0)
    assert (row["translator"], row["sent_to"], row["tokens"]) == ("tiny-chat", "127.0.0.1", 120 * len(endpoint.asked))
    original, german = text(door, job_id), text(door, job_id, language="de")
    assert (german["language"], german["revision"], german["newest"]) == ("de", 0, 0)
    assert words(german) == turned(words(original))
    cues = door.get(job_id, "/cues", params={"language": "de"}).json()
    file = door.get(job_id, "/download/srt", params={"language": "de"})
    assert file.status_code == 200
    assert 'filename="talk.de.srt"' in file.headers["content-disposition"]
    assert len(cues["starts"]) == file.text.count(" --> ")
    assert cues["starts"][0] == door.get(job_id, "/cues").json()["starts"][0]
    for name in door.http.get("/api/formats").json()["formats"]:
        assert door.get(job_id, f"/download/{name['name']}", params={"language": "de"}).status_code == 200, name
    pairs = door.get(job_id, "/translations/de").json()["pairs"]
    assert [pair["text"] for pair in pairs] == [turned(pair["source"]) for pair in pairs]
    assert not any(pair["stale"] for pair in pairs)


def test_answers_are_not_sent_twice_and_change_with_the_translation(door: Door) -> None:
    job_id = translated(door)
    for path in ("/transcript", "/cues", "/download/srt"):
        first = door.get(job_id, path, params={"language": "de"})
        again = {"If-None-Match": first.headers["etag"]}
        assert door.get(job_id, path, params={"language": "de"}, headers=again).status_code == 304
        assert first.headers["etag"] != door.get(job_id, path).headers["etag"]
    german = text(door, job_id, language="de")
    first = german["paragraphs"][0]
    correction = splice(first["id"], insert=[typed(first, "Wirklich")])
    saved = door.http.post(
        f"/api/jobs/{job_id}/revisions?language=de",
        json={"operations": [correction]},
        headers=door.auth(job_id) | {"If-Match": '"0"'},
    )
    assert (saved.status_code, saved.json()["revision"]) == (201, 1)
    assert words(text(door, job_id, language="de")).startswith("Wirklich")
    assert "Wirklich" in door.get(job_id, "/download/txt", params={"language": "de"}).text
    assert text(door, job_id)["newest"] == 0
    assert words(text(door, job_id, language="de", revision=0)) == words(german)
    revisions = door.get(job_id, "/revisions", params={"language": "de"}).json()
    assert (revisions["newest"], door.get(job_id, "/revisions").json()["newest"]) == (1, 0)
    back = post(door, job_id, "/restore?language=de", 1, {"revision": 0})
    assert (back.status_code, back.json()["revision"]) == (201, 2)
    assert words(text(door, job_id, language="de")) == words(german)


def test_a_correction_of_the_original_is_told_and_made_anew(door: Door, endpoint: ChatEndpoint) -> None:
    job_id = translated(door)
    first = text(door, job_id)["paragraphs"][0]
    edit(door, job_id, 0, splice(first["id"], insert=[typed(first, "Really")]))
    (row,) = listed(door, job_id)
    assert (row["stale"], row["added"], row["source_revision"]) == (1, 1, 0)
    pairs = door.get(job_id, "/translations/de").json()["pairs"]
    assert [pair["stale"] for pair in pairs] == [True] + [False] * (len(pairs) - 1)
    shown = door.get(job_id, "/translations/de")
    again = {"If-None-Match": shown.headers["etag"]}
    assert door.get(job_id, "/translations/de", headers=again).status_code == 304
    endpoint.asked.clear()
    assert ask(door, job_id).json()["done"] == row["sentences"] - 1
    translate_app(door.app, Event())
    assert [len(question["sentences"]) for question in endpoint.asked] == [1]
    (row,) = listed(door, job_id)
    assert (row["stale"], row["added"], row["source_revision"]) == (0, 0, 1)
    assert words(text(door, job_id, language="de")).startswith(turned("Really"))


def reword(door: Door, job_id: str, seq: int, words: str, based_on: int) -> httpx.Response:
    where = f"/api/jobs/{job_id}/translations/de/sentences/{seq}"
    return door.http.put(where, json={"text": words}, headers=door.auth(job_id) | {"If-Match": f'"{based_on}"'})


def pairs_of(door: Door, job_id: str) -> list[dict[str, Any]]:
    return list(door.get(job_id, "/translations/de").json()["pairs"])


def test_a_sentence_is_put_into_other_words_as_a_revision_of_its_line(door: Door) -> None:
    job_id = translated(door)
    before = pairs_of(door, job_id)
    cues = door.get(job_id, "/cues", params={"language": "de"}).json()
    assert reword(door, job_id, 1, "  Ganz  anders gesagt. ", 0).json()["revision"] == 1
    said = door.get(job_id, "/download/txt", params={"language": "de"}).text
    assert "Ganz anders gesagt." in " ".join(said.split())
    now = pairs_of(door, job_id)
    assert [(pair["text"], pair["corrected"]) for pair in now] == [
        ("Ganz anders gesagt.", True) if pair["seq"] == 1 else (pair["text"], False) for pair in before
    ]
    assert door.get(job_id, "/cues", params={"language": "de"}).json()["starts"][0] == cues["starts"][0]
    (row,) = listed(door, job_id)
    assert (row["revision"], row["corrected"], row["stale"]) == (1, 1, 0)
    assert fault_of(reword(door, job_id, 0, "Zu spät.", 0)) == (412, "revision_conflict")
    for words, seq in (("\u200b", 0), ("Ja.", len(before))):
        assert fault_of(reword(door, job_id, seq, words, 1)) == (422, "bad_request")
    post(door, job_id, "/restore?language=de", 1, {"revision": 0})
    assert [pair["text"] for pair in pairs_of(door, job_id)] == [pair["text"] for pair in before]
    assert listed(door, job_id)[0]["corrected"] == 0


def test_what_people_wrote_is_told_when_its_sentence_changes_and_stays(door: Door, endpoint: ChatEndpoint) -> None:
    job_id = translated(door)
    reword(door, job_id, 0, "Von Hand.", 0)
    first = text(door, job_id)["paragraphs"][0]
    edit(door, job_id, 0, splice(first["id"], insert=[typed(first, "Really")]))
    assert [pair["stale"] for pair in pairs_of(door, job_id)][:2] == [True, False]
    assert ask(door, job_id).status_code == 202
    translate_app(door.app, Event())
    (row,) = listed(door, job_id)
    assert (row["state"], row["revision"], row["stale"], row["to_check"]) == ("completed", 2, 0, 1)
    pair = pairs_of(door, job_id)[0]
    assert (pair["text"], pair["to_check"], pair["source"].startswith("Really")) == ("Von Hand.", True, True)
    guest = share(door, job_id)
    hidden = door.http.get(f"/api/jobs/{job_id}/download/srt?language=de", headers=guest)
    assert fault_of(hidden) == (403, "history_not_shared"), "it may say what was taken out"
    assert reword(door, job_id, 0, "Von Hand.", 2).status_code == 201
    assert (listed(door, job_id)[0]["to_check"], pairs_of(door, job_id)[0]["to_check"]) == (0, False)
    assert door.http.get(f"/api/jobs/{job_id}/download/srt?language=de", headers=guest).status_code == 200


def test_more_than_wordings_is_not_written_over(door: Door) -> None:
    job_id = translated(door)
    ids = [one["id"] for one in text(door, job_id, language="de")["paragraphs"]]
    post(door, job_id, "?language=de", 0, {"operations": [{"op": "relabel", "ids": ids[:1], "speaker": "S9"}]})
    assert fault_of(reword(door, job_id, 0, "Von Hand.", 1)) == (409, "translation_edited")
    first = text(door, job_id)["paragraphs"][0]
    edit(door, job_id, 0, splice(first["id"], insert=[typed(first, "Really")]))
    assert fault_of(ask(door, job_id)) == (409, "translation_edited")


def test_by_a_link_nobody_reads_in_a_translation_what_was_taken_out(door: Door) -> None:
    job_id = translated(door)
    guest, historian = share(door, job_id), share(door, job_id, include_history=True)
    paths = ("/transcript", "/cues", "/download/srt")

    def read(headers: dict[str, str]) -> set[int]:
        where = [f"/api/jobs/{job_id}{path}?language=de" for path in paths]
        return {door.http.get(one, headers=headers).status_code for one in where}

    assert read(guest) == {200}
    first = text(door, job_id)["paragraphs"][0]
    edit(door, job_id, 0, splice(first["id"], insert=[typed(first, "Removed")]))
    assert (read(door.auth(job_id)), read(historian), read(guest)) == ({200}, {200}, {403})
    assert door.http.get(f"/api/jobs/{job_id}/translations/de", headers=guest).status_code == 403
    ask(door, job_id)
    translate_app(door.app, Event())
    assert read(guest) == {200}


def test_speakers_are_called_what_the_original_calls_them(door: Door) -> None:
    job_id = translated(door)
    paragraphs = [one["id"] for one in text(door, job_id)["paragraphs"]]
    edit(door, job_id, 0, {"op": "relabel", "ids": paragraphs, "speaker": "S1"})
    edit(door, job_id, 1, {"op": "name", "speaker": "S1", "name": "Angela"})
    (row,) = listed(door, job_id)
    assert row["stale"] == row["sentences"], "who speaks is a part of it"
    ask(door, job_id)
    translate_app(door.app, Event())
    german = text(door, job_id, language="de")
    assert ({one["speaker"] for one in german["paragraphs"]}, german["speakers"]) == ({"S1"}, {"S1": "Angela"})


def test_a_glossary_is_taken_told_and_checked(door: Door, endpoint: ChatEndpoint) -> None:
    job_id = transcribed(door)
    word = words(text(door, job_id)).split()[0].strip(".,!?")
    terms = [{"source": word, "target": "Fachwort"}]
    assert ask(door, job_id, glossary=terms).json()["glossary"] == terms
    translate_app(door.app, Event())
    (row,) = listed(door, job_id)
    assert (row["doubtful"], "Fachwort" in words(text(door, job_id, language="de"))) == (0, True)
    twice = [*terms, {"source": word.upper(), "target": "Anders"}]
    assert fault_of(ask(door, job_id, glossary=twice)) == (422, "bad_request")
    guest = share(door, job_id)
    (seen,) = door.http.get(f"/api/jobs/{job_id}/translations", headers=guest).json()["translations"]
    assert (seen["glossary"], seen["tokens"], seen["requests"]) == ([], 0, 0)
    assert seen["state"] == "completed"


def test_faults_are_told_in_the_list(door: Door, endpoint: ChatEndpoint) -> None:
    job_id = transcribed(door)
    ask(door, job_id)
    endpoint.script = [Behaviour(429, headers={"Retry-After": "60"})]
    translate_app(door.app, Event())
    (row,) = listed(door, job_id)
    assert (row["state"], row["error_code"], row["not_before"] is not None) == ("waiting", "translator_busy", True)
    endpoint.key = "sk-changed"
    ask(door, job_id)
    translate_app(door.app, Event())
    (row,) = listed(door, job_id)
    assert (row["state"], row["error_code"]) == ("failed", "translator_key")
    assert KEY not in str(row)


def test_it_is_deleted_with_all_that_was_corrected(door: Door) -> None:
    job_id = translated(door)
    where = f"/api/jobs/{job_id}/translations/de"
    assert door.http.delete(where, headers=door.auth(job_id)).status_code == 204
    assert listed(door, job_id) == []
    assert fault_of(door.http.delete(where, headers=door.auth(job_id))) == (404, "translation_not_found")
    for path in ("/transcript", "/cues", "/download/srt", "/revisions", "/translations/de"):
        answer = door.get(job_id, path, params={"language": "de"})
        assert path == "/revisions" or fault_of(answer) == (404, "translation_not_found"), path


def test_wishes_that_cannot_be_are_told(door: Door) -> None:
    job_id = transcribed(door)
    assert fault_of(ask(door, job_id, "en")) == (422, "bad_request")
    assert fault_of(ask(door, job_id, "klingon")) == (422, "bad_language")
    assert fault_of(ask(door, job_id, "x" * 41)) == (422, "bad_request")
    assert fault_of(door.get(job_id, "/cues", params={"language": "DE"})) == (422, "bad_request")
    guest = share(door, job_id)
    for method, path, body in (("POST", "", {"language": "de"}), ("DELETE", "/de", None)):
        answer = door.http.request(method, f"/api/jobs/{job_id}/translations{path}", json=body, headers=guest)
        assert fault_of(answer) == (403, "read_only")


def test_where_texts_go_is_told_before_anybody_asks(door: Door, database_url: str, tmp_path: Path) -> None:
    assert door.http.get("/api/config").json()["translator"] == {"model": "tiny-chat", "sent_to": "127.0.0.1"}
    with open_door(database_url, tmp_path / "off") as off:
        assert off.http.get("/api/config").json()["translator"] is None
        job_id = transcribed(off)
        assert fault_of(ask(off, job_id)) == (503, "no_translator")
        assert translate_app(off.app, Event()) == 0
