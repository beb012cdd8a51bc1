"""What the cloud does to us, one fault at a time; the outcome is looked at in the database and in the buckets.

The numbers are those of docs/faults.md.
"""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import grpc

from tests.doubles.cloud_run import CloudRun
from tests.rehearsal.cloud import Cloud
from tests.rehearsal.recordings import LONG_S, clip, talk
from tests.speech import SAMPLE_VIDEO

SAMPLE = SAMPLE_VIDEO.read_bytes()


def executions_for(region: CloudRun, job_id: str) -> list[str]:
    """The executions that were started for this job (a worker may have taken it from the line as well)."""
    return [
        name
        for name, execution in region.executions.items()
        for container in execution.shown.template.containers
        if any(item.name == "JOB_ID" and item.value == job_id for item in container.env)
    ]


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_event_is_found_by_the_sweep(cloud: Cloud) -> None:
    """3"""
    cloud.eventarc.lost = True
    cloud.drop("faults/lost event.flac", clip(301))
    assert cloud.rows("faults/lost event.flac") == []
    assert cloud.completed("faults/lost event.flac", sweeping=True)["retry_count"] == 0


def test_sweeps_that_overlap_find_each_object_once(cloud: Cloud) -> None:
    """3, 20"""
    cloud.tasks.pause()
    cloud.eventarc.lost = True
    for number in range(5):
        cloud.drop(f"overlap/{number}.flac", clip(2000 + number))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: cloud.call("recover_stale"), range(6)))
    assert sorted(row["object_name"] for row in cloud.rows("overlap/")) == [f"overlap/{n}.flac" for n in range(5)]
    cloud.tasks.pause(False)
    cloud.until(lambda: all(row["status"] == "completed" for row in cloud.rows("overlap/")), sweeping=True)


def test_generations_out_of_order_and_a_source_that_is_overwritten(cloud: Cloud) -> None:
    """4, 5"""
    cloud.tasks.pause()
    cloud.drop("faults/overwritten.flac", clip(401))
    cloud.until(lambda: cloud.rows("faults/overwritten.flac"))
    cloud.eventarc.hold()
    cloud.drop("faults/overwritten.flac", clip(402))
    cloud.drop("faults/overwritten.flac", clip(403))
    cloud.eventarc.release()
    cloud.until(lambda: len(cloud.rows("faults/overwritten.flac")) == 2)
    cloud.tasks.pause(False)
    cloud.until(lambda: {row["status"] for row in cloud.rows("faults/overwritten.flac")} == {"cancelled", "completed"})
    replaced, newest = cloud.rows("faults/overwritten.flac")
    assert (replaced["status"], replaced["error_code"], replaced["retry_count"]) == ("cancelled", "superseded", 0)
    assert newest["generation"] == cloud.bucket("uploads").get_blob("faults/overwritten.flac").generation


def test_a_wake_up_that_could_not_be_sent_is_made_good(cloud: Cloud) -> None:
    """7"""
    cloud.tasks.faults.refuse("CreateTask", grpc.StatusCode.UNAVAILABLE, times=3)
    cloud.drop("faults/no task.flac", clip(701))
    cloud.until(lambda: cloud.rows("faults/no task.flac"))
    assert {one.status for one in cloud.eventarc.attempts if one.name == "faults/no task.flac"} <= {200}
    cloud.until(lambda: cloud.tasks.faults.planned() < 3)
    cloud.tasks.faults.calm()
    assert cloud.completed("faults/no task.flac", sweeping=True)["retry_count"] == 0


def test_a_task_that_is_delivered_twice_starts_one_worker(cloud: Cloud) -> None:
    """8"""
    cloud.tasks.times = 3
    cloud.drop("faults/thrice.flac", clip(801))
    row = cloud.completed("faults/thrice.flac")
    assert len(executions_for(cloud.run, str(row["job_id"]))) == 1


