"""Web Push on the wire (RFC 8030): one encrypted message to one browser, and what its push service says to it.

Nothing here knows persons or tables. Only what sends should import this: the library that encrypts brings much along
that a web server does not need; `targets` and `vapid` do for keeping subscriptions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Literal

from pywebpush import WebPusher

from app import clock, network
from app.config import Config
from app.messages import targets, vapid
from app.messages.lines import Answer, Line, Lines
from app.messages.targets import Place, Target

# Encrypting adds 103 bytes, and push services need not take more than 4,096.
MOST_BYTES = 3993
# Nobody is made to wait for longer, whatever a service asks for: what is late by then is of no use.
LONGEST_WAIT = timedelta(hours=6)
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
Urgency = Literal["very-low", "low", "normal", "high"]
State = Literal["sent", "gone", "deferred", "refused", "unauthorised"]


@dataclass(frozen=True)
class Outcome:
    """What became of one message.

    "gone": the subscription has ended, forget it. "deferred": try again, after `retry_after` if the service named a
    time. "refused": this message will never go. "unauthorised": the service does not want our key; somebody must look.
    """

    state: State
    error: str | None = None
    retry_after: timedelta | None = None


class Pusher:
    """Sends to push services from any number of threads, over kept connections."""

    def __init__(self, settings: Config, key: vapid.Key) -> None:
        self._settings = settings
        self._tokens = vapid.Tokens(key, vapid.contact(settings))
        self._lines = Lines()

    def send(self, target: Target, body: bytes, *, ttl: int, topic: str, urgency: Urgency = "normal") -> Outcome:
        """Send a message of at most 3,993 bytes that stays of use for `ttl` seconds.

        One that is still unread is replaced by the next of the same `topic` (up to 32 letters, digits, - and _).
        Whatever goes wrong outside becomes an outcome. Refuses: `ValueError` for a topic or time that cannot be sent.
        """
        if not TOPIC.fullmatch(topic) or ttl < 0:
            raise ValueError(f"topic {topic!r} or ttl {ttl} cannot be sent")
        if not 0 < len(body) <= MOST_BYTES:
            return Outcome("refused", f"{len(body)} bytes cannot be sent")
        try:
            # Once more: what was kept may be older than the list of services.
            target = targets.check(target, self._settings)
            place = targets.place(target.endpoint, self._settings)
        except targets.UnusableSubscription as error:
            return Outcome("refused", error.code)
        now = clock.now()
        headers = {
            "Authorization": self._tokens.header(place.origin, now=now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl),
            "Topic": topic,
            "Urgency": urgency,
            "User-Agent": "Nahplatz",
        }
        try:
            answer = self._post(place, _encrypted(target, body), headers)
        except network.NotCalled as error:
            return Outcome("refused", str(error))
        except (OSError, HTTPException) as error:
            return Outcome("deferred", f"{type(error).__name__}: {error}")
        return _verdict(answer, now)

    def close(self) -> None:
        """Hang up where nothing is on its way."""
        self._lines.close()

    def _post(self, place: Place, body: bytes, headers: dict[str, str]) -> Answer:
        line = self._lines.take(place)
        try:
            return self._posted(line, place, body, headers)
        except ConnectionError:
            if not line.is_used:
                raise
        # The service hung up just when it was called again.
        return self._posted(self._lines.new(place), place, body, headers)

    def _posted(self, line: Line, place: Place, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            answer = line.post(place.path, body, headers)
        except BaseException:
            line.close()
            raise
        self._lines.give_back(line)
        return answer


def _encrypted(target: Target, body: bytes) -> bytes:
    keys = {"p256dh": target.p256dh, "auth": target.auth}
    return bytes(WebPusher({"endpoint": target.endpoint, "keys": keys}).encode(body)["body"])


def _verdict(answer: Answer, now: datetime) -> Outcome:
    words = " ".join(answer.words.decode("utf-8", "replace").split())[:200]
    error = f"{answer.status} {words}".rstrip()
    if 200 <= answer.status < 300:
        return Outcome("sent")
    if answer.status in {404, 410}:
        return Outcome("gone", error)
    if answer.status in {401, 403}:
        return Outcome("unauthorised", error)
    if answer.status in {408, 429} or answer.status >= 500:
        return Outcome("deferred", error, _wait(answer.retry_after, now))
    return Outcome("refused", error)  # a redirect too: where it leads nobody has checked


def _wait(text: str, now: datetime) -> timedelta | None:
    """Read a Retry-After, which is a number of seconds or a date; what is neither says nothing."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        wanted = timedelta(seconds=int(text))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        wanted = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wanted, timedelta()), LONGEST_WAIT)
