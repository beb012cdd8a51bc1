"""Messages to browsers: what a push service and the browser behind it make of ours, and where they may go."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from aisubs.adapters.notifier.web_push.encryption import encrypt
from aisubs.adapters.notifier.web_push.plug import MAX_RETRY_S, WebPush
from aisubs.ports import Delivery, Device, Outcome
from aisubs.settings import Settings
from aisubs.wiring import make_notifier, make_web_push
from tests.doubles.push_service import Browser, PushService, decode, decrypt, encode, new_private_key, point

SUBJECT = "mailto:somebody@example.org"
MESSAGE = json.dumps({"filename": "Grüße 🎤.mp4"}).encode()
KEY = new_private_key()


@pytest.fixture
def plug() -> WebPush:
    return WebPush(KEY, SUBJECT, ["127.0.0.1", "push.example", "*.push.example"])


@pytest.fixture
def service(plug: WebPush) -> Iterator[PushService]:
    with PushService(plug.public_key) as service:
        yield service


def device(browser: Browser) -> Device:
    subscription = browser.subscription()
    return Device(subscription["endpoint"], subscription["keys"]["p256dh"], subscription["keys"]["auth"])


EXAMPLE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""RFC 8291, Appendix A, as are the keys below."""


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text)), ec.SECP256R1())


def test_we_and_the_double_agree_with_the_example_of_the_standard() -> None:
    text = b"When I grow up, I want to be a watermelon"
    browser, auth = key_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), decode("BTBZMqHH6r4Tts7J_aSIgg")
    sender = key_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    assert encode(encrypt(text, point(browser), auth, sender=sender, salt=decode("DGv6ra1nlYgDCS1FRnbzlw"))) == EXAMPLE
    assert decrypt(decode(EXAMPLE), browser, auth) == text
    assert encrypt(text, point(browser), auth) != encrypt(text, point(browser), auth), "keys and salt are used once"


def test_a_message_arrives_and_can_be_read(plug: WebPush, service: PushService) -> None:
    browser, other = service.browser(), service.browser()
    assert plug.notify(device(browser), MESSAGE, "topic") == Delivery(Outcome.SENT)
    assert browser.messages == [{"filename": "Grüße 🎤.mp4"}]
    assert browser.topics == ["topic"]
    assert other.messages == []


