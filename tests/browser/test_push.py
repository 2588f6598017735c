"""Reminders on the lock screen, in a real browser with a real service worker."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CONTROLLED, Phone
from tests.browser.house import SPACE, House
from tests.browser.pushing import Lockscreen, open_to, service_for, worker_of
from tests.pushservice import Service

PAGE = "/profil/nachrichten"
SOON = 3_600_000


@pytest.fixture
def service(house: House) -> Iterator[Service]:
    with service_for(house) as service:
        open_to(house, service)
        yield service


@pytest.fixture
def screen(phone: Phone, service: Service) -> Lockscreen:
    assert phone.context is not None
    screen = Lockscreen(phone.context, service.subscribe("ana"))
    screen.prepare()
    return screen


@pytest.fixture
def settings(phone: Phone, screen: Lockscreen, house: House) -> Page:
    """Ana on the page where messages to this phone are allowed."""
    page = phone.sign_in("ana")
    screen.allow(page, house.url)
    page.goto(PAGE)
    return page


def _push(**changes: Any) -> str:
    """A push as the server writes it."""
    now = round(time.time() * 1000)
    push = {"title": "Morgen: dein Platz", "body": "08:00", "tag": "evening-1", "url": "/meine", "actions": [],
            "at": now, "until": now + SOON, "booking": None, "ended": None}  # fmt: skip
    return json.dumps(push | changes)


def _book(page: Page) -> str:
    """Book the first day that is free and return the booking's uuid."""
    page.goto(f"/orte/{SPACE}/buchen")
    page.locator("[data-ui=book-button]").click()
    page.wait_for_url("**/meine*")
    href = page.locator("a[data-ui=cancel]").first.get_attribute("href") or ""
    return re.findall(r"/buchungen/([0-9a-f-]{36})/", href)[0]


def test_allowing_trying_and_ending_it(settings, screen, service, house):
    worker = worker_of(house)
    try:
        settings.get_by_role("button", name="Auf diesem Gerät einschalten").click()
        expect(settings.get_by_text("Dieses Gerät zeigt Hinweise.")).to_be_visible()
        expect(settings.locator("#geraete li")).to_have_count(1)

        settings.get_by_role("button", name="Probier es aus").click()
        screen.fetch(settings)
        expect(settings.get_by_text("Es klappt: Der Hinweis ist auf diesem Gerät angekommen.")).to_be_visible()
        screen.expect(settings, ["Es klappt"])
        assert service.faults == []

        screen.browser.behave = 410
        settings.get_by_role("button", name="Probier es aus").click()
        expect(settings.get_by_text("Der Browser nimmt keine Hinweise mehr an.")).to_be_visible()
    finally:
        worker.terminate()
        assert worker.wait(30) == 0
    screen.browser.behave = 201
    settings.reload()
    expect(settings.get_by_text("Dieses Gerät zeigt noch keine Hinweise.")).to_be_visible()


def test_a_sent_push_that_does_not_appear_is_explained(settings, screen, house):
    """The control for the trial: the service takes it, and the browser never gets it."""
    worker = worker_of(house)
    try:
        settings.get_by_role("button", name="Auf diesem Gerät einschalten").click()
        settings.get_by_role("button", name="Probier es aus").click()
        expect(settings.get_by_text("Der Hinweis ist abgeschickt, aber noch nicht hier angekommen.")).to_be_visible()
    finally:
        worker.terminate()
        worker.wait(30)
    assert len(screen.browser.inbox) == 1


def test_without_a_worker_the_trial_says_that_we_are_behind(settings):
    settings.get_by_role("button", name="Auf diesem Gerät einschalten").click()
    settings.get_by_role("button", name="Probier es aus").click()
    expect(settings.get_by_text("Unser Versand kommt gerade nicht nach.")).to_be_visible()


def test_what_a_browser_cannot_do_is_said_with_what_helps(phone, service, house):
    page = phone.sign_in("ana")
    page.evaluate(CONTROLLED)
    page.add_init_script("delete window.PushManager")
    page.goto(PAGE)
    expect(page.locator("[data-ui=push]")).to_contain_text("Dieser Browser kann keine Hinweise zeigen.")
    page.add_init_script("Object.defineProperty(navigator, 'userAgent', { value: 'iPhone' })")
    page.reload()
    expect(page.locator("[data-ui=push] li")).to_have_count(2)
    expect(page.locator("[data-ui=push]")).to_contain_text("Zum Home-Bildschirm")


def test_what_the_person_forbade_is_explained(phone, screen, house):
    page = phone.sign_in("ana")
    page.evaluate(CONTROLLED)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'denied' })")
    page.goto(PAGE)
    expect(page.locator("[data-ui=push]")).to_contain_text("So erlaubst du sie wieder:")


