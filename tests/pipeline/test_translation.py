"""Translations in the database: batch by batch, over faults and kills, within their budget, each with its own line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest

from aisubs.model.document import Paragraph
from aisubs.model.errors import AisubsError
from aisubs.model.glossary import Term
from aisubs.model.text_operations import Splice
from aisubs.model.transcript import Segment, Window, Word
from aisubs.model.translation import TranslationState
from aisubs.pipeline.jobs import Holder, HolderReads, hash_token
from aisubs.pipeline.revise_transcript import save_edit
from aisubs.pipeline.translation.read_translation import changes_since, read_in, read_translated
from aisubs.pipeline.translation.request_translation import request_translation
from aisubs.pipeline.translation.results import translated_result
from aisubs.pipeline.translation.translate_due import translate_due
from aisubs.pipeline.translation.translate_text import MAX_ATTEMPTS, Outcome, Terms, translate_claimed
from aisubs.ports import Translator
from aisubs.wiring_translation import make_translator
from tests.contract.test_translator import settings_of
from tests.doubles.chat_endpoint import Behaviour, ChatEndpoint, Sentences, lines, turned
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import DURATION_MS, WINDOW_MS, JobLine

GUEST = Holder.of(["guest"])
TERMS = Terms(tokens=0, requests=0, lease_s=60.0)
PER_WINDOW = 15
SENTENCES = 3 * PER_WINDOW


def spoken(seq: int) -> Window:
    """Fifteen sentences of three words, a second each."""
    words = []
    for number in range(PER_WINDOW):
        start_ms = seq * WINDOW_MS + number * 1000
        for at, text in enumerate((" Sentence", " number", f" {seq * PER_WINDOW + number}x.")):
            words.append(Word(start_ms + at * 300, start_ms + at * 300 + 200, text, 0.9))
    segment = Segment(words[0].start_ms, words[-1].end_ms, "".join(word.text for word in words), tuple(words))
    start_ms = seq * WINDOW_MS
    return Window(seq, start_ms, start_ms + WINDOW_MS, 15_000, (segment,), ((start_ms, start_ms + 15_000),))


@pytest.fixture
def line(database_url: str) -> Iterator[JobLine]:
    with JobLine(database_url) as line:
        yield line


@pytest.fixture
def job_id(line: JobLine) -> str:
    return finished(line)


def finished(line: JobLine) -> str:
    job = line.web()
    claim = line.claim()
    line.jobs.save_windows(
        claim.job_id, claim.fence, [spoken(seq) for seq in range(3)], {"next": 3}, language="en", remaining_ms=0
    )
    told = {"transcribed_ms": DURATION_MS, "no_speech_ms": 0, "redecoded_ms": 0, "unresolved_ms": 0}
    line.complete(claim, coverage=told)
    return job.job_id


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    with ChatEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def translator(endpoint: ChatEndpoint) -> Translator:
    return make_translator(settings_of(endpoint))


@pytest.fixture
def work(line: JobLine, job_id: str, translator: Translator) -> Work:
    return Work(line, job_id, translator)


class Work:
    """What a door does, in short."""

    def __init__(self, line: JobLine, job_id: str, translator: Translator) -> None:
        self.line, self.job_id, self.translator = line, job_id, translator

    def ask(self, language: str = "de", *terms: Term) -> dict[str, Any]:
        job = self.line.jobs.get_job(self.job_id, HOLDER)
        return request_translation(job, HOLDER, language, terms, jobs=self.line.jobs, translator=self.translator)

    def go_on(self, language: str = "de", terms: Terms = TERMS, stop: Event | None = None) -> Outcome:
        claim = self.line.jobs.claim_translation(60.0, "tiny-chat", "127.0.0.1", self.job_id, language)
        assert claim is not None
        return translate_claimed(
            claim, jobs=self.line.jobs, translator=self.translator, terms=terms, stop=stop or Event()
        )

    def told(self, language: str = "de", holder: Holder = HOLDER) -> dict[str, Any]:
        return {row["language"]: row for row in self.line.jobs.list_translations(self.job_id, holder)}[language]

    def file(self, format_name: str = "json", language: str = "de", **more: Any) -> bytes:
        job = self.line.jobs.get_job(self.job_id, HOLDER)
        reads = HolderReads(self.line.jobs, HOLDER)
        return translated_result(job, language, format_name, jobs=reads, **more).data

    def correct(self, old: str, new: str, language: str = "") -> int:
        """A word of the text, in its newest revision."""
        job = self.line.jobs.get_job(self.job_id, HOLDER)
        text = read_in(language, job, jobs=HolderReads(self.line.jobs, HOLDER))
        (paragraph,) = (one for one in text.document.paragraphs if f" {old}" in f" {one.text}")
        assert len(old) == len(new), "offsets stay"
        changed = Paragraph(
            paragraph.id, paragraph.text.replace(old, new), paragraph.offsets, paragraph.starts, paragraph.durations,
            paragraph.conf, paragraph.speaker, True,
        )  # fmt: skip
        edit = Splice("splice", (paragraph.id,), (changed,))
        return save_edit(job, HOLDER, text.revision, [edit], jobs=self.line.jobs, language=language).revision


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(AisubsError) as caught:
        action()
    return caught.value.code


# ── the whole way ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_sentence_comes_out_once_and_in_time(work: Work, endpoint: ChatEndpoint) -> None:
    asked = work.ask("German")
    assert (asked["language"], asked["state"], asked["sentences"], asked["done"]) == ("de", "waiting", SENTENCES, 0)
    assert endpoint.asked == [], "nothing is sent before it is somebody's turn"
    assert work.go_on() == Outcome(TranslationState.COMPLETED)
    told = work.told()
    assert (told["state"], told["done"], told["untranslated"], told["doubtful"]) == ("completed", SENTENCES, 0, 0)
    assert (told["translator"], told["sent_to"]) == ("tiny-chat", "127.0.0.1")
    assert (told["tokens"], told["requests"]) == (3 * 120, 3)
    assert sum(len(question["sentences"]) for question in endpoint.asked) == SENTENCES
    text = work.file("txt").decode()
    assert text.split() == [word for at in range(SENTENCES) for word in turned(f"Sentence number {at}x.").split()]
    job = work.line.jobs.get_job(work.job_id, HOLDER)
    made = read_translated(job, "de", jobs=HolderReads(work.line.jobs, HOLDER)).document
    spoken_at = [start_ms for paragraph in made.paragraphs for start_ms in paragraph.starts][::3]
    assert spoken_at == [seq * WINDOW_MS + at * 1000 for seq in range(3) for at in range(PER_WINDOW)]
    file = translated_result(job, "de", "srt", jobs=HolderReads(work.line.jobs, HOLDER))
    assert file.filename == "talk.de.srt"


def test_a_second_wish_for_the_same_costs_nothing(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    work.go_on()
    asked = len(endpoint.asked)
    assert work.ask()["state"] == "completed"
    assert work.line.jobs.claim_translation(60.0, "x", None) is None
    assert len(endpoint.asked) == asked


def test_a_kill_costs_a_batch_and_the_outcome_is_the_same(work: Work, endpoint: ChatEndpoint) -> None:
    """Whoever is killed says nothing any more: here another one takes over in the middle of its second request."""
    work.ask()
    work.go_on()
    undisturbed = work.file()
    work.line.jobs.delete_translation(work.job_id, HOLDER, "de")
    work.ask()
    taken: list[Any] = []

    def take_over() -> None:
        taken.append(work.line.jobs.claim_translation(60.0, "tiny-chat", "127.0.0.1", work.job_id, "de"))

    endpoint.script = [Behaviour(), Behaviour(before=take_over)]
    endpoint.asked.clear()
    assert code_of(work.go_on) == "lost_lease"
    assert work.told()["done"] == 20, "what the first one has saved stays, and nothing of it comes after"
    assert work.line.jobs.claim_translation(60.0, "x", None) is None, "nobody else takes what is somebody's"
    assert work.ask()["done"] == 20, "the same command again"
    assert work.go_on().state == "completed"
    assert [question["sentences"][0]["id"] for question in endpoint.asked] == [0, 20, 20, 40]
    assert work.file() == undisturbed


def test_a_lease_that_ran_out_is_taken_up(work: Work, line: JobLine, translator: Translator) -> None:
    work.ask()
    assert line.jobs.claim_translation(60.0, "tiny-chat", None, work.job_id, "de") is not None
    due = {"jobs": line.jobs, "translator": translator, "terms": TERMS, "stop": Event()}
    assert translate_due(**due) == 0
    line.sql("update aisubs.translations set leased_until = now()")
    assert translate_due(**due, for_s=0.0) == 0, "the time of this round is over before it begins"
    assert translate_due(**due) == 1
    assert work.told()["state"] == "completed"


def test_whoever_a_text_was_sent_to_stays_told(work: Work, line: JobLine) -> None:
    work.ask()
    claims = [("a", "one.example"), ("b", None), ("a", "one.example"), ("a", "two.example")]
    for name, host in claims:
        assert line.jobs.claim_translation(60.0, name, host, work.job_id, "de") is not None
    assert (work.told()["translator"], work.told()["sent_to"]) == ("a, b", "one.example, two.example")


def test_stopping_hands_it_over_between_batches(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    stop = Event()
    endpoint.script = [Behaviour(before=stop.set)]
    assert work.go_on(stop=stop).state == "waiting"
    assert (work.told()["done"], work.told()["error_code"]) == (20, None)
    assert work.go_on().state == "completed"


# ── losses ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def without(number: int) -> Callable[[Sentences], str]:
    return lambda rows: lines([row for row in rows if row["id"] != number])


def test_what_is_missing_is_asked_for_once_more_alone(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    endpoint.script = [Behaviour(said=without(3))]
    work.go_on()
    assert [len(question["sentences"]) for question in endpoint.asked] == [20, 1, 20, 5]
    assert work.told()["untranslated"] == 0


def test_what_never_comes_is_a_loss_and_stays_as_it_was_said(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    invented = '\n{"id": 999, "text": "Invented."}'
    endpoint.script = [
        Behaviour(said=lambda rows: without(3)(rows) + invented),
        Behaviour(said=lambda rows: lines([{"id": 4, "text": "Another one."}])),
    ]
    assert work.go_on().state == "completed"
    told = work.told()
    assert (told["sentences"], told["done"], told["untranslated"]) == (SENTENCES, SENTENCES, 1)
    text = work.file("txt").decode()
    assert " ".join(text.split()).count("Sentence number 3x.") == 1
    assert "Invented" not in text
    assert "Another one" not in text
    again = work.ask()
    assert (again["state"], again["done"]) == ("waiting", SENTENCES - 1), "a loss gets another chance"
    work.go_on()
    assert work.told()["untranslated"] == 0


def test_terms_that_did_not_come_out_are_doubted(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask("de", Term("number 7x", "Nummer 7"))
    work.go_on()
    assert work.told()["doubtful"] == 0
    assert [len(question.get("terms", [])) for question in endpoint.asked] == [1, 0, 0], "only where it is said"
    work.ask("de", Term("number 8x", "Nummer 8"))
    assert work.told()["done"] == 0, "another glossary is another translation"
    forgets = Behaviour(said=lambda rows: lines([row | {"text": "Ohne."} for row in rows]))
    endpoint.script = [forgets]
    work.go_on()
    assert work.told()["doubtful"] == 1
    job = work.line.jobs.get_job(work.job_id, HOLDER)
    made = read_translated(job, "de", jobs=HolderReads(work.line.jobs, HOLDER)).document
    assert [conf for paragraph in made.paragraphs for conf in paragraph.conf].count(0) == 1


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_faults_that_pass_are_waited_for(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    endpoint.script = [Behaviour(), Behaviour(429, headers={"Retry-After": "33"})]
    outcome = work.go_on()
    assert (outcome.state, outcome.retry_in_s) == ("waiting", 33.0)
    told = work.told()
    assert (told["done"], told["error_code"], told["not_before"] is not None) == (20, "translator_busy", True)
    assert work.line.jobs.claim_translation(60.0, "x", None) is None, "not before its time"
    assert work.go_on().state == "completed", "a command may"
    assert work.told()["error_code"] is None


def test_faults_without_end_are_given_up_and_asking_again_goes_on(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    endpoint.script = [Behaviour(), *(Behaviour(500) for _ in range(MAX_ATTEMPTS))]
    outcomes = [work.go_on() for _ in range(MAX_ATTEMPTS)]
    assert [outcome.state for outcome in outcomes] == ["waiting"] * (MAX_ATTEMPTS - 1) + ["failed"]
    waits = [outcome.retry_in_s for outcome in outcomes[:-1]]
    assert waits == sorted(waits)
    assert work.told()["error_message"] == "The translator does not answer. It is asked again."
    assert work.ask()["done"] == 20
    assert work.go_on().state == "completed"


def test_answers_in_which_nothing_is_are_no_translation(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    endpoint.script = [Behaviour(said=lambda rows: "Sure! Here you are.")] * 21
    outcome = work.go_on()
    assert outcome.fault is not None
    assert (outcome.state, outcome.fault.code) == ("waiting", "translator_garbled")
    told = work.told()
    assert (told["done"], told["untranslated"], told["requests"]) == (0, 0, 21)


def test_a_lost_key_ends_it_with_a_sentence(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    endpoint.key = "sk-changed"
    assert work.go_on().state == "failed"
    assert "TRANSLATION_KEY" in work.told()["error_message"]


@pytest.mark.parametrize(("terms", "unit"), [((240, 0), "240 of 240 tokens"), ((0, 1), "1 of 1 requests")])
def test_the_budget_is_that_of_the_recording(work: Work, terms: tuple[int, int], unit: str) -> None:
    work.ask()
    tight = Terms(*terms, lease_s=60.0)
    assert work.go_on(terms=tight).state == "failed"
    assert unit in work.told()["error_message"]
    work.line.jobs.delete_translation(work.job_id, HOLDER, "de")
    work.ask("fr")
    assert work.go_on("fr", tight).state == "failed", "another language, or the same again, gets no other"
    assert work.told("fr")["done"] == 0
    work.ask("fr")
    assert work.go_on("fr").state == "completed", "when the limit is raised, it goes on"


def test_wishes_that_cannot_be(work: Work, line: JobLine) -> None:
    assert code_of(lambda: work.ask("en")) == "bad_request"
    assert code_of(lambda: work.ask("klingon")) == "bad_language"
    assert code_of(lambda: work.file()) == "translation_not_found"
    work.ask()
    assert code_of(lambda: work.file()) == "not_finished"
    assert b"Sentence" in work.file("txt", partial=True)
    work.job_id = line.web().job_id
    assert code_of(lambda: work.ask()) == "not_finished"


# ── a line of its own ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_makes_one_sentence_stale_and_only_that_is_made_anew(work: Work, endpoint: ChatEndpoint) -> None:
    work.ask()
    work.go_on()
    assert work.correct("5x.", "5y.") == 1
    job, reads = work.line.jobs.get_job(work.job_id, HOLDER), HolderReads(work.line.jobs, HOLDER)
    changes = changes_since(work.line.jobs.read_translation(work.job_id, HOLDER, "de"), read_in("", job, jobs=reads))
    assert (changes.stale, changes.added) == ((5,), 1)
    endpoint.asked.clear()
    assert work.ask()["done"] == SENTENCES - 1
    work.go_on()
    assert [[row["id"] for row in question["sentences"]] for question in endpoint.asked] == [[5]]
    assert (work.told()["source_revision"], b"nambir 5y" in work.file("txt")) == (1, True)


def test_a_translation_is_corrected_as_any_text_is(work: Work) -> None:
    work.ask()
    work.go_on()
    as_translated = work.file()
    assert work.correct("0x.", "0z.", "de") == 1
    assert work.correct("1x.", "1z.", "de") == 2
    newest = [work.line.jobs.newest_revision(work.job_id, HOLDER, language) for language in ("", "de")]
    assert newest == [0, 2], "the text of the recording has a line of its own"
    assert (b"0z." in work.file("txt"), b"1z." in work.file("txt")) == (True, True)
    assert b"1z." not in work.file("txt", revision=1)
    assert work.file(revision=0) == as_translated
    assert len(work.line.jobs.list_revisions(work.job_id, HOLDER, "de")) == 2
    assert work.line.jobs.list_revisions(work.job_id, HOLDER) == []
    assert work.ask()["state"] == "completed", "nothing is wrong with it"
    work.correct("5x.", "5y.")
    work.line.jobs.delete_translation(work.job_id, HOLDER, "de")
    assert work.line.sql("select language, revision from aisubs.transcript_edits") == [{"language": "", "revision": 1}]


def test_what_people_wrote_stays_over_a_kill_while_the_rest_is_brought_up_to_date(
    work: Work, endpoint: ChatEndpoint
) -> None:
    """The original is corrected twice: in a sentence that people have put into words of their own, and in another."""
    work.ask()
    work.go_on()
    work.correct("7x.", "7z.", "de")
    for old, new in (("7x.", "7y."), ("30x.", "30y.")):
        work.correct(old, new)
    assert work.told()["corrected"] == 1
    assert work.ask()["done"] == SENTENCES - 2
    endpoint.script = [Behaviour(429)]
    work.go_on()
    assert work.ask()["state"] == "waiting", "asked for again before it is done"
    work.go_on()
    told, said = work.told(), work.file("txt").decode()
    assert (told["state"], told["revision"], told["corrected"], told["to_check"]) == ("completed", 2, 1, 1)
    assert [part in said for part in ("nambir 7z.", "nambir 7y.", "nambir 7x.", "nambir 30y.")] == [
        True,
        False,
        False,
        True,
    ]
    assert "nambir 7y." in work.file("txt", revision=0).decode(), "as the translator has it"
    assert "nambir 30x." in work.file("txt", revision=1).decode(), "as it was before"
    assert said.count("nambir") == SENTENCES
    work.correct("8x.", "8y.")
    work.ask()
    work.go_on()
    assert [part in work.file("txt").decode() for part in ("nambir 7z.", "nambir 8y.")] == [True, True]
    assert (work.told()["revision"], work.told()["to_check"]) == (3, 1), "until somebody has looked at it"


def test_whoever_may_read_the_text_may_read_its_translation_and_nothing_else(work: Work, line: JobLine) -> None:
    work.ask()
    work.go_on()
    line.jobs.create_share(work.job_id, HOLDER, hash_token("guest"), None, include_media=False)
    assert work.told(holder=GUEST)["state"] == "completed"
    job = line.jobs.get_job(work.job_id, GUEST)
    assert read_translated(job, "de", jobs=HolderReads(line.jobs, GUEST)).revision == 0
    work.correct("0x.", "0z.", "de")
    assert code_of(lambda: line.jobs.read_revision(work.job_id, GUEST, 0, "de")) == "history_not_shared"
    assert code_of(lambda: line.jobs.delete_translation(work.job_id, GUEST, "de")) == "read_only"
    line.jobs.delete_job(work.job_id, HOLDER)
    assert code_of(lambda: line.jobs.list_translations(work.job_id, HOLDER)) == "job_not_found"
    line.jobs.forget_job(work.job_id)
    for table in ("translations", "translated_sentences", "translation_spending", "transcript_edits"):
        assert line.sql(f"select * from aisubs.{table}") == []


def test_a_deleted_job_is_translated_no_further(work: Work, line: JobLine, endpoint: ChatEndpoint) -> None:
    work.ask()
    endpoint.script = [Behaviour(before=lambda: (line.jobs.delete_job(work.job_id, HOLDER), None)[1])]
    assert code_of(work.go_on) == "lost_lease"
    assert line.jobs.claim_translation(60.0, "x", None) is None
