"""Mail for tests: plain templates of our own, a way to queue, and a real mail server that does as it is told."""

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from app import transaction
from app.messages import steps
from app.messages.models import Message

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


class Server:
    """A real mail server on a port of its own. `answers` maps an address, or "*", to what RCPT is told."""

    def __init__(self):
        self.mails = []
        self.answers = {}
        self.data_answer = "250 OK"
        self.sessions = set()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)
        self.controller.start()

    def stop(self):
        self.controller.stop(no_assert=True)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        self.sessions.add(session.peer)
        answer = self.answers.get(address, self.answers.get("*", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.data_answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.data_answer


@pytest.fixture
def server():
    """The mail server, running."""
    server = Server()
    server.start()
    yield server
    server.stop()
