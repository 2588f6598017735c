"""`flask worker` with a plain template for tests; told to be "careless", it takes messages that are not free."""

import sys
import time

from flask.cli import ScriptInfo
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select, update

from app import create_app, transaction
from app.extensions import db
from app.messages import operations
from app.messages.models import Message
from app.messages.queries import Claimed

TEMPLATES = {"messages/note.txt": "Notiz {{ word }}\n\nText\n", "messages/note.html": "<p>Text</p>"}


def _careless(*, worker, now):
    """Check first, then take: what the conditional UPDATE is there to avoid."""
    waiting = select(Message).where(Message.due_at <= now, Message.claimed_by.is_(None)).order_by(Message.id)
    found = db.session.scalar(waiting.limit(1))
    if found is None:
        return None
    db.session.rollback()
    time.sleep(0.005)
    _take(found.id, worker)
    return Claimed(found.id, found.kind, found.to, found.language, found.payload, found.made_at, found.tries)


@transaction.write
def _take(number, worker):
    db.session.execute(update(Message).where(Message.id == number).values(claimed_by=worker))


if __name__ == "__main__":
    app = create_app()
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])
    if sys.argv[1:] == ["careless"]:
        operations.claim = _careless
    app.cli.main(["worker"], obj=ScriptInfo(create_app=lambda: app))
