"""Whether the databases that the registry names can be reached and accept the proxy's credentials."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from pointsman.console.refusal import reason
from pointsman.doctor.finding import Finding, broken, ok, warning
from pointsman.sources.sources import Sources

_SECONDS = 3
_PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}


def findings(sources: Sources) -> Iterator[Finding]:
    """Connects to each database with the proxy's credentials, and writes nothing; one finding for each."""
    gateway = sources.registry.gateway
    named = {
        "Postgres": gateway.database_url_env,
        "Redis": gateway.redis_url_env,
        "Postgres of the audit": sources.registry.audit.url_env,
    }
    for name, variable in named.items():
        if variable:
            yield _found(name, variable, sources.env.get(variable, "").strip())


def _found(name: str, variable: str, url: str) -> Finding:
    """The finding for one database; it shows only host and port, since the URL holds a password."""
    if not url:
        return broken(name, f"{variable} is not set", f"put {variable}=... into .env, or remove it from the registry")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        host, port = None, None
    if not host or not port:
        return warning(name, f"{variable} has no host and port to connect to", "check its form: see .env")
    if unreachable := _unreachable(name, variable, host, port):
        return unreachable
    refusal = _of_redis(url) if parts.scheme.startswith("redis") else _of_postgres(url)
    if refusal:
        return broken(name, f"{host}:{port}: {refusal}", f"check user, password and database in {variable}")
    return ok(name, f"{host}:{port} accepts the proxy's credentials")


def _unreachable(name: str, variable: str, host: str, port: int) -> Finding | None:
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except socket.gaierror:
        return broken(name, f"{host}: unknown host name", f"check {variable} and the DNS")
    except TimeoutError:
        return broken(name, f"{host}:{port}: no answer within {_SECONDS} s", f"check {variable} and the firewall")
    except OSError as error:
        return broken(name, f"{host}:{port}: {reason(error)}", f"start it, or check {variable}")
    return None


def _of_postgres(url: str) -> str:
    """Why Postgres rejects a connection; empty if it accepts it."""
    import psycopg

    from custom_providers.observability.audit.storage.postgres import libpq_url

    try:
        psycopg.connect(libpq_url(url), connect_timeout=_SECONDS).close()
    except psycopg.OperationalError as error:
        return str(error).strip().partition("\n")[0].rpartition("failed: ")[2]
    except psycopg.Error:
        # The error's text quotes the URL.
        return "this is not a valid Postgres URL"
    return ""


def _of_redis(url: str) -> str:
    """Why Redis rejects a PING; empty if it answers."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    patience = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS, "retry": Retry(NoBackoff(), 0)}
    try:
        # RESP2: if a password is needed, a RESP3 handshake gets a long error about HELLO instead.
        with redis.Redis.from_url(url, protocol=2, **patience) as connection:
            connection.ping()
    except redis.RedisError as error:
        return str(error).strip().partition("\n")[0]
    except ValueError:
        return "this is not a valid Redis URL"
    return ""