def test_a_dead_dispatcher_is_waited_for(cloud: Cloud) -> None:
    """7"""
    dispatcher = cloud.functions["dispatch"]
    dispatcher.kill()
    cloud.drop("faults/dead dispatcher.flac", clip(702))
    cloud.until(lambda: cloud.rows("faults/dead dispatcher.flac"))
    cloud.until(lambda: cloud.tasks.deliveries[-1].status == 503)
    assert cloud.row("faults/dead dispatcher.flac")["status"] == "pending"
    dispatcher.start()
    dispatcher.wait()
    cloud.completed("faults/dead dispatcher.flac")


# ── starting workers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_answer_to_run_job_starts_no_second_worker(cloud: Cloud) -> None:
    """9"""
    cloud.run.faults.lose("RunJob")
    cloud.drop("faults/lost answer.flac", clip(901))
    row = cloud.completed("faults/lost answer.flac", sweeping=True)
    assert cloud.run.faults.planned() == 0
    assert len(executions_for(cloud.run, str(row["job_id"]))) == 1
    assert (row["retry_count"], claims_of(cloud, row)) == (0, 1)


def test_a_used_up_quota_costs_no_retry(cloud: Cloud) -> None:
    """10"""
    cloud.run.quota = 0
    cloud.drop("faults/no gpu.flac", clip(1001))
    cloud.until(lambda: [row for row in cloud.rows("faults/no gpu.flac") if row["waiting_for"] == "gpu"])
    assert cloud.row("faults/no gpu.flac")["status"] == "pending"
    cloud.run.quota = cloud.concurrency
    later = "update aisubs.transcription_jobs set not_before = now() where object_name = %s"
    cloud.sql(later, "faults/no gpu.flac")
    assert cloud.completed("faults/no gpu.flac", sweeping=True)["retry_count"] == 0


def test_a_container_that_never_starts_is_given_up_and_replaced(cloud: Cloud) -> None:
    """11"""
    cloud.run.stuck = True
    cloud.drop("faults/stuck.flac", clip(1101))
    cloud.until(lambda: [row for row in cloud.rows("faults/stuck.flac") if row["execution_name"]])
    stuck = cloud.row("faults/stuck.flac")["execution_name"]
    # An hour goes by: longer than people are patient. The drought lasts, and the second region has a machine.
    cloud.sql(
        "update aisubs.transcription_jobs set dispatch_deadline = now(), dispatched_at = now() - interval '1 hour' "
        "where object_name = %s",
        "faults/stuck.flac",
    )
    row = cloud.completed("faults/stuck.flac", sweeping=True)
    assert row["retry_count"] == 0
    (elsewhere,) = executions_for(cloud.overflow, str(row["job_id"]))
    assert cloud.overflow.executions[elsewhere].process is not None
    assert cloud.run.executions[stuck].cancelled
    assert not cloud.run.running(), "nothing is left that could still start"
    # Should it start all the same, it finds a dispatch that is not the job's any more, and ends.
    cloud.idle()
    before = cloud.row("faults/stuck.flac")
    cloud.run.start_late(stuck)
    process = cloud.run.executions[stuck].process
    assert process is not None
    assert process.wait(60) == 0
    assert cloud.row("faults/stuck.flac") == before


# ── workers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def worker_at(cloud: Cloud, name: str, windows: int) -> int:
    """The process id of the worker that has saved so many windows of this object."""
    cloud.until(lambda: [row for row in cloud.rows(name) if row["windows"] >= windows])
    claimed_by = cloud.row(name)["claimed_by"]
    (execution,) = (one for full, one in cloud.run.executions.items() if full.endswith(f"/{claimed_by}"))
    assert execution.process is not None
    return execution.process.pid


def test_a_killed_worker_is_replaced_at_the_next_sweep(cloud: Cloud) -> None:
    """12"""
    cloud.drop("faults/killed.m4a", talk(150))
    os.kill(worker_at(cloud, "faults/killed.m4a", 1), signal.SIGKILL)
    row = cloud.completed("faults/killed.m4a", sweeping=True)
    assert (row["retry_count"], claims_of(cloud, row)) == (0, 2)  # it had got further
    assert_tiled(cloud, row)


