"""Writers, each in a process of its own: they write through `app.transaction.write`, and tell how they fared.

The plan comes from standard input. "Overtaken" is how many others committed between a wish to write and its turn.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import sys
import time
from contextlib import closing, nullcontext
from typing import Any

from flask import Flask
from sqlalchemy import make_url, text

from app import transaction
from app.extensions import db

# Starting an interpreter with all our libraries takes longer than the writing does.
processes = multiprocessing.get_context("fork")


def _write(plan: dict[str, Any], pause: float) -> list[tuple[int, float]]:
    """Return for each turn how often this writer was overtaken, and how many seconds it waited."""

    @transaction.write
    def take_turn() -> tuple[int, float]:
        waited = time.monotonic() - asked
        number = db.session.execute(text("SELECT number FROM turns")).scalar_one()
        db.session.execute(text("UPDATE turns SET number = number + 1"))
        time.sleep(plan["hold"])
        return number, waited

    turns = []
    with closing(sqlite3.connect(make_url(plan["database_url"]).database, isolation_level=None)) as reader:
        until = time.monotonic() + plan["seconds"]
        while time.monotonic() < until:
            time.sleep(pause)
            asked = time.monotonic()
            ((before,),) = reader.execute("SELECT number FROM turns").fetchall()
            number, waited = take_turn()
            turns.append((number - before, waited))
    return turns


def _writer(plan: dict[str, Any], pause: float, gate: Any, told: Any) -> None:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = plan["database_url"]
    db.init_app(app)
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        gate.wait()
        told.put(_write(plan, pause))


def main() -> None:
    plan = json.load(sys.stdin)
    if not plan["doors"]:
        transaction._turn = nullcontext
    gate, told = processes.Barrier(len(plan["pauses"])), processes.SimpleQueue()
    writers = [processes.Process(target=_writer, args=(plan, pause, gate, told)) for pause in plan["pauses"]]
    for writer in writers:
        writer.start()
    print(json.dumps([turn for _ in writers for turn in told.get()]))
    for writer in writers:
        writer.join()


if __name__ == "__main__":
    main()
