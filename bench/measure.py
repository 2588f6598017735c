"""One measurement: requests sent by so many clients, and what they cost the server's and the database's processes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bench import load
from tests.race import server
from tests.race.server import Server


@dataclass(frozen=True)
class Figure:
    """What one measurement showed; times in milliseconds per request."""

    clients: int
    count: int
    per_second: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float | None
    bad: int
    complaint: str


@dataclass(frozen=True)
class Sent:
    """What is sent: until the requests are over or the time is, or, when they can be repeated, until the time is."""

    requests: list[bytes]
    clients: int
    seconds: float
    repeats: bool = False


class Database:
    """The processes of a PostgreSQL cluster, of which the kernel knows how long they worked; SQLite has none."""

    def __init__(self, url: str) -> None:
        folder = make_url(url).query.get("host")
        lines = Path(str(folder), "data", "postmaster.pid").read_text(encoding="ascii").splitlines() if folder else []
        self.pid = int(lines[0]) if lines else None

    def cpu_seconds(self) -> float | None:
        if self.pid is None:
            return None
        # Backends that ended are counted with the postmaster that waited for them.
        running = sum(server.cpu_seconds(pid) for pid in server.children(self.pid))
        return running + server.cpu_seconds(self.pid, with_ended=True)


def measure(serving: Server, database: Database, sent: Sent) -> Figure:
    """Send requests and look at all clocks before and after."""
    before, database_before = serving.cpu_seconds(), database.cpu_seconds()
    seen = load.send(load.Plan(serving.port, sent.clients, sent.requests, sent.seconds, repeats=sent.repeats))
    after, database_after = serving.cpu_seconds(), database.cpu_seconds()
    count = max(1, seen.count)
    is_apart = database_before is not None and database_after is not None
    return Figure(
        clients=sent.clients,
        count=seen.count,
        per_second=seen.per_second,
        p50=seen.percentile(0.5),
        p99=seen.percentile(0.99),
        cpu=(after - before) * 1000 / count,
        database_cpu=(database_after - database_before) * 1000 / count if is_apart else None,
        bad=sum(many for status, many in seen.statuses.items() if status >= 400),
        complaint=seen.complaints[0] if seen.complaints else "",
    )
