"""What reminds people: what was decided for each booking, the ways they chose, the phones that they allowed, and the
address under which calendar programs read their bookings.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment

# What became of a reminder: written, too late to be of use, or not needed because the booking came after it was due.
TOLD, LATE, NEEDLESS = "told", "late", "needless"


class Reminder(Model):
    """One kind of reminder of one booking is decided once; the key keeps two workers from writing it twice."""

    __tablename__ = "reminders"
    __table_args__ = (
        CheckConstraint("fate IN ('told', 'late', 'needless')", name="fate"),
        {"sqlite_with_rowid": False},
    )

    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)  # of the message
    fate: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class Choice(Model):
    """The way that a person chose for a topic. Without a row the topic's own way holds."""

    __tablename__ = "choices"
    __table_args__ = (
        CheckConstraint("way IN ('mail', 'push', 'both', 'none')", name="way"),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    way: Mapped[str] = mapped_column(String(4))


class QuietHours(Model):
    """When phones of a person stay silent: minutes of the day [begins, ends), over midnight too; equal is never."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("begins BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439", name="minutes"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    begins: Mapped[int]
    ends: Mapped[int]


class PushSubscription(Model):
    """A browser that its person allowed to show messages: where to send, and the keys that only it can open."""

    __tablename__ = "push_subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(String(2000))
    digest: Mapped[str] = mapped_column(String(64), unique=True)  # of the endpoint, which is too long for an index
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    browser: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class Feed(Model):
    """The secret address of a person's calendar.

    The address is made from `salt` and the key of this installation, so that its person can see it again and somebody
    who holds nothing but the database, or a backup of it, can open none.
    """

    __tablename__ = "feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)  # of the token; by it the feed is found
    made_at: Mapped[datetime] = mapped_column(Moment)
    read_on: Mapped[date | None]  # the last day on which a program read it; no more is known of its readers
