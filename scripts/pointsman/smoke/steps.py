"""``pointsman smoke``: an acceptance test against a running proxy, as named steps."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from custom_providers.keys.redaction import last4
from custom_providers.providers.account.questions import no_answer
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import compile_table
from pointsman.console.refusal import RefusalError
from pointsman.serve import followed_proxy
from pointsman.sources.registration import registered_names, registrations
from pointsman.sources.sources import Sources
from pointsman.upstream import port_owner

if TYPE_CHECKING:
    import httpx

_SECONDS = 120
"""Timeout of one request: a local model may have to be loaded first."""

_SECONDS_TO_SAY_ALIVE = 5

_CHAT = "/v1/chat/completions"
_LIST = "/v1/chat/providers"
_QUESTION = {"messages": [{"role": "user", "content": "Reply with exactly one word: PONG"}], "max_tokens": 16}
_NOT_A_MODEL = "unknown/pointsman-smoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One named step and its result."""

    name: str
    ok: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        """The step as plain data."""
        return asdict(self)


class _FailedError(Exception):
    """A step failed; the message says what it found."""


def run(sources: Sources, url: str | None) -> Iterator[Step]:
    """Runs every step against the proxy at ``url``, by default the address of ``serve``.

    Raises:
        RefusalError: there is no proxy, no master key, or the proxy has another master key.
    """
    import httpx

    serves = followed_proxy.running(sources) if url is None else None
    gateway = sources.registry.gateway
    base = (url or (serves.url if serves else gateway.listener.url)).rstrip("/")
    key = sources.env.get(gateway.master_key_env, "").strip()
    if not key:
        raise RefusalError(f"{gateway.master_key_env}: not set", "set it to the proxy's master key, or a virtual key")
    if stranger := port_owner.stranger(base, sources.state_directory):
        message = f"{base}: {stranger} is listening there and must not get the master key"
        raise RefusalError(message, "see `ss -ltnp`, or name the proxy with --url")
    with httpx.Client(base_url=base, timeout=_SECONDS) as client:
        _require_litellm(client, base)
        client.headers["Authorization"] = f"Bearer {key}"
        if client.get(_LIST).status_code in {400, 401, 403}:
            message = f"{gateway.master_key_env} (...{last4(key)}): the proxy at {base} refuses this key"
            raise RefusalError(message, "set it to the proxy's master key, or a virtual key")
        for name, action in _steps(sources, client):
            yield _taken(name, action)


def _require_litellm(client: httpx.Client, base: str) -> None:
    """Checks that the server is LiteLLM before it receives the key."""
    import httpx

    try:
        answer = client.get("/health/liveliness", timeout=_SECONDS_TO_SAY_ALIVE)
    except httpx.HTTPError as error:
        message = f"no proxy answers: {no_answer(error, base)}"
        raise RefusalError(message, "run `pointsman serve`, or name the proxy with --url") from None
    if answer.status_code != 200 or "alive" not in answer.text:
        message = f"{base}: what answers there ({answer.status_code}) is not LiteLLM"
        raise RefusalError(message, "see `ss -ltnp`, or name the proxy with --url")


def _taken(name: str, action: Callable[[], str]) -> Step:
    import httpx

    try:
        return Step(name=name, ok=True, detail=action())
    except (_FailedError, httpx.HTTPError) as error:
        detail = str(error) or type(error).__name__
    except (ValueError, KeyError, IndexError, TypeError) as error:
        detail = f"unexpected answer: {error!r}"
    return Step(name=name, ok=False, detail=detail)