@pytest.mark.parametrize(
    ("status", "headers", "delivery"),
    [
        (200, {}, Delivery(Outcome.SENT)),
        (202, {}, Delivery(Outcome.SENT)),
        (400, {}, Delivery(Outcome.REFUSED)),
        (403, {}, Delivery(Outcome.REFUSED)),
        (413, {}, Delivery(Outcome.REFUSED)),
        (404, {}, Delivery(Outcome.GONE)),
        (410, {}, Delivery(Outcome.GONE)),
        (429, {"Retry_After": "120"}, Delivery(Outcome.AGAIN, 120.0)),
        (429, {"Retry_After": "999999999"}, Delivery(Outcome.AGAIN, MAX_RETRY_S)),
        (429, {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, Delivery(Outcome.AGAIN)),
        (500, {}, Delivery(Outcome.AGAIN)),
        (503, {"Retry_After": "5"}, Delivery(Outcome.AGAIN, 5.0)),
    ],
)
def test_what_the_answer_means(
    plug: WebPush, service: PushService, status: int, headers: dict[str, str], delivery: Delivery
) -> None:
    browser = service.browser()
    browser.status, browser.headers = status, headers
    assert plug.notify(device(browser), MESSAGE, "topic") == delivery
    assert browser.attempts == 1


def test_a_redirect_is_not_followed(plug: WebPush, service: PushService) -> None:
    browser, target = service.browser(), service.browser()
    browser.status, browser.headers = 307, {"Location": target.endpoint}
    assert plug.notify(device(browser), MESSAGE, "topic") == Delivery(Outcome.REFUSED)
    assert target.attempts == 0


def test_a_service_that_is_not_there(plug: WebPush, service: PushService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nowhere = device(service.browser())
    assert plug.notify(Device(f"http://127.0.0.1:{port}/x", nowhere.p256dh, nowhere.auth), MESSAGE, "t") == Delivery(
        Outcome.AGAIN
    )


def test_another_key_is_refused(service: PushService) -> None:
    other = WebPush(new_private_key(), SUBJECT, ["127.0.0.1"])
    assert other.notify(device(service.browser()), MESSAGE, "topic") == Delivery(Outcome.REFUSED)


def test_keys_that_are_none_belong_to_nobody(plug: WebPush, service: PushService) -> None:
    browser = service.browser()
    good = device(browser)
    off_the_curve = "B" + "A" * 86
    for bad in (Device(good.endpoint, off_the_curve, good.auth), Device(good.endpoint, "!", good.auth)):
        assert plug.notify(bad, MESSAGE, "topic") == Delivery(Outcome.GONE)
    assert browser.attempts == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://push.example:8443/x",
        "https://push.example.evil.example/x",
        "https://evilpush.example/x",
        "https://user@push.example/x",
        "https://push.example@evil.example/x",
        "https://evil.example/push.example",
        "https://evil.example#push.example",
        "https://localhost/x",
        "http://localhost:1/x",
        "http://127.0.0.2:1/x",
        "http://169.254.169.254/computeMetadata/v1/",
        "http://[::1]:1/x",
        "https://10.0.0.1/x",
        "file:///etc/passwd",
        "https://push.example:x/",
        "https://[push.example/",
        "push.example",
        "",
    ],
)
def test_strangers_cannot_send_us_anywhere(plug: WebPush, service: PushService, endpoint: str) -> None:
    assert not plug.accepts(endpoint)
    good = device(service.browser())
    assert plug.notify(Device(endpoint, good.p256dh, good.auth), MESSAGE, "topic") == Delivery(Outcome.REFUSED)


def test_the_services_of_the_browsers_are_known() -> None:
    plug = make_web_push(Settings(vapid_private_key=KEY, vapid_subject=SUBJECT))
    assert plug is not None
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d",
        "https://web.push.apple.com:443/QGu",
        "https://push.example/x",
    ):
        assert plug.accepts(endpoint) == ("push.example" not in endpoint)
    assert not plug.accepts("http://127.0.0.1:1/x")


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"vapid_private_key": KEY}, "belong together"),
        ({"vapid_subject": SUBJECT}, "belong together"),
        ({"vapid_private_key": KEY[:-2], "vapid_subject": SUBJECT}, "VAPID_PRIVATE_KEY"),
        ({"vapid_private_key": "-----BEGIN EC PRIVATE KEY-----", "vapid_subject": SUBJECT}, "VAPID_PRIVATE_KEY"),
        ({"vapid_private_key": KEY, "vapid_subject": "somebody"}, "VAPID_SUBJECT"),
        ({"vapid_private_key": "A" * 43, "vapid_subject": SUBJECT}, "VAPID_PRIVATE_KEY"),
    ],
)
def test_a_mistake_in_the_settings_is_named_and_costs_only_the_messages(settings: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        make_web_push(Settings(**settings))
    assert make_notifier(Settings(**settings)) is None


def test_without_keys_there_are_no_messages() -> None:
    assert make_web_push(Settings()) is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_command_that_makes_a_key() -> None:
    """As docs/deploy.md tells it."""
    page = (Path(__file__).parents[2] / "docs/deploy.md").read_text()
    (command,) = {line.strip() for line in page.splitlines() if line.strip().startswith("openssl ecparam")}
    keys = {subprocess.run(["sh", "-c", command], capture_output=True, check=True, text=True).stdout for _ in range(20)}
    assert len(keys) == 20
    for key in keys:
        assert make_web_push(Settings(vapid_private_key=key.strip(), vapid_subject=SUBJECT)) is not None
