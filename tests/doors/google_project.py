"""What the APIs of Google tell about one deployment: bucket, queue, job, services, policies, trigger, quota.

Answers of their REST interfaces over loopback HTTP, for the real client libraries to read. It only tells; what it tells
is changed by the test alone, in `answers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.components import COMPONENTS

TASKS_REGION = "europe-west1"  # Cloud Tasks is not in europe-west4
PROJECT, REGION, BUCKET = "subtitles-4711", "europe-west4", "subtitles-4711-aisubs-uploads"
PLACE = f"projects/{PROJECT}/locations/{REGION}"
QUEUE, JOB = f"projects/{PROJECT}/locations/{TASKS_REGION}/queues/aisubs-dispatch", f"{PLACE}/jobs/aisubs-worker"
L4 = "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion"
QUOTA = f"/v1/projects/{PROJECT}/locations/global/services/run.googleapis.com/quotaInfos/{L4}"

CALLERS = {
    "on_upload": "eventarc",
    "dispatch": "tasks",
    "recover_stale": "scheduler",
    "apply_retention": "scheduler",
}

Json = dict[str, Any]


def email(component: str) -> str:
    return f"aisubs-{component}@{PROJECT}.iam.gserviceaccount.com"


def account(component: str) -> str:
    return f"serviceAccount:{email(component)}"


def policy(**members: list[str]) -> Json:
    """Role (with __ for a slash or dot) -> members."""
    roles = {role.replace("__", "/", 1).replace("__", "."): who for role, who in members.items()}
    return {"version": 1, "etag": "BwY=", "bindings": [{"role": role, "members": who} for role, who in roles.items()]}


@dataclass
class GoogleProject:
    """`answers` is path -> JSON (an `error` in it is a refusal), or -> a status other than 200; a path may begin with
    the host that it is asked of. `asked` are the calls, as "GET /path", `queries` what stood behind each path."""

    url: str = ""
    answers: dict[str, Json | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def change(self, path: str) -> Json:
        """The answer at this path, to be changed in place."""
        answer = self.answers[path]
        assert isinstance(answer, dict)
        return answer

    def service(self, function: str) -> Json:
        services = self.change(f"/v2/{PLACE}/services")["services"]
        return next(service for service in services if service["name"].endswith(function.replace("_", "-")))


def as_infra_makes_it() -> dict[str, Json | int]:
    everybody = [account(component) for component in ("ingest", "api", "maintenance", "worker")]
    answers: dict[str, Json | int] = {
        f"/storage/v1/b/{BUCKET}": {
            "kind": "storage#bucket",
            "name": BUCKET,
            "location": REGION.upper(),
            "locationType": "region",
            "softDeletePolicy": {"retentionDurationSeconds": "0"},
            "iamConfiguration": {
                "uniformBucketLevelAccess": {"enabled": True},
                "publicAccessPrevention": "enforced",
            },
            "cors": [
                {
                    "origin": ["https://subtitles.example"],
                    "method": ["GET", "HEAD", "PUT", "POST"],
                    "responseHeader": ["Content-Type", "Location", "Range", "Content-Range"],
                    "maxAgeSeconds": 3600,
                }
            ],
        },
        f"/storage/v1/b/{BUCKET}/iam": policy(
            roles__storage__objectViewer=everybody, roles__storage__objectCreator=[account("api"), account("worker")]
        ),
        f"/v2/{QUEUE}": {"name": QUEUE, "state": "RUNNING"},
        f"/v2/{QUEUE}:getIamPolicy": policy(roles__cloudtasks__enqueuer=everybody),
        f"/v2/{JOB}": {
            "name": JOB,
            "template": {
                "template": {
                    "containers": [{"image": f"registry/gpu_job@sha256:{'0' * 64}"}],
                    "maxRetries": 0,
                    "timeout": "3600s",
                    "serviceAccount": email("worker"),
                    "nodeSelector": {"accelerator": "nvidia-l4"},
                }
            },
        },
        f"/v2/{JOB}:getIamPolicy": policy(roles__run__jobsExecutorWithOverrides=[account("dispatch")]),
        f"/v2/{PLACE}/services": {"services": [_service(function) for function in COMPONENTS]},
        f"/v1/projects/{PROJECT}/serviceAccounts/{email('tasks')}:getIamPolicy": policy(
            roles__iam__serviceAccountUser=everybody
        ),
        f"/v1/projects/{PROJECT}/serviceAccounts/{email('api')}:getIamPolicy": {
            "bindings": [{"role": f"projects/{PROJECT}/roles/aisubs_blob_signer", "members": [account("api")]}]
        },
        f"/v1/{PLACE}/triggers": {
            "triggers": [
                {
                    "name": f"{PLACE}/triggers/aisubs-uploads",
                    "eventFilters": [
                        {"attribute": "type", "value": "google.cloud.storage.object.v1.finalized"},
                        {"attribute": "bucket", "value": BUCKET},
                    ],
                    "destination": {"cloudRun": {"service": "aisubs-on-upload", "region": REGION}},
                }
            ]
        },
        QUOTA: {
            "quotaId": L4,
            "dimensionsInfos": [
                {"dimensions": {"region": REGION}, "details": {"value": "3"}},
                {"details": {"value": "0"}, "applicableLocations": ["us-east4", REGION]},
            ],
        },
    }
    for function in COMPONENTS:
        caller = account(CALLERS[function]) if function in CALLERS else "allUsers"
        answers[f"/v2/{_service(function)['name']}:getIamPolicy"] = policy(roles__run__invoker=[caller])
    return answers


def _service(function: str) -> Json:
    told = {"FUNCTION_TARGET": function, "STORE_URL": f"gs://{BUCKET}"}
    return {
        "name": f"{PLACE}/services/aisubs-{function.replace('_', '-')}",
        "template": {
            "serviceAccount": email(COMPONENTS[function]),
            "containers": [
                {"image": "registry/functions", "env": [{"name": name, "value": value} for name, value in told.items()]}
            ],
        },
    }


@contextmanager
def google_project(answers: dict[str, Json | int] | None = None) -> Iterator[GoogleProject]:
    """A deployment as infra/ makes it, or what `answers` say; the test breaks what it wants found."""
    project = GoogleProject(answers=as_infra_makes_it() if answers is None else answers)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            project.asked.append(f"{self.command} {path}")
            answer = project.answers.get(f"{self.headers['Host']}{path}", project.answers.get(path, 404))
            project.queries.append(urlsplit(self.path).query)
            status, said = (200, answer) if isinstance(answer, dict) else (answer, _refusal(answer))
            status = said["error"]["code"] if "error" in said else status
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    project.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield project
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _refusal(status: int) -> Json:
    reasons = {403: "PERMISSION_DENIED", 404: "NOT_FOUND", 401: "UNAUTHENTICATED"}
    return {
        "error": {"code": status, "message": reasons.get(status, "INTERNAL").lower(), "status": reasons.get(status)}
    }
