"""Signing in and out."""

from __future__ import annotations

import logging

from flask import Blueprint, session

from app import clock
from app.access import SignedIn
from app.errors import Busy
from app.extensions import login_manager
from app.people import operations, queries

log = logging.getLogger(__name__)
blueprint = Blueprint("people", __name__)

# The library would else keep a hash of address and browser in the cookie; phones change both all day.
login_manager.session_protection = None


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Find who is behind the cookie's token, and renew a session that is in use."""
    now = clock.now()
    visit = queries.visit(token=token, now=now)
    if visit is None:
        return None
    if visit.is_due:
        try:
            operations.renew_session(session_id=visit.signed_in.session_id, now=now)
            session.modified = True  # sends the cookie again, so that it lasts as long as the session
        except Busy:
            log.info("session %s is renewed another time", visit.signed_in.session_id)
    return visit.signed_in
