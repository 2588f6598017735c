"""The modules of the browser side, asked from Python: one process that reads what it is given."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent / "reading.js"


class Reader:
    """Sends inputs to the process and returns what it makes of each."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, task: str, inputs: list[Any], origin: str = "") -> Any:
        """`task` is one of those in reading.js."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        # In ASCII, so that lone surrogates and line separators arrive as they are.
        self.process.stdin.write(json.dumps({"task": task, "inputs": inputs, "origin": origin}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the reader died of {task}"
        return json.loads(answer)


@contextmanager
def reader() -> Iterator[Reader]:
    """Run Node as long as it is needed."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(["node", str(SCRIPT)], text=True, encoding="utf-8", **pipes) as process:
        try:
            yield Reader(process)
        finally:
            process.kill()
