"""The address under which calendar programs read the bookings of one person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


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
