"""Phones for tests: a push service of our own, browsers that subscribe, and a worker that sends to them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
import time_machine

from app.jobs.pushing import Pushing
from app.messages import vapid
from app.reminders import operations
from tests.pushservice import Service


@dataclass
class Phone:
    """A browser at the push service; `shown` is what a lock screen has shown, in the order of arrival."""

    at: object

    @property
    def target(self):
        return self.at.target

    @property
    def shown(self):
        return [json.loads(letter.body) for letter in self.at.inbox]

    @property
    def titles(self):
        return [each["title"] for each in self.shown]


@pytest.fixture
def service(app, tmp_path):
    """A push service, and an app that has a key for it."""
    settings = replace(app.config["NAHPLATZ"], data_dir=tmp_path / "data")
    key = vapid.make(settings)
    with Service(key.public) as service:
        app.config["NAHPLATZ"] = replace(settings, push_test_service=service.origin)
        yield service


@pytest.fixture
def allow(service, cast, now):
    """`allow("ana")`: a new browser of Ana's shows her messages; behaves as told."""
    made = []

    def allow(person="ana", behave=201, **more):
        phone = Phone(service.subscribe(f"{person}-{len(made)}", behave, **more))
        made.append(phone)
        operations.subscribe(person_id=cast[person], target=phone.target, browser="Android", now=now)
        return phone

    return allow


@pytest.fixture
def pushing(app, worker, service):
    """`pushing(moment)` does all that is due then: decides, mails, and pushes. Returns the subjects of the mails."""
    thread = Pushing(app, threading.Event(), "pusher")

    def at(moment):
        with time_machine.travel(moment, tick=False), ThreadPoolExecutor(4) as pool:
            first = worker.at(moment)
            while thread.round(pool):
                pass
            # What found no phone may have become a mail.
            return first + worker.at(moment)

    yield at
    if thread._pusher:
        thread._pusher.close()
