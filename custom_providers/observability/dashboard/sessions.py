"""Logins with the master key: signed cookies that expire, and a limit on attempts. Pure; the clock is passed in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque

COOKIE = "pointsman_session"
SECONDS = 12 * 3600
"""How long a login lasts."""

MOST_TRIES = 5
TRIES_SECONDS = 60
_MOST_CLIENTS = 1024
"""The most clients whose failed logins are remembered; the one with the oldest failure is forgotten first."""


def issued(master_key: str, now: float) -> str:
    """Create a cookie for a client that has sent the master key.

    It is signed with that key: every worker and replica accepts it, and none does once the key is replaced.
    """
    content = f"{int(now) + SECONDS}.{secrets.token_urlsafe(12)}"
    return f"{content}.{_signature(master_key, content)}"


def is_valid(cookie: str, master_key: str, now: float) -> bool:
    """Whether ``cookie`` was issued with this master key and has not expired."""
    content, _, signature = cookie.rpartition(".")
    if not master_key or not hmac.compare_digest(_signature(master_key, content).encode(), signature.encode()):
        return False
    return now < int(content.partition(".")[0])


def is_key(given: str, master_key: str) -> bool:
    """Whether ``given`` is the master key; takes the same time for every wrong one."""
    return bool(master_key) and hmac.compare_digest(_digest(given), _digest(master_key))


class Tries:
    """The failed logins of each client in the last minute."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def seconds_to_wait(self, client: str, now: float) -> int:
        """Seconds that ``client`` has to wait before the next attempt; 0 if it may try now."""
        times = self._failed.get(client)
        if times is None or len(times) < MOST_TRIES:
            return 0
        return max(0, int(times[0] + TRIES_SECONDS - now) + 1) if now < times[0] + TRIES_SECONDS else 0

    def failed(self, client: str, now: float) -> None:
        """Count a wrong key."""
        self._failed.setdefault(client, deque(maxlen=MOST_TRIES)).append(now)
        self._failed.move_to_end(client)
        while len(self._failed) > _MOST_CLIENTS:
            self._failed.popitem(last=False)


def _signature(master_key: str, content: str) -> str:
    key = hmac.digest(master_key.encode(), b"pointsman dashboard session", "sha256")
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
