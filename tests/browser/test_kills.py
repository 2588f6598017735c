"""At least once on the wire, once on the screen: workers are killed between sending a push and writing it down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from tests.browser.conftest import CONTROLLED
from tests.browser.house import ROOT
from tests.browser.pushing import Lockscreen, open_to, service_for

# `make kills` does it 500 times.
KILLS = int(os.environ.get("PUSH_KILLS", "50"))


def _let_die(house, browser, way, kills):
    """Return how many workers were killed."""
    command = [sys.executable, "-m", "tests.browser.dying", str(kills), way]
    known = json.dumps(asdict(browser.target))
    done = subprocess.run(
        command, cwd=ROOT, env=house.environment, input=known, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _tags(browser):
    return [json.loads(letter.body)["tag"] for letter in browser.inbox]


def test_none_is_missing_and_each_shows_once(phone, house):
    with service_for(house) as service:
        open_to(house, service)
        browser = service.subscribe("ana")
        screen = Lockscreen(phone.context, browser)
        killed = _let_die(house, browser, "careful", KILLS)
        sent = _tags(browser)
        assert service.faults == []
    page = phone.sign_in("ana")
    screen.allow(page, house.url)
    page.evaluate(CONTROLLED)
    for letter in browser.inbox:
        screen.deliver(page, letter.body.decode())
    shown = screen.wait(page, KILLS)
    tags = [each["tag"] for each in shown]

    print(f"\n{killed} kills: {KILLS} pushes, {len(sent)} times on the wire, {len(tags)} on the screen, "
          f"{KILLS - len(set(tags))} missing, {len(tags) - len(set(tags))} twice")  # fmt: skip
    assert killed >= KILLS
    assert len(sent) > KILLS  # else nothing was sent again, and this proved nothing
    assert (len(set(tags)), len(tags)) == (KILLS, KILLS)
    assert set(tags) == set(sent)


def test_who_writes_down_first_loses_some(phone, house):
    """The control."""
    with service_for(house) as service:
        open_to(house, service)
        browser = service.subscribe("ana")
        killed = _let_die(house, browser, "careless", 8)

    print(f"\ncontrol: {killed} kills, {8 - len(set(_tags(browser)))} of 8 missing")
    assert len(set(_tags(browser))) < 8
