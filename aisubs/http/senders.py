"""Who sends recordings, as far as one can tell without a sign-in, and what is taken of them."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from starlette.requests import HTTPConnection

from aisubs.http.access import app_of
from aisubs.pipeline.offer_upload import UploadLimits
from aisubs.wiring import App


def client_address(request: HTTPConnection) -> str | None:
    """Where a request comes from, for telling apart people who have not signed in: of IPv6 the network of 64 bits, as
    each household and each machine has one whole.

    As many entries of X-Forwarded-For are believed, from its end, as there are proxies of ours (`PROXY_HOPS`).
    """
    hops = app_of(request).settings.proxy_hops
    forwarded = [entry.strip() for header in request.headers.getlist("x-forwarded-for") for entry in header.split(",")]
    peer = request.client.host if request.client else None
    told = forwarded[-hops] if 0 < hops <= len(forwarded) else peer
    try:
        address = ip_address(told or "")
    except ValueError:
        return told  # a socket of this machine has none
    if isinstance(address, IPv4Address):
        return str(address)
    # (As a number: a link-local address may have a zone, which a network has not.)
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))


def upload_limits(app: App) -> UploadLimits:
    """What is accepted of people who upload."""
    settings = app.settings
    return UploadLimits(
        settings.max_upload_bytes,
        app.queue_capacity,
        app.uploads_per_owner,
        settings.max_uploads,
        settings.upload_lease_s,
        settings.upload_deadline_hours * 3600,
        app.jobs_per_day,
        settings.bytes_per_day or None,
        settings.minutes_per_month or None,
    )
