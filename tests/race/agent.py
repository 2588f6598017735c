"""Somebody who acts for an employer and changes its quotas, through the same forms as in a browser."""

from __future__ import annotations

import random
import re
from typing import Any
from urllib.parse import urlencode

from tests.race import wire

_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')


class Agent:
    """Grants more, less, and less than is taken, which stays. The plan names cookie, page, quotas and last day."""

    def __init__(self, plan: dict[str, Any], lots: random.Random) -> None:
        self.plan = plan
        self.lots = lots
        self.cookie = plan["cookie"]
        self.token = ""

    def look(self, connection: wire.Connection) -> None:
        """Open the page on which a change is confirmed: its form carries the token, its answer the token's cookie."""
        path = f"{self.plan['page']}/{self.plan['quotas'][0]}?{urlencode(self._grant(1))}"
        answer = connection.send(wire.request("GET", path, {"Cookie": self.cookie}))
        found, kept = _TOKEN.search(answer.body), answer.header("Set-Cookie")
        assert found is not None, answer.status
        assert kept is not None, answer.head
        self.token, self.cookie = found[1].decode(), kept.partition(";")[0]

    def change(self) -> bytes:
        """Write the form with another amount for one of the quotas."""
        quota, units = self.lots.choice(self.plan["quotas"]), self.lots.randint(1, self.plan["most"])
        form = {"csrf_token": self.token} | self._grant(units)
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return wire.request("POST", f"{self.plan['page']}/{quota}", headers, urlencode(form).encode())

    def _grant(self, units: int) -> dict[str, Any]:
        return {"units": units, "euros": units * 9, "ends_on": self.plan["ends_on"]}
