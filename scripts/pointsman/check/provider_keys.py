"""Problems of the providers' keys: missing, malformed, another vendor's, or sent to the wrong place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from custom_providers.environment import base_urls
from custom_providers.environment.admission import base_url_variable
from custom_providers.keys.lookup import Key
from custom_providers.providers.account.questions import may_carry_a_key
from custom_providers.registry.problems import Problem, Severity
from custom_providers.registry.shapes import Violation
from pointsman.check.proving import base_url, stands_in
from pointsman.keys import key_shapes
from pointsman.sources.registration import Registration
from pointsman.sources.sources import Sources

_Found = Iterator[tuple[Violation, Severity]]


def problems(sources: Sources, found: Iterable[Registration], required: Collection[str]) -> Iterator[Problem]:
    """The problems of the keys of ``found``; providers named in ``required`` must have one."""
    for item in found:
        yield from _placed(sources, item, _key(item, required))


def warnings(sources: Sources, found: Iterable[Registration]) -> Iterator[Problem]:
    """What to know before keys are used: what cannot be a key, another vendor's key, and keys sent in the clear."""
    for item in found:
        if item.key is not None and item.status != "off":
            wrong = _misplaced if item.registered else _flawed
            yield from _placed(sources, item, wrong(item, item.key, "warning"))
        yield from _placed(sources, item, _destination(item))


def _placed(sources: Sources, item: Registration, violations: _Found) -> Iterator[Problem]:
    registry = sources.registry
    position = registry.providers.index(item.provider)
    for violation, severity in violations:
        path = ("provider", position, *violation.path)
        yield registry.positions.problem(replace(violation, path=path), severity=severity)


def _key(item: Registration, required: Collection[str]) -> _Found:
    """The problems of one provider's key, each at its field."""
    provider, key = item.provider, item.key
    for problem in item.problems:
        referred = bool(provider.auth_ref) and problem.startswith(provider.auth_ref)
        hint = "try `op read` with it by hand" if referred else "let this user read it"
        field = "auth_ref" if referred else "auth_fallback_files"
        yield _error(field, problem, f"{hint}, or remove it from the registry")
    if key is not None:
        yield from _found_key(item, key)
    elif provider.auth != "none" and provider.name in required:
        hint = f"`pointsman keys set {provider.name}`, set {provider.auth_env}, or name a file in auth_fallback_files"
        yield _error("auth_env", item.detail, hint)
    yield from _destination(item)


def _destination(item: Registration) -> _Found:
    provider, url = item.provider, base_url(item)
    if item.key is None or not url:
        return
    if not may_carry_a_key(url):
        message = f"the key is sent to {urlsplit(url).hostname} over plain http, which anyone on its path can read"
        yield _warning("base_url", message, "use https")
    elif not provider.custom_host and (host := base_urls.foreign_host(url, provider.profile)):
        # The registry's own base_url is refused there.
        variable = base_url_variable(provider.name)
        message = f"{variable} sends the key of {provider.name} to {host}, which is not a host of its vendor"
        yield _warning("base_url", message, f"unset {variable}; if {host} may have the key, set custom_host = true")


def _found_key(item: Registration, key: Key) -> _Found:
    provider, place = item.provider, stands_in(key)
    if wrong := [*_flawed(item, key, "error"), *_misplaced(item, key, "error")][:1]:
        yield from wrong
    elif not base_url(item):
        message = f'the key in {place} has the shape of neither Kimi system, so "auto" cannot decide'
        yield _error("base_url", message, "write the base URL, or check the key")
    elif reason := key_shapes.doubt(provider, key.value):
        hint = "check that it was copied whole; `pointsman check --live` asks the provider"
        yield _warning("auth_env", f"the key in {place} may not work: {reason}", hint)


def _flawed(item: Registration, key: Key, severity: Severity) -> _Found:
    if item.flaws:
        message = f"the key in {stands_in(key)} {' and '.join(item.flaws)}"
        yield Violation(path=("auth_env",), message=message, hint="put the whole key there"), severity


def _misplaced(item: Registration, key: Key, severity: Severity) -> _Found:
    if sentence := key_shapes.misplaced(item.provider, item.base_url, key.value, stands_in(key)):
        hint = f"put a key of {item.provider.name} there, and this one where it belongs"
        yield Violation(path=("auth_env",), message=sentence, hint=hint), severity


def _error(field: str, message: str, hint: str) -> tuple[Violation, Severity]:
    return Violation(path=(field,), message=message, hint=hint), "error"


def _warning(field: str, message: str, hint: str) -> tuple[Violation, Severity]:
    return Violation(path=(field,), message=message, hint=hint), "warning"