def test_signing_out_ends_it_and_clears_the_screen(settings, screen, house):
    settings.get_by_role("button", name="Auf diesem Gerät einschalten").click()
    expect(settings.locator("#geraete li")).to_have_count(1)
    screen.deliver(settings, _push())
    screen.expect(settings, ["Morgen: dein Platz"])

    settings.goto("/profil")
    settings.get_by_role("button", name="Auf diesem Gerät abmelden").click()
    settings.wait_for_url("**/")

    screen.expect(settings, [])
    assert settings.evaluate("localStorage.getItem('subscribed')") is None


def test_one_of_a_tag_and_none_that_is_over(settings, screen):
    settings.evaluate(CONTROLLED)
    screen.deliver(settings, _push(title="Erste"))
    screen.deliver(settings, _push(title="Noch einmal"))
    screen.deliver(settings, _push(title="Andere", tag="hour-1", until=round(time.time() * 1000) + 4000))
    screen.expect(settings, ["Noch einmal", "Andere"])

    settings.wait_for_timeout(4000)
    settings.goto("/profil")

    screen.expect(settings, ["Noch einmal"])


def test_a_booking_that_was_cancelled_on_the_way_is_not_reminded_of(settings, screen):
    uuid_of = _book(settings)
    late = {"booking": uuid_of, "ended": "Deine Buchung gilt nicht mehr.", "at": round(time.time() * 1000) - 600_000}
    screen.deliver(settings, _push(title="Steht noch", tag="hour-1", **late))
    screen.expect(settings, ["Steht noch"])

    settings.goto(f"/buchungen/{uuid_of}/absagen")
    settings.get_by_role("button", name="Ja, absagen").click()
    settings.wait_for_url("**/meine*")
    screen.expect(settings, [])  # what was on the screen goes with the booking
    screen.deliver(settings, _push(title="Zu spät", tag="evening-1", **late))

    screen.expect(settings, ["Deine Buchung gilt nicht mehr."])


def test_that_a_booking_was_cancelled_stays_on_the_screen(settings, screen):
    screen.deliver(settings, _push(title="Abgesagt", booking=str(uuid.uuid4())))
    screen.deliver(settings, _push(title="Andere", tag="hour-1"))
    settings.goto("/meine")
    settings.wait_for_timeout(4000)

    screen.expect(settings, ["Abgesagt", "Andere"])


def test_a_tap_opens_the_booking_with_all_that_can_be_done(settings, screen):
    uuid_of = _book(settings)
    screen.deliver(settings, _push(url=f"/buchungen/{uuid_of}", booking=uuid_of))
    screen.expect(settings, ["Morgen: dein Platz"])
    (worker,) = screen.context.service_workers

    worker.evaluate(
        """async () => {
          const [notification] = await registration.getNotifications();
          dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "" }));
        }"""
    )

    settings.wait_for_url(f"**/buchungen/{uuid_of}")
    for name in ("Route", "Ändern", "Absagen"):
        expect(settings.get_by_role("link", name=name, exact=True)).to_be_visible()
    screen.expect(settings, [])


@pytest.mark.parametrize(
    ("address", "then"),
    [("/meine?scan", "/meine*"), ("/buchungen/{uuid}/absagen", "/buchungen/{uuid}/absagen"),
     ("https://example.org/", "/profil"), ("//example.org/", "/profil")],
)  # fmt: skip
def test_buttons_lead_to_their_own_pages_and_never_elsewhere(settings, screen, address, then):
    uuid_of = _book(settings) if "{uuid}" in address else str(uuid.uuid4())
    address = address.format(uuid=uuid_of)
    settings.goto("/profil")
    screen.deliver(settings, _push(actions=[{"title": "Los", "url": address}]))
    screen.expect(settings, ["Morgen: dein Platz"])
    (worker,) = screen.context.service_workers

    worker.evaluate(
        """async (action) => {
          const [notification] = await registration.getNotifications();
          dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
        }""",
        address,
    )

    settings.wait_for_url("**" + then.format(uuid=uuid_of))
    screen.expect(settings, [])


@pytest.mark.parametrize("text", ["", "no json", "[]", "null", '{"title": 7}'])
def test_what_is_no_push_of_ours_is_passed_over(settings, screen, text):
    settings.evaluate(CONTROLLED)
    screen.deliver(settings, text)
    screen.deliver(settings, _push())

    screen.expect(settings, ["Morgen: dein Platz"])


def test_who_has_just_booked_is_asked_once(phone, screen, house):
    page = phone.sign_in("ana")
    expect(page.locator("[data-ui=remind]")).to_be_hidden()
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'default' })")
    booked = _book(page)
    expect(page.get_by_role("heading", name="Sollen wir dich erinnern?")).to_be_visible()
    page.get_by_role("button", name="Nicht jetzt").click()
    expect(page.locator("[data-ui=remind]")).to_be_hidden()

    page.goto(f"/meine?neu={booked}")
    expect(page.locator("[data-ui=moment]")).to_contain_text("Gebucht")
    expect(page.locator("[data-ui=remind]")).to_be_hidden()
