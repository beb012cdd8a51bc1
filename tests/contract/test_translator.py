"""What every translator must do, whatever it translates with; and what each makes of the trouble that is its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aisubs.adapters.translator.openai_endpoint.wording import read_answer
from aisubs.model.errors import AisubsError
from aisubs.model.glossary import Term
from aisubs.ports import Order, Translator
from aisubs.settings import Settings
from aisubs.wiring_translation import make_translator
from tests.doubles.chat_endpoint import KEY, Behaviour, ChatEndpoint, lines, turned
from tests.tiny_marian import make_tiny_marian

SENTENCES = [(7, "Good morning."), (8, "The house stands by the water, and I like it."), (9, "Yes.")]
ORDER = Order(SENTENCES, "en", "de", ["Before that."], [Term("house", "Haus")])


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_tiny_marian(folder / "opus-mt-en-de")
    return folder


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    with ChatEndpoint() as endpoint:
        yield endpoint


def settings_of(endpoint: ChatEndpoint, **more: object) -> Settings:
    chosen = {"translation_url": endpoint.url, "translation_model": "tiny-chat", "translation_key": KEY}
    return Settings(translator="openai", **chosen | more)  # type: ignore[arg-type]


@pytest.fixture
def chat(endpoint: ChatEndpoint) -> Translator:
    return make_translator(settings_of(endpoint))


def code_of(action: Callable[[], object]) -> AisubsError:
    with pytest.raises(AisubsError) as caught:
        action()
    return caught.value


# ── every plug ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["openai", "opus-mt"])
def translator(request: pytest.FixtureRequest, endpoint: ChatEndpoint, models: Path) -> Translator:
    if request.param == "openai":
        return make_translator(settings_of(endpoint))
    return make_translator(Settings(translator="opus-mt", translation_model_dir=models, device="cpu"))


def test_every_sentence_comes_back_under_its_number(translator: Translator) -> None:
    translator.check("en", "de")
    answer = translator.translate(ORDER)
    assert [number for number, _ in answer.texts] == [7, 8, 9]
    assert all(isinstance(text, str) for _, text in answer.texts)
    assert answer.tokens > 0
    assert translator.translate(ORDER) == answer, "the same question has the same answer here"


def test_it_says_what_it_is_and_where_texts_go(translator: Translator) -> None:
    assert (translator.name, translator.sent_to) in (("tiny-chat", "127.0.0.1"), ("opus-mt", None))


def test_one_that_was_not_chosen_is_told(tmp_path: Path) -> None:
    assert code_of(lambda: make_translator(Settings())).code == "no_translator"
    for wrong, said in (
        ({"translator": "openai"}, "TRANSLATION_URL"),
        ({"translator": "openai", "translation_url": "ftp://x/v1"}, "TRANSLATION_URL"),
        ({"translator": "openai", "translation_url": "https://a:b@x.example/v1"}, "TRANSLATION_KEY"),
        ({"translator": "openai", "translation_url": "https://x.example/v1"}, "TRANSLATION_MODEL"),
        (
            {"translator": "openai", "translation_url": "http://x.example/v1", "translation_model": "m"}
            | {"translation_key": "k"},
            "TLS",
        ),
        ({"translator": "opus-mt"}, "TRANSLATION_MODEL_DIR"),
        ({"translator": "opus-mt", "translation_model_dir": tmp_path / "none"}, "no folder"),
    ):
        fault = code_of(lambda wrong=wrong: make_translator(Settings(**wrong)))  # type: ignore[misc]
        assert fault.code == "translator_unusable"
        assert said in fault.sentence


# ── the endpoint ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_asked(chat: Translator, endpoint: ChatEndpoint) -> None:
    answer = chat.translate(ORDER)
    assert answer.texts == [(7, "Guud murnong."), (8, turned(SENTENCES[1][1]).replace("huasi", "Haus")), (9, "Yis.")]
    assert answer.tokens == 120
    assert endpoint.asked == [
        {
            "from": "English",
            "to": "German",
            "terms": [{"source": "house", "target": "Haus"}],
            "before": ["Before that."],
            "sentences": [{"id": number, "text": text} for number, text in SENTENCES],
        }
    ]
    assert endpoint.bodies[0]["model"] == "tiny-chat"
    assert "temperature" not in endpoint.bodies[0]


def test_the_temperature_is_sent_where_it_was_set(endpoint: ChatEndpoint) -> None:
    make_translator(settings_of(endpoint, translation_temperature=0)).translate(ORDER)
    assert endpoint.bodies[0]["temperature"] == 0


def test_no_key_is_sent_where_none_is_wanted() -> None:
    with ChatEndpoint(key=None) as endpoint:
        assert make_translator(settings_of(endpoint, translation_key=None)).translate(ORDER).tokens == 120


REFUSALS = [
    (Behaviour(401, code="invalid_api_key"), "translator_key", None),
    (Behaviour(403), "translator_key", None),
    (Behaviour(429, headers={"Retry-After": "7"}), "translator_busy", 7.0),
    (Behaviour(429), "translator_busy", None),
    (Behaviour(429, headers={"Retry-After": "9" * 40}), "translator_busy", 3600.0),
    (Behaviour(429, headers={"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}), "translator_busy", 0.0),
    (Behaviour(429, headers={"Retry-After": "soon"}), "translator_busy", None),
    (Behaviour(429, code="insufficient_quota", message="You exceeded your quota."), "translator_refused", None),
    (Behaviour(400, message="max context length"), "translator_refused", None),
    (Behaviour(404, message="The model `tiny-chat` does not exist"), "translator_refused", None),
    (Behaviour(307, headers={"Location": "http://127.0.0.1:9/elsewhere"}), "translator_refused", None),
    (Behaviour(500), "translator_unavailable", None),
    (Behaviour(503, headers={"Retry-After": "2"}), "translator_unavailable", 2.0),
    (Behaviour(408), "translator_unavailable", None),
    (Behaviour(cut=40), "translator_unavailable", None),
]


@pytest.mark.parametrize(
    ("behaviour", "code", "after_s"), REFUSALS, ids=lambda value: str(getattr(value, "status", ""))
)
def test_refusals_have_a_sentence(
    chat: Translator, endpoint: ChatEndpoint, behaviour: Behaviour, code: str, after_s: float | None
) -> None:
    endpoint.script = [behaviour]
    fault = code_of(lambda: chat.translate(ORDER))
    assert (fault.code, fault.retry_after_s) == (code, after_s)
    assert KEY not in fault.sentence + fault.reason
    assert len(endpoint.asked) == 1, "how often it is tried is decided where the losses are counted"
    if code == "translator_refused" and behaviour.message != "refused":
        assert behaviour.message.rstrip(".") + "." in fault.sentence
    assert len(chat.translate(ORDER).texts) == 3, "the next one is answered"


def test_a_lost_key_is_told(endpoint: ChatEndpoint) -> None:
    fault = code_of(lambda: make_translator(settings_of(endpoint, translation_key="sk-another")).translate(ORDER))
    assert fault.code == "translator_key"
    assert "127.0.0.1" in fault.sentence


def test_an_endpoint_that_is_silent_or_away(endpoint: ChatEndpoint) -> None:
    from threading import Event

    done = Event()
    endpoint.script = [Behaviour(before=lambda: (done.wait(30), None)[1])]
    silent = make_translator(settings_of(endpoint, translation_timeout_s=0.2))
    assert code_of(lambda: silent.translate(ORDER)).code == "translator_unavailable"
    done.set()
    with ChatEndpoint() as gone:
        away = make_translator(settings_of(gone))
    assert code_of(lambda: away.translate(ORDER)).code == "translator_unavailable"


@pytest.mark.parametrize(
    "raw",
    [b"", b"<html>", b"{", b"[]", b"null", b"{}", b'{"choices": null}', b'{"choices": [null]}', b'{"choices": [{}]}']
    + [json.dumps({"choices": [{"message": {"content": content}}]}).encode() for content in (None, 5, "", "Sure!")],
)
def test_what_is_no_answer_has_no_sentences(chat: Translator, endpoint: ChatEndpoint, raw: bytes) -> None:
    endpoint.script = [Behaviour(raw=raw or b" ")]
    answer = chat.translate(ORDER)
    assert list(answer.texts) == []
    assert answer.tokens > 0, "it has cost something all the same"


def test_an_answer_that_was_cut_off_gives_what_is_whole(chat: Translator, endpoint: ChatEndpoint) -> None:
    endpoint.script = [Behaviour(said=lambda rows: lines(rows)[:-9], finish="length", usage=False)]
    answer = chat.translate(ORDER)
    assert [number for number, _ in answer.texts] == [7, 8]
    assert answer.tokens > 100, "about so many, where the service does not say"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}', [(1, "a"), (2, "b")]),
        ('```json\n[{"id": 1, "text": "a"},\n {"id": 2, "text": "b"}]\n```', [(1, "a"), (2, "b")]),
        ('{"sentences": [{"id": 1, "text": "a"}]}', [(1, "a")]),
        ('Here you are:\n{"id": "1", "text": "a"},\n{"id": 1, "text": "again"}', [(1, "a"), (1, "again")]),
        ('{"id": 1, "text": "one"}', [(1, "one")]),
        ('{"id": true, "text": "a"}\n{"id": 1}\n{"id": 1, "text": 5}\n5\n{"id": "x", "text": ""}', []),
        ("[" * 100_000, []),
        ('{"id": 99, "text": "invented"}', [(99, "invented")]),
    ],
)
def test_answers_are_read_as_they_come(said: str, read: list[tuple[int, str]]) -> None:
    assert read_answer(said) == read


# ── opus-mt ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def opus(folder: Path) -> Translator:
    return make_translator(Settings(translator="opus-mt", translation_model_dir=folder, device="cpu"))


def test_a_pair_that_is_not_here_is_told(models: Path) -> None:
    fault = code_of(lambda: opus(models).check("de", "en"))
    assert (fault.code, fault.sentence) == ("no_such_pair", "Nothing here translates from de to en.")


def test_a_model_of_several_languages_is_told_which(tmp_path: Path) -> None:
    """The first piece says it: with and without, another text comes out."""
    make_tiny_marian(tmp_path / "tagged" / "opus-mt-en-de", tags=(">>de<<", ">>fr<<"))
    (tmp_path / "tagged" / "opus-mt-en-fr").symlink_to(tmp_path / "tagged" / "opus-mt-en-de")
    model = opus(tmp_path / "tagged")
    german, french = (model.translate(Order(SENTENCES, "en", to)) for to in ("de", "fr"))
    assert german.texts != french.texts
    assert german.tokens > 0


def test_a_broken_model_is_told(tmp_path: Path) -> None:
    folder = make_tiny_marian(tmp_path / "opus-mt-en-de")
    whole = (folder / "model.bin").read_bytes()
    for name, data in (("model.bin", whole[: len(whole) // 2]), ("source.spm", b"no pieces"), ("config.json", b"{")):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(data)
        fault = code_of(lambda: opus(tmp_path).translate(ORDER))
        assert (fault.code, "opus-mt-en-de" in fault.sentence) == ("translator_unusable", True), name
        (folder / name).write_bytes(kept)
    (folder / "target.spm").unlink()
    assert code_of(lambda: opus(tmp_path).translate(ORDER)).code == "no_such_pair"
