"""The two ways out of the house: a mail server, or a folder that somebody looks into."""

from __future__ import annotations

import contextlib
import os
import re
import smtplib
import ssl
import tempfile
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar, Literal, Protocol
from urllib.parse import urlsplit

from app.config import Config, mail_server

# For each step of the conversation; some ten steps stay well below the lease of a claimed message.
TIMEOUT = 20.0
State = Literal["refused", "deferred", "unreachable"]


class Trouble(Exception):
    """A mail that did not go out."""

    state: ClassVar[State]


class Refused(Trouble):
    """It will never be taken: the address does not exist, or the content is not wanted."""

    state = "refused"


class Deferred(Trouble):
    """It was not taken this time."""

    state = "deferred"


class Unreachable(Trouble):
    """No mail is taken at present: the server is down, hangs, or does not want us."""

    state = "unreachable"


class Post(Protocol):
    """A way out."""

    def send(self, mail: EmailMessage, name: str) -> None: ...

    def close(self) -> None: ...


def way_out(settings: Config) -> Post:
    """Return the way that the settings ask for. Refuses: `ConfigError` for an unusable SMTP_URL."""
    if settings.smtp_url:
        return Smtp(settings.smtp_url, urlsplit(settings.public_url).hostname or "localhost")
    return Outbox(settings.data_dir / "mail")


class Outbox:
    """A folder of .eml files; each appears at once and whole, in the order of writing when sorted by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: EmailMessage, name: str) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix=".draft-", dir=self.folder, delete=False) as file:
                file.write(bytes(mail))
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).rename(self.folder / f"{re.sub(r'[^A-Za-z0-9._+-]', '_', name)}.eml")
        except OSError as error:
            raise Unreachable(f"cannot write to {self.folder}: {error.strerror}") from error

    def close(self) -> None:
        """Nothing stays open."""


class Smtp:
    """A mail server. The connection is kept while there is more to send."""

    def __init__(self, url: str, own_name: str) -> None:
        server = mail_server(url)
        self.scheme, self.host, self.port = server.scheme, server.host, server.port
        self.user, self.password = server.user, server.password
        self.own_name = own_name
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, name: str) -> None:
        del name
        connection = self._connected()
        try:
            connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            raise _verdict(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPDataError as error:
            self.close()
            raise _verdict(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            self.close()
            raise Refused(str(error)) from error
        except OSError as error:  # smtplib's own are OSErrors too
            self.close()
            raise Unreachable(_words(error)) from error

    def close(self) -> None:
        """Say good-bye, if the server still listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None and not self._is_alive(self._connection):
            self.close()
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    @staticmethod
    def _is_alive(connection: smtplib.SMTP) -> bool:
        try:
            return connection.noop()[0] == 250
        except OSError:
            return False

    def _connect(self) -> smtplib.SMTP:
        connection: smtplib.SMTP | None = None
        try:
            if self.scheme == "smtps":
                trusted = ssl.create_default_context()
                connection = smtplib.SMTP_SSL(self.host, self.port, self.own_name, timeout=TIMEOUT, context=trusted)
            else:
                connection = smtplib.SMTP(self.host, self.port, self.own_name, timeout=TIMEOUT)
            if self.scheme == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password)
        except OSError as error:
            if connection is not None:
                connection.close()
            raise Unreachable(_words(error)) from error
        return connection


def _verdict(code: int, answer: bytes | str) -> Trouble:
    """Tell apart what is final (5xx) and what may go another time (greylisting, a full mailbox)."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    words = f"{code} {text}"
    if code == 421:
        return Unreachable(words)
    return Refused(words) if 500 <= code < 600 else Deferred(words)


def _words(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return str(_verdict(error.smtp_code, error.smtp_error))
    return f"{type(error).__name__}: {error}"