def test_a_task_timeout_hands_the_recording_over(cloud: Cloud) -> None:
    """13"""
    name = "faults/long.m4a"
    cloud.drop(name, talk(LONG_S, seed=78))
    seen: tuple[object, int] = (None, 0)

    def another_worker_got_further() -> bool:
        return any(row["claimed_by"] not in (None, seen[0]) and row["windows"] > seen[1] for row in cloud.rows(name))

    for _ in range(2):
        cloud.until(another_worker_got_further)
        (running,) = cloud.run.running()
        cloud.run.time_out(running)
        running.over.wait()
        seen = (running.shown.name.rpartition("/")[2], cloud.row(name)["windows"])
    row = cloud.completed(name, sweeping=True)
    assert row["retry_count"] == 0
    assert_tiled(cloud, row)
    assert claims_of(cloud, row) == 3


def test_a_worker_that_slept_through_its_lease_changes_nothing(cloud: Cloud) -> None:
    """14"""
    name = "faults/zombie.m4a"
    cloud.drop(name, talk(150, seed=79))
    sleeper = worker_at(cloud, name, 1)
    os.kill(sleeper, signal.SIGSTOP)
    cloud.sql("update aisubs.transcription_jobs set last_seen = now() - interval '1 h' where object_name = %s", name)
    cloud.completed(name, sweeping=True)
    cloud.until(lambda: cloud.row(name)["mirrored_at"], sweeping=True)
    row = cloud.row(name)
    assert (row["retry_count"], claims_of(cloud, row)) == (0, 2)
    os.kill(sleeper, signal.SIGCONT)
    cloud.idle()
    assert cloud.row(name) == row
    assert_tiled(cloud, row)


def test_a_database_that_is_away_for_a_while_costs_nothing(cloud: Cloud) -> None:
    """15"""
    name = "faults/outage.m4a"
    cloud.drop(name, talk(150, seed=80))
    worker_at(cloud, name, 1)
    cloud.supabase.turned_away, cloud.supabase.away = 0, True
    cloud.until(lambda: cloud.supabase.turned_away >= 4)
    cloud.supabase.away = False
    row = cloud.completed(name)
    assert (row["retry_count"], claims_of(cloud, row)) == (0, 1)
    assert_tiled(cloud, row)


def test_answers_of_the_database_that_never_arrive(cloud: Cloud) -> None:
    """16"""
    lost = {"receive_upload", "claim_job", "set_stage", "save_windows", "complete_job", "record_execution"}
    cloud.supabase.lost |= lost
    cloud.drop("faults/lost answers.flac", clip(1601, 20))  # long enough to be told of while it lasts
    row = cloud.completed("faults/lost answers.flac")
    cloud.until(lambda: not cloud.supabase.lost)  # the row is there before its answer is lost
    assert row["retry_count"] == 0
    assert_tiled(cloud, row)


def claims_of(cloud: Cloud, row: dict[str, object]) -> int:
    lines = [json.loads(line) for line in cloud.worker_log.read_text().splitlines() if line.startswith("{")]
    return sum(one["message"] == "job.claimed" and one["job_id"] == str(row["job_id"]) for one in lines)


def assert_tiled(cloud: Cloud, row: dict[str, object]) -> None:
    """Its windows cover the recording, and its files are those of the fence that published."""
    windows = cloud.sql(
        "select start_ms, end_ms from aisubs.transcript_windows where job_id = %s order by seq", row["job_id"]
    )
    assert [one["end_ms"] for one in windows[:-1]] == [one["start_ms"] for one in windows[1:]]
    assert (windows[0]["start_ms"], windows[-1]["end_ms"]) == (0, row["duration_ms"])
    (result,) = cloud.sql("select * from aisubs.job_results where job_id = %s", row["job_id"])
    for file in result["files"]:
        assert file["key"].startswith(f"results/{row['job_id']}/{result['fence']}/")
        assert cloud.bucket("uploads").blob(file["key"]).exists()
