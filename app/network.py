"""Connections to machines whose names are somebody's input: never into our own network.

A name is looked up once and that very address is called: a second look could say something else.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable

# IPv6 addresses that carry an IPv4 address, which may be one of ours: IPv4-compatible, NAT64 (two), 6to4.
CARRIERS = [ipaddress.ip_network(each) for each in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]


class NotCalled(Exception):
    """A name leads to an address that we do not call; the message names it."""


def connect(host: str, port: int, *, until: float, may_be_called: Callable[[str], bool]) -> socket.socket:
    """Connect to one of the addresses of `host` before `until` (of `time.monotonic`).

    Refuses: `NotCalled` when a single one of them may not be called, `OSError` when none answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if not may_be_called(str(address[0])):
            raise NotCalled(f"{address[0]} is not public")
    trouble = OSError(f"{host} has no address")
    for number, (family, kind, protocol, _, address) in enumerate(found):
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(left(until) / (len(found) - number))  # one that is dead leaves time for the others
            line.connect(address)
        except OSError as error:
            line.close()
            trouble = error
        except BaseException:
            line.close()
            raise
        else:
            return line
    raise trouble


def is_public(text: str) -> bool:
    """Whether an address, as it was looked up, belongs to the world and not to our own network."""
    address = _address(text)
    return not any(address in each for each in CARRIERS) and address.is_global and not address.is_multicast


def is_loopback(text: str) -> bool:
    return _address(text).is_loopback


def left(until: float) -> float:
    """Return the seconds until a moment of `time.monotonic`. Refuses: `TimeoutError` when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("too slow")
    return seconds


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address
