"""The proxy of a registry: where it listens, what else uses its port, and whether it matches the registry."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Collection, Iterator

from custom_providers.environment.listener import Listener
from custom_providers.json_parts import mapping
from custom_providers.providers.account.account import Reply
from custom_providers.providers.account.questions import Question, ask_all
from custom_providers.routing.table import REGISTRY_HEADER, ROUTES_HEADER, SETTINGS_KEY, fingerprint
from pointsman.config import render
from pointsman.doctor.finding import Finding, broken, ok, warning
from pointsman.serve import followed_proxy
from pointsman.serve.run_file import Running
from pointsman.sources.sources import Sources
from pointsman.upstream import port_owner

_RELOAD = "reload it: systemctl reload pointsman, or pointsman reload"


def findings(sources: Sources, registered: Collection[str]) -> Iterator[Finding]:
    """The running proxy of ``serve``, on any port; else the registry's port and what listens there.

    Args:
        sources: the registry and its environment.
        registered: the providers that would be registered if the proxy started now.
    """
    if (serves := followed_proxy.running(sources)) is not None:
        yield from _listener(sources, serves.url, registered)
        yield from _elsewhere(sources, serves)
        return
    listener = sources.registry.gateway.listener
    obstacle = _obstacle(listener)
    if obstacle is None:
        yield ok("port", f"{listener} is free; no proxy runs")
    elif obstacle != errno.EADDRINUSE:
        yield broken("port", f"{listener}: {os.strerror(obstacle).lower()}", "choose another host or port in [gateway]")
    else:
        yield from _listener(sources, listener.url, registered)


def _elsewhere(sources: Sources, serves: Running) -> Iterator[Finding]:
    gateway = sources.registry.gateway
    if (gateway.host, gateway.port) != (serves.host, serves.port):
        detail = f"[gateway] has {gateway.host}:{gateway.port} now, changed after the proxy was started"
        yield warning("port", detail, "restart it: systemctl restart pointsman, or stop it and run pointsman serve")


def _obstacle(listener: Listener) -> int | None:
    """Why the address cannot be used, as an ``errno``; None if it is free."""
    try:
        listener.bind().close()
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno
    return None


def _listener(sources: Sources, url: str, registered: Collection[str]) -> Iterator[Finding]:
    master = sources.env.get(sources.registry.gateway.master_key_env, "").strip()
    questions = {
        "alive": Question(url=f"{url}/health/liveliness"),
        "ready": Question(url=f"{url}/health/readiness"),
        "providers": Question(url=f"{url}/v1/chat/providers", headers={"Authorization": f"Bearer {master}"}),
    }
    # The master key is sent only to a server that answers as LiteLLM does.
    replies = ask_all({name: questions[name] for name in ("alive", "ready")})
    if replies["alive"].status != 200 or "alive" not in replies["alive"].text:
        said = replies["alive"].problem or f"answers {replies['alive'].status}"
        yield broken(
            "port",
            f"{url} is used by something other than LiteLLM ({said})",
            "see `ss -ltnp`; stop that, or change [gateway]",
        )
        return
    yield ok("port", f"{url}: LiteLLM listens")
    yield _readiness(replies["ready"], needs_database=bool(sources.registry.gateway.database_url_env))
    if stranger := port_owner.stranger(url, sources.state_directory):
        yield broken("proxy", f"{url}: {stranger} is listening there and must not get the master key", "see `ss -ltnp`")
    elif master:
        reply = ask_all({"providers": questions["providers"]})["providers"]
        yield from _drift(reply, registered)
        yield from _config(sources, reply)
    else:
        name = sources.registry.gateway.master_key_env
        yield warning("proxy", f"not asked what it serves: {name} is not set here", f"run doctor where {name} is set")


def _readiness(reply: Reply, *, needs_database: bool) -> Finding:
    database = mapping(reply.json).get("db")
    if reply.status != 200:
        return broken("proxy", f"is not ready ({reply.status})", "see its log; with a database, see Postgres below")
    if needs_database and database != "connected":
        return broken("proxy", f"runs without its database ({database})", f"check the database, then {_RELOAD}")
    return ok("proxy", f"healthy, database {str(database).lower()}")


def _drift(reply: Reply, registered: Collection[str]) -> Iterator[Finding]:
    """The providers that the running proxy serves, against those that it would serve if it started now."""
    if reply.status in {400, 401, 403}:
        yield broken(
            "providers", "the proxy refuses the master key that is set here", f"if the one here is right, {_RELOAD}"
        )
    elif reply.status == 404:
        yield broken("providers", "this LiteLLM runs without the routing hook", "start it with `pointsman serve`")
    elif reply.status != 200 or not isinstance(reply.json, dict):
        said = reply.problem or f"answered {reply.status}"
        yield warning("providers", f"the proxy did not list what it serves: {said}", "see its log")
    else:
        yield _compared({str(name) for name in reply.json.get("providers", ())}, set(registered))


def _compared(serves: set[str], registered: set[str]) -> Finding:
    if missing := sorted(registered - serves):
        return broken("providers", f"the proxy runs without {', '.join(missing)}, whose key is there now", _RELOAD)
    if extra := sorted(serves - registered):
        detail = f"the proxy also serves {', '.join(extra)}, whose key is not found from here"
        return warning("providers", detail, "run doctor in the proxy's environment; if the key is gone, restart it")
    return ok("providers", f"the proxy serves those that have keys: {', '.join(sorted(serves))}")


def _config(sources: Sources, reply: Reply) -> Iterator[Finding]:
    """Whether the proxy runs the config that the registry renders to now."""
    if reply.status != 200:
        return
    routes = fingerprint(render.config(sources.registry)["callback_settings"][SETTINGS_KEY])
    hint = f"{_RELOAD} (renders too)"
    if reply.headers.get(REGISTRY_HEADER) == sources.registry.sha256:
        yield ok("config", "the proxy runs what the registry says now")
    elif reply.headers.get(ROUTES_HEADER) == routes:
        yield warning(
            "config", "the proxy runs these routes, but other settings of the registry have changed since", hint
        )
    else:
        yield broken("config", "the proxy runs other routes or models than the registry says now", hint)
