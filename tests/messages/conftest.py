"""Mail for tests: plain templates of our own, a way to queue, and real servers for mail and push that do as told."""

from dataclasses import replace

import pytest
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from app import config, transaction
from app.messages import push, steps, vapid
from app.messages.models import Message
from tests.mailserver import Server
from tests.pushservice import Service

TEMPLATES = {
    "messages/note.txt": "{{ _('Hallo') }} {{ name or 'du' }}\n\nZeile für {{ word }}\n",
    "messages/note.html": "<p>Zeile für <b>{{ word }}</b></p>",
    "messages/broken.txt": "{{ nothing.here }}",
    "messages/broken.html": "",
}


@pytest.fixture(autouse=True)
def templates(app):
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])


@pytest.fixture
def queue(db, now):
    """Queue a note, or what `changes` make of it; returns its id."""

    @transaction.write
    def write(draft):
        steps.write(draft, now=now)

    def queue(**changes):
        usual = {
            "kind": "note",
            "person_id": 7,
            "to": "ana@example.org",
            "language": "de",
            "payload": {"word": "zwölf"},
        }
        write(steps.Draft(**{**usual, **changes}))
        return db.session.scalar(select(Message.id).order_by(Message.id.desc()).limit(1))

    return queue


@pytest.fixture
def row(db):
    """Read a message anew."""

    def read(number):
        db.session.rollback()
        return db.session.get(Message, number, populate_existing=True)

    return read


@pytest.fixture
def server():
    """The mail server, running."""
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path):
    """Settings of an installation that has a push service of its own only where a test says so."""
    legal = config.LegalBody(email="betrieb@example.org")
    return config.Config(
        secret_key="only for tests", public_url="http://localhost", data_dir=tmp_path, legal_body=legal
    )


@pytest.fixture
def key(settings):
    return vapid.make(settings)


@pytest.fixture
def service(key):
    """A push service, running."""
    with Service(key.public) as service:
        yield service


@pytest.fixture
def pusher(settings, key, service):
    """What sends to it."""
    pusher = push.Pusher(replace(settings, push_test_service=service.origin), key)
    yield pusher
    pusher.close()
