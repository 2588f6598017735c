"""A real mail server for tests, which does as it is told."""

import socket
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Server:
    """A real mail server on a port of its own. `answers` maps an address, or "*", to what RCPT is told."""

    def __init__(self):
        self.mails = []
        self.answers = {}
        self.data_answer = "250 OK"
        self.sessions = set()
        self.before_answer = None  # called when a mail has been taken, before the sender hears of it
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
            mail = message_from_bytes(envelope.content, policy=policy.default)
            mail["X-Sender-Port"] = str(session.peer[1])
            self.mails.append(mail)
        if self.before_answer:
            self.before_answer()
        return self.data_answer
