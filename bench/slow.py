"""A slow processor: every process of a browser that runs pages or workers gets a quarter of its time.

What developer tools call "CPU ÷ 4" slows only the main thread of a page. Looking for a code happens in a worker and
starting the app in the service worker, so here whole processes are halted for three quarters of the time, all their
threads at once.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Page

from tests.race import server

FACTOR = 4
WORK = """() => {
  const began = performance.now();
  let sum = 0;
  for (let number = 0; number < 3e7; number++) sum += number % 7;
  return performance.now() - began;
}"""
# Short against what is measured, long against the kernel's time slices.
PERIOD = 0.012
LOOK_EVERY = 4


@contextmanager
def slowed(profile: Path) -> Iterator[None]:
    """Slow down the browser that was started with this profile until the block ends."""
    over = threading.Event()
    thread = threading.Thread(target=_slow_down, args=(_browser(profile), over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def factor(page: Page, profile: Path) -> float:
    """Measure how much longer the same work takes: 4 on a machine that has nothing else to do, else less."""
    page.evaluate(WORK)
    free = page.evaluate(WORK)
    with slowed(profile):
        return float(page.evaluate(WORK) / free)


def _browser(profile: Path) -> int:
    """Return the id of the process that all others of this browser come from."""
    wanted = f"--user-data-dir={profile}".encode()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdecimal() else []
            if wanted in words and not any(word.startswith(b"--type=") for word in words):
                return int(folder.name)
    raise LookupError(f"no browser has the profile {profile}")


def _slow_down(browser: int, over: threading.Event) -> None:
    turn, pids = 0, []
    while not over.is_set():
        if turn % LOOK_EVERY == 0:
            pids = [pid for pid in _below(browser) if _is_renderer(pid)]
        turn += 1
        _signal(pids, signal.SIGSTOP)
        over.wait(PERIOD * (FACTOR - 1) / FACTOR)
        _signal(pids, signal.SIGCONT)
        over.wait(PERIOD / FACTOR)


def _below(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for child in server.children(pid):
            yield child
            yield from _below(child)


def _is_renderer(pid: int) -> bool:
    with suppress(OSError):
        return b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
