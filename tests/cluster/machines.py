"""All servers of a cluster in one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.cluster.redis_server import RedisServer
from tests.cluster.replica import Replica
from tests.observability.audit.cluster import Cluster


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Two proxies that share a Redis and a Postgres, with nginx in front."""

    first: Replica
    second: Replica
    redis: RedisServer
    postgres: Cluster
    nginx: Path
    """The path of its configuration, next to ``access.log`` and the certificate."""
    url: str
    """nginx's URL."""

    @property
    def both(self) -> tuple[Replica, Replica]:
        """The two proxies."""
        return self.first, self.second
