"""A phone with a push service: the subscription is a stand-in, because no browser here reaches its maker's service;
what is sent to it is real, and so is the service worker that gets it, through the browser's debugging protocol.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.browser.conftest import CONTROLLED
from tests.browser.house import ROOT, House
from tests.pushservice import Service, Subscription

# What browsers do, with an address at the test service: it outlives pages and is over when the page ends it.
SUBSCRIBING = """
(() => {
  const known = %s;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0)).buffer;
  const made = (key) => ({
    endpoint: known.endpoint, options: { userVisibleOnly: true, applicationServerKey: bytes(key) }, toJSON: () => known,
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
  });
  const current = () => (localStorage.getItem("subscribed") ? made(localStorage.getItem("subscribed")) : null);
  PushManager.prototype.getSubscription = async () => current();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem("subscribed", applicationServerKey);
    return current();
  };
})();
"""  # noqa: E501


@dataclass
class Lockscreen:
    """What a push service has for one browser, and what that browser shows of it."""

    context: BrowserContext
    browser: Subscription
    delivered: int = 0
    _session: CDPSession | None = None
    _registrations: list[dict[str, Any]] = field(default_factory=list)

    def prepare(self) -> None:
        keys = {"p256dh": self.browser.target.p256dh, "auth": self.browser.target.auth}
        known = {"endpoint": self.browser.target.endpoint, "expirationTime": None, "keys": keys}
        self.context.add_init_script(SUBSCRIBING % json.dumps(known))

    def allow(self, page: Page, origin: str) -> None:
        self.context.grant_permissions(["notifications"], origin=origin)
        page.evaluate(CONTROLLED)

    def deliver(self, page: Page, text: str) -> None:
        """Hand a push to the service worker, as the browser does when its maker's service brings one."""
        if self._session is None:
            self._session = self.context.new_cdp_session(page)
            self._session.on(
                "ServiceWorker.workerRegistrationUpdated",
                lambda event: self._registrations.extend(event["registrations"]),
            )
            self._session.send("ServiceWorker.enable")
            while not self._registrations:
                page.wait_for_timeout(50)
        origin = "/".join(page.url.split("/")[:3])
        number = self._registrations[-1]["registrationId"]
        self._session.send(
            "ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": number, "data": text}
        )

    def fetch(self, page: Page) -> None:
        """Deliver what the push service has taken since, and wait for the first of it."""
        for _ in range(200):
            if len(self.browser.inbox) > self.delivered:
                break
            page.wait_for_timeout(100)
        for letter in self.browser.inbox[self.delivered :]:
            self.deliver(page, letter.body.decode())
            self.delivered += 1

    def shown(self, page: Page) -> list[dict[str, Any]]:
        return page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications())
              .map(({ title, body, tag, data }) => ({ title, body, tag, data }))"""
        )

    def wait(self, page: Page, count: int) -> list[dict[str, Any]]:
        """Return what is on the screen once it is so many, or after 15 seconds."""
        found: list[dict[str, Any]] = []
        for _ in range(150):
            found = self.shown(page)
            if len(found) >= count:
                break
            page.wait_for_timeout(100)
        return found

    def expect(self, page: Page, titles: list[str]) -> list[dict[str, Any]]:
        """Wait until exactly these notifications are on the screen."""
        found: list[dict[str, Any]] = []
        for _ in range(150):
            found = self.shown(page)
            if sorted(each["title"] for each in found) == sorted(titles):
                return found
            page.wait_for_timeout(100)
        raise AssertionError(f"the screen shows {[each['title'] for each in found]}, not {titles}")


def worker_of(house: House) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with (house.folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=house.environment, stdout=log, stderr=log)


def key_of(house: House) -> str:
    """Make the key that pushes are signed with, and return its public half."""
    return house.flask("push", "keys").split()[-1]


def service_for(house: House) -> Service:
    """Return a push service that knows the house; once it listens, `open_to` tells the house of it."""
    return Service(key_of(house))


def open_to(house: House, service: Service) -> None:
    house.stop()
    house.extra["PUSH_TEST_SERVICE"] = service.origin
    house.start()
