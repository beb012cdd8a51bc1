"""Messages to people's programs: what a receiver makes of ours, what we make of its answers, and where they may go."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from pytest_mock import MockerFixture

from aisubs.adapters.notifier.webhook import Webhooks
from aisubs.adapters.notifier.webhook.plug import MAX_ANSWER_BYTES, MAX_RETRY_S
from aisubs.model.public_address import is_public
from aisubs.pipeline.send_webhooks import new_secret
from aisubs.ports import Delivery, Outcome, Receiver
from tests.doubles.webhook_receiver import Behaviour, WebhookReceiver

SECRET = new_secret()
MESSAGE = '{"type": "test", "data": {"filename": "Grüße 🎤.mp4"}}'.encode()


@pytest.fixture
def plug() -> Webhooks:
    return Webhooks(loopback=True, total_s=2.0)


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver(SECRET) as receiver:
        yield receiver


def send(plug: Webhooks, receiver: WebhookReceiver, *secrets: str, path: str = "/hook") -> Delivery:
    return plug.notify(Receiver(receiver.url + path, secrets or (SECRET,)), MESSAGE, "message-1")


def test_a_message_arrives_signed(plug: Webhooks, receiver: WebhookReceiver) -> None:
    assert send(plug, receiver) == Delivery(Outcome.SENT, None, "204")
    (taken,) = receiver.taken
    assert (taken.message["data"], taken.message_id) == ({"filename": "Grüße 🎤.mp4"}, "message-1")
    assert send(plug, receiver, new_secret()).answered.startswith("401"), "another secret"
    assert send(plug, receiver, new_secret(), SECRET).outcome == Outcome.SENT, "while secrets are changed both sign"
    assert receiver.taken[-1].signatures == 2


@pytest.mark.parametrize(
    ("behaviour", "delivery"),
    [
        (Behaviour(200, b"thanks"), Delivery(Outcome.SENT, None, "200 thanks")),
        (Behaviour(410), Delivery(Outcome.GONE, None, "410")),
        (Behaviour(404, b"no\nsuch\x00 hook"), Delivery(Outcome.AGAIN, None, "404 no such  hook")),
        (Behaviour(503, headers={"Retry_After": "90"}), Delivery(Outcome.AGAIN, 90.0, "503")),
        (Behaviour(429, headers={"Retry_After": "9" * 30}), Delivery(Outcome.AGAIN, MAX_RETRY_S, "429")),
        (Behaviour(503, headers={"Retry_After": "-1"}), Delivery(Outcome.AGAIN, None, "503")),
    ],
    ids=lambda value: str(getattr(value, "status", "")),
)
def test_what_answers_mean(plug: Webhooks, receiver: WebhookReceiver, behaviour: Behaviour, delivery: Delivery) -> None:
    receiver.behaviour = behaviour
    assert send(plug, receiver) == delivery


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(plug: Webhooks, receiver: WebhookReceiver, status: int) -> None:
    receiver.behaviour = Behaviour(status, headers={"Location": f"{receiver.url}/inside"})
    assert send(plug, receiver).outcome == Outcome.AGAIN
    assert receiver.asked == ["POST /hook"]


def test_a_receiver_that_drips_or_floods_ends_in_time(receiver: WebhookReceiver) -> None:
    """Each byte came before any timeout of a single read."""
    receiver.behaviour = Behaviour(drip=True)
    began_s = time.monotonic()
    assert send(Webhooks(loopback=True, total_s=0.3), receiver).outcome == Outcome.AGAIN
    assert time.monotonic() - began_s < 10
    receiver.behaviour = Behaviour(200, b"x" * (MAX_ANSWER_BYTES * 100))
    delivery = send(Webhooks(loopback=True), receiver)
    assert delivery.outcome == Outcome.SENT
    assert len(delivery.answered) <= 204


def test_nobody_there(plug: Webhooks, receiver: WebhookReceiver) -> None:
    with receiver.down():
        delivery = send(plug, receiver)
    assert delivery.outcome == Outcome.AGAIN
    assert delivery.answered


def test_a_certificate_that_is_not_the_names_is_no_receiver(plug: Webhooks) -> None:
    """The address is looked up by us, and the certificate is for the name all the same."""
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        url = f"https://localhost:{listener.getsockname()[1]}/"
        assert plug._tls.check_hostname
        assert plug._tls.verify_mode == ssl.CERT_REQUIRED
        delivery = Webhooks(loopback=True, total_s=0.3).notify(Receiver(url, (SECRET,)), MESSAGE, "m")
        assert delivery.outcome == Outcome.AGAIN
    finally:
        listener.close()


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https://user@example.org/", "https://a b.example/",
        "https://127.0.0.1/", "https://localhost/", "https://x.localhost/", "https://[::1]/", "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/", "https://0.0.0.0/", "https://224.0.0.1/", "https://intranet/",
        "https://example.org/#x", "https://example.org:0/", "https://example.org:99999/", "https://a..b/",
        "https://gr\u00fc\u00dfe.example/", "https://example.org/\r\nX: y", "https://" + "a" * 2000 + ".org/",
    ],
)  # fmt: skip
def test_where_nothing_is_sent(address: str) -> None:
    plug = Webhooks()
    assert not plug.accepts(address)
    assert plug.notify(Receiver(address, (SECRET,)), MESSAGE, "m").outcome == Outcome.REFUSED
    assert plug.accepts("https://example.org:8443/hooks/aisubs?x=1")


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "fc00::2"])
def test_a_name_that_leads_inside_is_not_followed(address: str, mocker: MockerFixture) -> None:
    """DNS is a stranger's, too: it may say one thing when we look and another when we connect, so we connect to what we
    looked at; and one private address among public ones is enough."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", address)]
    mocker.patch("socket.getaddrinfo", return_value=found)  # the resolver of somebody else
    connected = mocker.spy(socket, "create_connection")
    delivery = Webhooks().notify(Receiver("https://rebind.example/", (SECRET,)), MESSAGE, "m")
    assert delivery == Delivery(Outcome.REFUSED, None, "the name leads into a private network")
    assert connected.call_count == 0
    assert not is_public(address)


def test_the_setting_opens_this_machine_alone(receiver: WebhookReceiver) -> None:
    assert send(Webhooks(), receiver).outcome == Outcome.REFUSED
    assert receiver.asked == []
    opened = Webhooks(loopback=True)
    assert not opened.accepts("https://10.0.0.1/")
    assert not opened.accepts("http://example.org/")
