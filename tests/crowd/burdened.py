"""The project's own application on a slow machine (BURDEN seconds a batch), or one that turns nobody away (PATIENT)."""

from __future__ import annotations

import os
import time
from typing import Any

from app import shedding
from app.checkins import intake
from wsgi import app

__all__ = ["app"]

BURDEN = float(os.environ.get("BURDEN", "0"))
_receive = intake.receive


def _receive_slowly(*given: Any) -> Any:
    time.sleep(BURDEN)
    return _receive(*given)


if BURDEN:
    intake.receive = _receive_slowly
if os.environ.get("PATIENT"):
    shedding.BATCHES_WAIT = shedding.OTHERS_WAIT = float("inf")  # type: ignore[misc]
