"""After a deployment: the API is healthy, and no function answers a stranger. Standard library only.

python infra/smoke_test.py https://aisubs-api-NUMBER.REGION.run.app --closed https://aisubs-dispatch-…
Where the API is not public, `--identity` says who asks: `stdin` reads an identity token, `metadata` is who runs this.
Exit code 0 when all is well, 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request

ATTEMPT_S = 15.0
BETWEEN_S = 2.0

REFUSALS = (401, 403, 404)
"""404 is what Cloud Run says to those outside when a service takes internal requests only."""


METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience="


def ask(url: str, method: str = "GET", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body, also of errors; status 0 and the reason when nobody answers."""
    data = b"{}" if method == "POST" else None
    request = urllib.request.Request(url, method=method, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=ATTEMPT_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()
    except OSError as fault:
        return 0, str(fault).encode()


def identity_of(source: str, api: str) -> dict[str, str]:
    """A header that Cloud Run takes and keeps to itself: Authorization would reach the API, which means its own tokens.

    https://docs.cloud.google.com/run/docs/authenticating/service-to-service (X-Serverless-Authorization)
    """
    if source == "none":
        return {}
    if source == "stdin":
        token = sys.stdin.read()
    else:
        token = ask(METADATA + api, headers={"Metadata-Flavor": "Google"})[1].decode()
    return {"X-Serverless-Authorization": f"Bearer {token.strip()}"}


def health_problem(api: str, headers: dict[str, str]) -> str | None:
    """What is wrong with the API, None when nothing is."""
    status, body = ask(f"{api}/api/health", headers=headers)
    try:
        health = json.loads(body)
        failing = [f"{name} ({check.get('error')})" for name, check in health["checks"].items() if not check["ok"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{api}/api/health answers {status}: {body[:200].decode(errors='replace')}"
    if status == 200 and not failing:
        return None
    return f"{api}/api/health answers {status}; failing: {', '.join(failing) or 'nothing named'}"


def wait_for_health(api: str, deadline_s: float, headers: dict[str, str]) -> str | None:
    """The first answers of a new revision may be cold: keep asking until the deadline."""
    ends = time.monotonic() + deadline_s
    while (problem := health_problem(api, headers)) is not None and time.monotonic() + BETWEEN_S < ends:
        time.sleep(BETWEEN_S)
    return problem


def open_doors(urls: list[str]) -> list[str]:
    """Those functions that do not refuse a caller without identity."""
    answers = {url: ask(url, "POST")[0] for url in urls}
    welcomed = {url: status for url, status in answers.items() if status not in REFUSALS}
    return [f"{url} answers {status} to a caller without identity" for url, status in welcomed.items()]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("api", help="address of the API")
    parser.add_argument("--closed", nargs="*", default=[], help="addresses that must refuse strangers")
    parser.add_argument("--deadline-s", type=float, default=180.0, help="how long the API may take to become healthy")
    parser.add_argument("--identity", choices=("none", "stdin", "metadata"), default="none", help="who asks the API")
    given = parser.parse_args(arguments)
    api = given.api.rstrip("/")
    health = wait_for_health(api, given.deadline_s, identity_of(given.identity, api))
    problems = [problem for problem in (health, *open_doors(given.closed)) if problem]
    for problem in problems:
        sys.stderr.write(f"FAIL  {problem}\n")
    if not problems:
        sys.stdout.write(f"ok    {given.api} is healthy; {len(given.closed)} functions refuse strangers\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
