"""All settings, read once from the environment. Every field is explained in README.md."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class ConfigError(Exception):
    """A setting is missing or makes no sense; the process does not start."""


@dataclass(frozen=True)
class LegalBody:
    """Who answers for this installation, shown in imprint and privacy page; empty means not yet known."""

    name: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    representative: str = ""
    supervision: str = ""
    dpo: str = ""


@dataclass(frozen=True)
class MailServer:
    """What an SMTP_URL says; `scheme` is a key of `SMTP_PORTS`."""

    scheme: str
    host: str
    port: int
    user: str
    password: str


@dataclass(frozen=True)
class Config:
    """Settings of one installation. `public_url` has no trailing slash."""

    secret_key: str
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    web_concurrency: int = 2
    data_dir: Path = Path("var")
    database_url: str = ""
    demo: bool = False
    smtp_url: str = ""
    mail_from: str = "nahplatz@localhost"
    legal_body: LegalBody = LegalBody()
    log_level: str = "INFO"
    door_loopback: bool = False
    push_test_service: str = ""

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def keys_dir(self) -> Path:
        """Where the private keys lie that sign passes and messages to phones."""
        return self.data_dir / "keys"

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")


def from_env(env: Mapping[str, str] | None = None) -> Config:
    """Read the settings.

    Refuses: `ConfigError` when one is missing or wrong, with its name.
    """
    env = os.environ if env is None else env
    host = env.get("HOST", "127.0.0.1")
    port = _port(env)
    demo = _flag(env, "DEMO")
    public_url = _public_url(env, host, port)
    # A proxy in front makes a loopback address public, so the address people use counts as well.
    outside = {name for name in (host, urlsplit(public_url).hostname) if name not in LOOPBACK}
    if demo and outside and not _flag(env, "DEMO_FORCE"):
        message = (
            "DEMO=1 lets anybody sign in as anybody, so it is refused unless HOST and PUBLIC_URL are this machine; "
            "set DEMO_FORCE=1 to insist."
        )
        raise ConfigError(message)
    data_dir = _data_dir(env)
    return Config(
        secret_key=_secret(env, data_dir),
        public_url=public_url,
        host=host,
        port=port,
        web_concurrency=_web_concurrency(env),
        data_dir=data_dir,
        database_url=_database_url(env, data_dir),
        demo=demo,
        smtp_url=_smtp_url(env),
        mail_from=_mail_from(env),
        legal_body=LegalBody(**{field: env.get(f"LEGAL_{field.upper()}", "") for field in LegalBody.__annotations__}),
        log_level=_log_level(env),
        door_loopback=_flag(env, "DOOR_LOOPBACK"),
        push_test_service=_push_test_service(env),
    )


def _secret(env: Mapping[str, str], data_dir: Path) -> str:
    kept = data_dir / "secret_key"  # where the demo keeps its own, so that commands beside it need no setting
    secret = env.get("SECRET_KEY", "") or (kept.read_text("ascii").strip() if kept.is_file() else "")
    if not secret:
        message = "SECRET_KEY is missing; make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        raise ConfigError(message)
    return secret


def _port(env: Mapping[str, str]) -> int:
    text = env.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        message = f"PORT={text} is not a port number."
        raise ConfigError(message)
    return int(text)


def _web_concurrency(env: Mapping[str, str]) -> int:
    text = env.get("WEB_CONCURRENCY", "2")
    if not text.isdecimal() or not 0 < int(text) <= 1000:
        raise ConfigError(f"WEB_CONCURRENCY={text} is not a number of processes.")
    return int(text)


def _data_dir(env: Mapping[str, str]) -> Path:
    path = Path(env.get("DATA_DIR") or "var").absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError as error:
        raise ConfigError(f"DATA_DIR={path} is no folder that can be written to: {error.strerror}.") from error
    return path


def _smtp_url(env: Mapping[str, str]) -> str:
    url = env.get("SMTP_URL", "")
    if url:
        mail_server(url)
    return url


def mail_server(url: str) -> MailServer:
    """Read an SMTP_URL. Refuses: `ConfigError`."""
    parts = _split(url)
    scheme, host, user = parts.scheme, parts.hostname or "", unquote(parts.username or "")
    try:
        port = parts.port or SMTP_PORTS.get(scheme, 0)
    except ValueError:
        port = 0
    if scheme not in SMTP_PORTS or not host or not port:
        raise ConfigError("SMTP_URL must look like smtps://user:password@mail.example.org, or smtp+starttls:, smtp:")
    if user and scheme == "smtp" and host not in LOOPBACK:
        raise ConfigError("SMTP_URL would send a password in plain sight; use smtp+starttls: or smtps:")
    return MailServer(scheme, host, port, user, unquote(parts.password or ""))


def _split(url: str) -> SplitResult:
    """Split an address; one that cannot be split has no parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _flag(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "0")
    if text not in {"0", "1"}:
        message = f"{name}={text} must be 0 or 1."
        raise ConfigError(message)
    return text == "1"


def _mail_from(env: Mapping[str, str]) -> str:
    text = env.get("MAIL_FROM", "nahplatz@localhost")
    try:
        name, address = parseaddr(text)
        Address(name, addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise ConfigError(f"MAIL_FROM={text} is not an address such as Nahplatz <nahplatz@example.org>.") from error
    return text


def _log_level(env: Mapping[str, str]) -> str:
    text = env.get("LOG_LEVEL", "INFO").upper()
    levels = logging.getLevelNamesMapping()
    if text not in levels:
        raise ConfigError(f"LOG_LEVEL={text} must be one of {', '.join(sorted(levels, key=levels.__getitem__))}.")
    return text


def _public_url(env: Mapping[str, str], host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    url = env.get("PUBLIC_URL", f"http://{shown}:{port}").rstrip("/")
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or parts.username:
        message = f"PUBLIC_URL={url} must look like https://example.org"
        raise ConfigError(message)
    return url


def _push_test_service(env: Mapping[str, str]) -> str:
    url = env.get("PUSH_TEST_SERVICE", "")
    # Nothing but a name and a port of this machine: what is allowed here is called without TLS.
    if url and not re.fullmatch(r"http://(127\.0\.0\.1|localhost):[1-9][0-9]{0,4}", url):
        raise ConfigError(f"PUSH_TEST_SERVICE={url} must look like http://127.0.0.1:9999, on this machine.")
    return url


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    url = env.get("DATABASE_URL", "") or f"sqlite:///{data_dir / 'nahplatz.sqlite3'}"
    # Plain "postgresql://" would pick a driver that is not installed.
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        message = "DATABASE_URL must start with sqlite:/// or postgresql://"
        raise ConfigError(message)
    return url
