"""All servers of a cluster in one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.audit.cluster import Cluster
from tests.cluster.redis_server import RedisServer
from tests.cluster.replica import Replica


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Two proxies, one Redis and one Postgres between them, nginx before them."""

    first: Replica
    second: Replica
    redis: RedisServer
    postgres: Cluster
    nginx: Path
    """Its configuration; ``access.log`` and the certificate are beside it."""
    url: str
    """Where nginx listens."""

    @property
    def both(self) -> tuple[Replica, Replica]:
        """The two proxies."""
        return self.first, self.second