def _steps(sources: Sources, client: httpx.Client) -> Iterator[tuple[str, Callable[[], str]]]:
    found = registrations(sources)
    table = compile_table(sources.registry, registered_names(found))
    tagged = next(
        (f"smoke{end}" for provider in table.providers.values() for end in provider.suffixes if end.startswith(":")), ""
    )

    yield "the proxy lists exactly the registered providers", lambda: _providers(client, table)
    default = table.default or next(
        provider for provider in table.providers.values() if provider.name in table.registered
    )
    if table.default:
        yield "a bare name goes to the default provider", lambda: _answers(client, default.default_model)
    prefixed = f"{default.name}/{default.default_model}"
    yield "a prefix is stripped before the upstream", lambda: _answers(client, prefixed)
    if tagged:
        yield f'"{tagged}" goes to its own provider or nowhere', lambda: _goes_as_resolved(client, table, tagged)
    yield "an unknown prefix reaches the default provider untouched", lambda: _falls_through(client, table)
    yield "a request without a model is a 400", lambda: _refused(client, {}, 400)
    for item in found:
        model = f"{item.provider.name}/{item.provider.default_model}"
        if item.registered:
            yield f"{model} answers", functools.partial(_answers, client, model)
            yield f"{model} streams", functools.partial(_streams, client, model)
        else:
            yield f"{model} is a 404", functools.partial(_refused, client, {"model": model}, 404)


def _providers(client: httpx.Client, table: RouteTable) -> str:
    listed = client.get(_LIST).raise_for_status().json()["providers"]
    there, here = frozenset(listed) - table.registered, table.registered - frozenset(listed)
    alone = ((there, "only the proxy has"), (here, "only the registry and the keys here have"))
    if differences := [f"{who} {', '.join(sorted(names))}" for names, who in alone if names]:
        raise _FailedError(f"{'; '.join(differences)}: start the proxy with the keys that are here, or reload it")
    return ", ".join(listed)


def _answers(client: httpx.Client, model: str) -> str:
    response = _ask(client, {"model": model})
    _expect(response, 200)
    choice = response.json()["choices"][0]
    content = choice["message"].get("content") or ""
    tokens = response.json()["usage"]
    return f"{_said(content, choice['finish_reason'])}, {tokens['prompt_tokens']}+{tokens['completion_tokens']} tokens"


def _streams(client: httpx.Client, model: str) -> str:
    content, finish = "", None
    with client.stream("POST", _CHAT, json={**_QUESTION, "model": model, "stream": True}) as response:
        if response.status_code != 200:
            response.read()
            _expect(response, 200)
        for line in response.iter_lines():
            if line.startswith("data: {"):
                chunk = json.loads(line.removeprefix("data: "))
                if "error" in chunk:
                    raise _FailedError(f"in the stream: {chunk['error']['message']}")
                for choice in chunk["choices"]:
                    content += choice["delta"].get("content") or ""
                    finish = choice.get("finish_reason") or finish
    return _said(content, finish)


def _said(content: str, finish: str | None) -> str:
    """Describes the response; it may have no text, since a model may spend this small token budget on thinking."""
    if content.strip():
        return f'"{content.strip()[:40]}"'
    if finish == "length":
        return "nothing yet: the budget went into reasoning"
    raise _FailedError(f"an empty answer, finish_reason {finish}")


def _goes_as_resolved(client: httpx.Client, table: RouteTable, model: str) -> str:
    route = table.resolve(model)
    response = _ask(client, {"model": model})
    if route.status == 404:
        _expect(response, 404)
        return f"404: {route.provider} is not registered"
    _expect_from(response, str(route.provider))
    return f"to {route.provider}"


def _falls_through(client: httpx.Client, table: RouteTable) -> str:
    response = _ask(client, {"model": _NOT_A_MODEL})
    if response.status_code < 400:
        raise _FailedError(f"status {response.status_code}: is there such a model?")
    if table.default is None:
        _expect(response, 404)
        return "no provider takes it"
    _expect_from(response, table.default.name)
    return f"{table.default.name} answers {response.status_code}"


def _refused(client: httpx.Client, fields: dict[str, Any], status: int) -> str:
    response = _ask(client, fields)
    _expect(response, status)
    return str(response.json()["error"]["message"])[:120]


def _ask(client: httpx.Client, fields: dict[str, Any]) -> httpx.Response:
    return client.post(_CHAT, json={**_QUESTION, **fields})


def _expect(response: httpx.Response, status: int) -> None:
    if response.status_code != status:
        raise _FailedError(f"status {response.status_code}, not {status}: {response.text[:300]}")


def _expect_from(response: httpx.Response, provider: str) -> None:
    """Checks the provider that an upstream error names; a successful response needs no check."""
    if response.status_code >= 400 and provider not in response.text:
        raise _FailedError(f"status {response.status_code}, not from {provider}: {response.text[:300]}")
