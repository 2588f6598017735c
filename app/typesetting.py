"""PDFs, set in a child process that sees neither our environment nor our memory."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

TYPESETTER = Path(__file__).parent / "typeset.py"
SECONDS = 30


class TypesettingError(Exception):
    """The PDF could not be made; the message says why."""


def pdf(template: Path, data: dict[str, Any], *, made_at: datetime, xml: bytes | None = None) -> bytes:
    """Set `template` (typst) with `data`. The same input gives the same bytes, in whichever process.

    With the `xml` of an invoice it lies inside (ZUGFeRD), and the file says when it was set.

    Refuses: `TypesettingError`.
    """
    inside = {"xml": None if xml is None else xml.decode()}
    job = json.dumps({"template": str(template), "timestamp": int(made_at.timestamp()), "data": data} | inside)
    command = [sys.executable, "-I", str(TYPESETTER)]
    try:
        done = subprocess.run(command, input=job.encode(), capture_output=True, timeout=SECONDS, check=True, env={})
    except subprocess.TimeoutExpired as error:
        raise TypesettingError(f"typesetting took longer than {SECONDS} seconds") from error
    except subprocess.CalledProcessError as error:
        raise TypesettingError(error.stderr.decode(errors="replace").strip().rpartition("\n")[2]) from error
    return done.stdout
