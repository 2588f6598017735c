"""A PostgreSQL cluster of our own in a temporary folder, for tests, races and measurements.

It never touches a cluster that the machine already has: it has its own data, its own socket, its own port, and it is
stopped by the number of its own process. From a shell, `python -m tests.cluster -- COMMAND` runs COMMAND with
TEST_CLUSTER_URL set; without a command it prints the address and waits for Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = DATABASE = "nahplatz"
READY_SECONDS = 60
STOP_SECONDS = 30


class ClusterError(Exception):
    """The cluster could not be made; the message says why."""


@contextmanager
def running(*, fsync: bool = False) -> Iterator[str]:
    """Yield the SQLAlchemy address of an empty database.

    With `fsync`, commits wait for the disk as in production; races and measurements need that, other tests only
    need the speed.
    """
    programs = _programs()
    previous = _exit_on_sigterm()
    folder = Path(tempfile.mkdtemp(prefix="nahplatz-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _initialise(programs, folder)
        server, port = _start(programs, folder, fsync=fsync)
        try:
            with psycopg.connect(_conninfo(folder, port, "postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            yield f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={folder}&port={port}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if previous is not None:
            signal.signal(signal.SIGTERM, previous)


def _programs() -> Path:
    """Folder of the newest PostgreSQL that is installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if found is None:
        raise ClusterError("PostgreSQL is not installed; on Debian: apt-get install postgresql-15")
    return Path(found).resolve().parent


def _exit_on_sigterm():
    """Let SIGTERM unwind the stack, so that the cluster is stopped and its folder removed."""
    try:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            return signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    except ValueError:  # not the main thread; whoever started it looks after signals
        pass
    return None


def _initialise(programs: Path, folder: Path) -> None:
    command = [programs / "initdb", "--pgdata", folder / "data", "--username", ROLE, "--auth", "trust"]
    command += ["--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, **_server_account())
    if done.returncode != 0:
        raise ClusterError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _server_account() -> dict:
    """PostgreSQL refuses to run as root; Debian's package brings an account for it."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _start(programs: Path, folder: Path, *, fsync: bool) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(3):
        port = _free_port()
        server = _serve(programs, folder, port, fsync=fsync)
        if _is_ready(server, folder, port):
            return server, port
        _stop(server)  # somebody else was quicker to take the port, or the log tells why
    raise ClusterError("PostgreSQL did not start:\n" + (folder / "log").read_text(encoding="utf-8")[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _serve(programs: Path, folder: Path, port: int, *, fsync: bool) -> subprocess.Popen[bytes]:
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "max_connections": 200,
        "shared_buffers": "256MB",
        "timezone": "UTC",
        "lc_messages": "C",
    }
    if not fsync:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [programs / "postgres", "-D", folder / "data"]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    # Should this process be killed, the server goes with it.
    command = ["setpriv", "--pdeathsig", "INT", "--", *command]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, start_new_session=True, **_server_account()
        )


def _is_ready(server: subprocess.Popen[bytes], folder: Path, port: int) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(_conninfo(folder, port, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _conninfo(folder: Path, port: int, database: str) -> str:
    return f"host={folder} port={port} user={ROLE} dbname={database}"


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; a server that does not follow is made to."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(sign)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    """Run a command against a cluster, or keep one until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--fsync", action="store_true", help="wait for the disk at every commit")
    parser.add_argument("command", nargs="*", help="what to run, after --")
    options = parser.parse_args()
    try:
        with running(fsync=options.fsync) as url:
            if options.command:
                return subprocess.run(
                    options.command, check=False, env=os.environ | {"TEST_CLUSTER_URL": url}
                ).returncode
            print(url, flush=True)
            signal.pause()
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
