"""Live updates: a hint for each change that can be seen, to those who may watch, and to nobody else."""

from __future__ import annotations

import json

import pytest

from aisubs.pipeline.jobs import Holder
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import BROWSERS, JobLine


def test_a_change_is_announced_once_when_it_is_there(line: JobLine) -> None:
    job = line.web()
    line.sql("listen aisubs_live")
    claim = line.claim()  # two moves in one transaction: dispatched and claimed
    line.jobs.heartbeat(claim.job_id, claim.fence)  # nothing to see
    line.save(claim, 0, 0)
    heard = [json.loads(n.payload) for n in line.connection.notifies(timeout=5, stop_after=2)]
    assert [(message["topic"], message["event"]) for message in heard] == [(job.watch_topic, "job")] * 2
    claimed, saved = (message["payload"] for message in heard)
    assert claimed.keys() == {"job_id", "version", "status", "progress", "stage"}
    assert (claimed["stage"], claimed["progress"], saved["progress"]) == ("fetching", 0, 33)
    assert claimed["version"] < saved["version"] == line.jobs.get_job(job.job_id, HOLDER).version
    stored = line.sql("select payload, private, extension from realtime.messages where topic = %s", job.watch_topic)
    assert [row["payload"] for row in stored][-2:] == [claimed, saved]
    assert all(row["private"] and row["extension"] == "broadcast" for row in stored)


def test_a_new_job_is_announced(line: JobLine) -> None:
    """The local edition's dispatcher hears of what another process has put in line."""
    job = line.offer()
    (message,) = line.sql("select payload from realtime.messages where topic = %s", job.watch_topic)
    assert (message["payload"]["job_id"], message["payload"]["status"]) == (job.job_id, "uploading")


def test_what_is_rolled_back_is_not_announced(line: JobLine) -> None:
    job = line.web()
    before = line.sql("select count(*) from realtime.messages")
    with line.connection.transaction(force_rollback=True):
        line.sql("select aisubs_api.begin_dispatch(3, 900)")
    assert line.sql("select count(*) from realtime.messages") == before
    assert line.jobs.get_job(job.job_id, HOLDER).version == job.version


def test_a_live_update_that_fails_does_not_undo_the_move(line: JobLine) -> None:
    job = line.web()
    line.sql("alter table realtime.messages add constraint broken check (false) not valid")
    line.claim()
    assert line.row(job.job_id)["status"] == "processing"


@pytest.mark.parametrize("role", BROWSERS)
def test_only_the_holder_of_a_topic_may_watch_and_only_that_job(line: JobLine, role: str) -> None:
    mine, other = line.web("token"), line.web("other")
    line.claim()
    line.claim()

    def seen(topic: str | None) -> list[str]:
        with line.acting_as(role, topic):
            return [row["topic"] for row in line.sql("select distinct topic from realtime.messages")]

    assert mine.watch_topic
    assert other.watch_topic
    assert seen(mine.watch_topic) == [mine.watch_topic]
    assert seen(other.watch_topic) == [other.watch_topic]
    for topic in (None, "", "job:", mine.watch_topic[:-1], f"job:{mine.job_id}"):
        assert seen(topic) == []
    line.jobs.cancel_job(mine.job_id, HOLDER, cancel_running=True)
    line.jobs.delete_job(mine.job_id, Holder.of(["token"]))
    assert seen(mine.watch_topic) == []


def test_topics_cannot_be_guessed(line: JobLine) -> None:
    topics = {line.offer(f"token {number}").watch_topic for number in range(50)}
    assert len(topics) == 50
    assert all(topic and len(topic) == len("job:") + 64 for topic in topics)


def test_old_messages_go_as_new_ones_come(line: JobLine) -> None:
    line.web()
    line.sql("update realtime.messages set inserted_at = now() - interval '2 days'")
    assert line.sql("select count(*) from realtime.messages") != [{"count": 0}]
    line.claim()
    left = line.sql("select count(*) from realtime.messages where inserted_at < now() - interval '1 day'")
    assert left == [{"count": 0}]
