"""Figures for Prometheus: the line, what was used, and how requests were answered. No name and no text of anybody.

Jobs and usage are read from the database when somebody asks, so every instance of the server tells the same; requests
are counted by each process alone, from its start.
"""

from __future__ import annotations

from collections import Counter as Counted
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aisubs import __version__
from aisubs.http.access import Served, SomeHolder
from aisubs.http.refusals import refuses
from aisubs.model.job import Status

router = APIRouter(tags=["administration"])

_STATUSES = tuple(status.value for status in Status if not status.over)
_SECONDS = (0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 120.0, 600.0)
"""Bounds of the histogram: from a look at a job to a recording that is waited for."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_USED = {
    "jobs": "Jobs announced or dropped.",
    "bytes": "Bytes of recordings taken.",
    "minutes": "Minutes of sound.",
    "worker_s": "Seconds of workers.",
}


class RequestFigures:
    """Requests of this process, by route (never by path, which may hold a secret)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answered = Counter(
            "aisubs_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._lasted = Histogram(
            "aisubs_http_request_seconds", "How long they took.", ("route",), buckets=_SECONDS, registry=self.registry
        )

    def note(self, method: str, route: str, status: int, wall_s: float) -> None:
        method = method if method in _METHODS else "other"  # anybody can send any word there
        self._answered.labels(method, route, str(status)).inc()
        self._lasted.labels(route).observe(wall_s)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses=refuses("not_admin")
    | {200: {"description": "Text for Prometheus", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request, app: Served, holder: SomeHolder) -> Response:
    """For administrators: an API key with the scope `admin`."""
    rows, used = app.jobs.admin_queue(holder), app.jobs.admin_usage(holder)
    paused = app.jobs.paused_since() is not None
    own = CollectorRegistry()
    own.register(_Line(rows, used, paused=paused))
    figures: RequestFigures = request.app.state.request_figures
    return Response(generate_latest(own) + generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)


class _Line(Collector):
    """What the database says of the line and of what was used."""

    def __init__(self, rows: list[dict[str, Any]], used: list[dict[str, Any]], *, paused: bool) -> None:
        self._rows, self._used, self._paused = rows, used, paused

    def collect(self) -> Iterator[Metric]:
        yield _gauge("aisubs_build", "Of this server.", {(("version", __version__),): 1})
        yield _gauge("aisubs_paused", "1: an administrator lets nothing start.", {(): float(self._paused)})
        statuses = Counted(row["status"] for row in self._rows)
        yield _gauge("aisubs_jobs", "Jobs in line.", {(("status", name),): statuses[name] for name in _STATUSES})
        waiting = [row for row in self._rows if row["status"] == "pending"]
        oldest_s = max((_age_s(row["created_at"]) for row in waiting), default=0.0)
        yield _gauge("aisubs_oldest_pending_seconds", "How long the oldest of them waits.", {(): oldest_s})
        reasons = Counted(row["waiting_for"] or "turn" for row in waiting)
        yield _gauge("aisubs_waiting", "What they wait for.", {(("what", name),): n for name, n in reasons.items()})
        codes = Counted(row["error_code"] for row in self._rows if row["status"] == "failed")
        yield _gauge(
            "aisubs_failed", "Of the 50 that failed last.", {(("code", code),): n for code, n in codes.items()}
        )
        for name, about in _USED.items():
            for of in ("today", "month"):
                total = float(sum(row[f"{name}_{of}"] for row in self._used))
                yield _gauge(f"aisubs_{name.replace('worker_s', 'worker_seconds')}_{of}", f"{about} UTC.", {(): total})


def _gauge(name: str, about: str, values: Mapping[tuple[tuple[str, str], ...], float]) -> Metric:
    labels = [label for label, _ in next(iter(values), ())]
    family = GaugeMetricFamily(name, about, labels=labels)
    for labelled, value in values.items():
        family.add_metric([text for _, text in labelled], value)
    return family


def _age_s(since: str) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds())
