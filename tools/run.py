"""Run Nahplatz on this machine: database, county data, sample data, web server and worker.

The first start makes a secret key and keeps it beside the data; a second start finds everything as it was. Ctrl-C
and SIGTERM stop both processes in order.
"""

import errno
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path

from honcho import manager
from honcho.environ import parse_procfile

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import config  # noqa: E402 - a script's own folder comes first on the path, the project's does not

# Longer than the web server gives its requests and the worker its message.
manager.KILL_WAIT = 20


def main() -> int:
    """Prepare everything, then serve until told to stop."""
    os.chdir(ROOT)
    environment = os.environ | {"DEMO": os.environ.get("DEMO", "1"), "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    _keep_secret(environment)
    try:
        settings = config.from_env(environment)
    except config.ConfigError as error:
        return _refuse(str(error))
    trouble = _port_trouble(settings.host, settings.port)
    if trouble:
        return _refuse(trouble)
    quiet = environment | {"LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    for command in _preparations(demo=settings.demo):
        if subprocess.run(command, check=False, env=quiet).returncode != 0:
            return _refuse(f"“{' '.join(command)}” failed; the lines above say why.")
    trouble = _port_trouble(settings.host, settings.port)  # the preparations took a while
    if trouble:
        return _refuse(trouble)
    _welcome(settings)
    return _serve(environment)


def _keep_secret(environment: dict[str, str]) -> None:
    """In the demo, sessions shall survive a restart without anybody having to think of a key."""
    if environment.get("SECRET_KEY") or environment["DEMO"] != "1":
        return
    path = Path(environment.get("DATA_DIR") or "var").absolute() / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    environment["SECRET_KEY"] = path.read_text(encoding="ascii").strip()


def _port_trouble(host: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"Port {port} on {host} is in use by another program. Choose a free one: make run PORT={port + 1}"
                )
            return f"This machine cannot listen on {host} port {port}: {error.strerror}."
    return ""


def _preparations(*, demo: bool) -> list[list[str]]:
    flask = ["flask", "--app", "wsgi"]
    prepare = [[*flask, "db", "upgrade"], [*flask, "checkins", "keys"], [*flask, "push", "keys"]]
    return [*prepare, [*flask, "demo", "load"]] if demo else prepare


def _welcome(settings: config.Config) -> None:
    print(f"\nNahplatz: {settings.public_url}")
    if settings.demo:
        print(f"Sign in:  {settings.public_url}/demo shows people to try it as; nobody needs a password.")
    if not settings.smtp_url:
        print(f"Mail:     sign-in codes and messages are written to {settings.data_dir / 'mail'}")
    print("Stop:     Ctrl-C\n", flush=True)


def _serve(environment: dict[str, str]) -> int:
    """Run the processes of the Procfile side by side; when one ends, the other is stopped too."""
    processes = manager.Manager()
    for name, command in parse_procfile((ROOT / "Procfile").read_text(encoding="ascii")).processes.items():
        processes.add_process(name, command, env=environment)
    # A closed terminal counts as a wish to stop.
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    processes.loop()
    asked_to_stop = processes.returncode in {128 + signal.SIGINT, 128 + signal.SIGTERM}
    return 0 if asked_to_stop else processes.returncode or 1


def _refuse(sentence: str) -> int:
    print(f"\n{sentence}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # during the preparations; later the processes are stopped in order
        sys.exit(128 + signal.SIGINT)
