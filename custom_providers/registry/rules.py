"""The rules between fields, providers, aliases and fallbacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from custom_providers.environment import base_urls
from custom_providers.keys.redaction import shown
from custom_providers.providers.known import KNOWN, profile_of
from custom_providers.providers.profile import Profile, WireFamily
from custom_providers.providers.wire.families import FAMILIES
from custom_providers.registry.model import Provider, Registry
from custom_providers.registry.shapes import Path, Violation, similar
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import compile_table, final_target

_KEY_HEADERS = frozenset({"authorization", "x-api-key", "x-goog-api-key", "api-key", "cookie"})
_NEEDS_A_KEY = ("auth_env", "auth_fallback_files", "auth_ref")
_KIMI_ONLY = ("user_agent", "user_agent_risk_accepted", "protocol")


def within_provider(table: Mapping[str, Any], path: Path) -> Iterator[Violation]:
    """The problems within the ``[[provider]]`` table at ``path``, whose fields have valid shapes."""
    try:
        profile = profile_of(table["name"], table.get("kind"))
    except KeyError:
        close = similar(table["name"], KNOWN)
        meant = f'did you mean "{close}"? if not, ' if close else ""
        yield Violation(
            path=(*path, "kind"),
            message=f'is missing, and "{table["name"]}" is not a known provider',
            hint=f'{meant}set its wire family, as in kind = "openai"; known names: {", ".join(KNOWN)}',
        )
        return
    yield from _key(table, profile.wire_family, path)
    yield from _kimi(table, profile.wire_family, path)
    yield from _host(table, profile, path)


def _key(table: Mapping[str, Any], family: WireFamily, path: Path) -> Iterator[Violation]:
    auth = table["auth"]
    if auth not in FAMILIES[family].auths:
        yield Violation(
            path=(*path, "auth"),
            message=f'"{auth}" does not work with kind "{family}"',
            hint=f"allowed: {', '.join(FAMILIES[family].auths)}",
        )
    if auth != "none" and "auth_env" not in table:
        yield Violation(
            path=(*path, "auth_env"),
            message=f'is missing, and auth is "{auth}"',
            hint=f'name the variable that holds it, as in auth_env = "{table["name"].upper()}_API_KEY"',
        )
    for name in _NEEDS_A_KEY:
        if auth == "none" and name in table:
            hint = "remove it, or set auth to the way the key is sent"
            yield Violation(path=(*path, name), message='not allowed with auth = "none"', hint=hint)
    for header in table.get("headers", {}):
        if header.lower() in _KEY_HEADERS:
            hint = "name the key's variable in auth_env; auth decides how it is sent"
            yield Violation(path=(*path, "headers", header), message="would hold a key", hint=hint)


def _kimi(table: Mapping[str, Any], family: WireFamily, path: Path) -> Iterator[Violation]:
    if family != "kimi":
        for name in _KIMI_ONLY:
            if name in table:
                yield Violation(path=(*path, name), message="is for Kimi only", hint="set other headers in `headers`")
        if table["base_url"] == "auto":
            yield Violation(path=(*path, "base_url"), message='"auto" is for Kimi only', hint="give the API's URL")


def _host(table: Mapping[str, Any], profile: Profile, path: Path) -> Iterator[Violation]:
    """A known provider's key goes to its vendor, or stays on this machine."""
    if table["auth"] == "none" or table.get("custom_host"):
        return
    models = enumerate(table.get("models", ()))
    own = ((("models", item, "base_url"), model) for item, model in models if isinstance(model, Mapping))
    for place, holder in ((("base_url",), table), *own):
        if host := base_urls.foreign_host(holder.get("base_url", base_urls.AUTO), profile):
            yield Violation(
                path=(*path, *place),
                message=f"{shown(host)} is not a host of {profile.name}'s vendor, and would get its key",
                hint=f"allowed: {', '.join(profile.home)} and this machine; for a gateway, declare a provider with"
                f' another name and kind = "{profile.wire_family}"; or set custom_host = true',
            )


def between_providers(registry: Registry) -> Iterator[Violation]:
    """The problems between providers, aliases, fallbacks and the gateway table."""
    yield from _duplicates(registry)
    names = [provider.name for provider in registry.providers]
    default = registry.gateway.default_provider
    if default is not False and default not in names:
        yield Violation(
            path=("gateway", "default_provider"),
            message=f'no provider is named "{default}"',
            hint=f"declared: {', '.join(names) or 'none'}; false: such names get a 404",
        )
        return
    circles = list(_circles(registry.aliases))
    yield from circles
    if not circles:
        table = compile_table(registry, frozenset(names))
        for alias, target in registry.aliases.items():
            yield from _target(table, target, ("aliases", alias))
        for path, targets in _fallback_lists(registry):
            for item, target in enumerate(targets):
                yield from _fallback(table, target, (*path, "fallbacks", item))


def _fallback_lists(registry: Registry) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for position, provider in enumerate(registry.providers):
        yield ("provider", position), provider.fallbacks
        for item, model in enumerate(provider.models):
            yield ("provider", position, "models", item), model.fallbacks
    for alias, options in registry.alias_options.items():
        yield ("aliases", alias), options.fallbacks


def _duplicates(registry: Registry) -> Iterator[Violation]:
    owners: dict[tuple[str, str], int] = {}
    for position, provider in enumerate(registry.providers):
        for field, value in _claims(provider):
            # A provider's name is a prefix too: its deployments are called "<name>/<model>".
            claim = ("prefixes", f"{value}/") if field == "name" else (field, value)
            owner = owners.setdefault(claim, position)
            if owner != position:
                yield Violation(
                    path=("provider", position, field),
                    message=f'"{value}" already belongs to provider "{registry.providers[owner].name}"',
                    hint="a name, prefix, suffix or bare glob can belong to one provider only",
                )
                if registry.providers[owner].name == provider.name:
                    break  # the other claims of a provider that is declared twice are duplicates too
        counts = Counter(model.id for model in provider.models)
        for model_id in (model_id for model_id, count in counts.items() if count > 1):
            path: Path = ("provider", position, "models")
            yield Violation(path=path, message=f'"{model_id}" is declared twice', hint="remove one of the two")


def _claims(provider: Provider) -> Iterator[tuple[str, str]]:
    yield "name", provider.name
    yield from (("prefixes", prefix) for prefix in provider.prefixes if prefix != f"{provider.name}/")
    yield from (("suffixes", suffix) for suffix in provider.suffixes)
    yield from (("bare", glob) for glob in provider.bare)


def _circles(aliases: Mapping[str, str]) -> Iterator[Violation]:
    for alias in aliases:
        try:
            final_target(aliases, alias)
        except ValueError as circle:
            hint = 'let one of them name a provider\'s model, as in "kimi/kimi-for-coding"'
            yield Violation(path=("aliases", alias), message=f"forms a loop: {circle}", hint=hint)


def _target(table: RouteTable, target: str, path: Path) -> Iterator[Violation]:
    route = table.resolve(target)
    if route.rule == "invalid":
        yield Violation(path=path, message=f'"{target}": {route.message}', hint="name a provider's model")
    elif route.rule == "default" and (table.default is None or "/" in target):
        default = table.default and table.default.name
        remedy = f"or write {default}/{target} if {default} serves it" if default else "begin it with a provider's name"
        yield Violation(
            path=path,
            message=f'no provider has the prefix of "{target}"',
            hint=f"{_nearest(table, target)}{remedy}",
        )
    elif route.status != 200 and table.providers[str(route.provider)].enabled:
        yield Violation(path=path, message=f'"{target}": {route.message}', hint="name a model that is served")


def _fallback(table: RouteTable, target: str, path: Path) -> Iterator[Violation]:
    yield from _target(table, target, path)
    route = table.resolve(target)
    if route.provider and not table.providers[route.provider].unattended:
        yield Violation(
            path=path,
            message=f'"{target}" goes to "{route.provider}", which does not allow unattended use (unattended = false)',
            hint="name another provider's model; this provider only serves explicit requests",
        )


def _nearest(table: RouteTable, target: str) -> str:
    prefixes = sorted(
        {prefix for provider in table.providers.values() for prefix in (*provider.prefixes, f"{provider.name}/")}
    )
    close = similar(target.partition("/")[0] + "/", prefixes)
    return f'did you mean "{close}{target.partition("/")[2]}"? ' if close else f"declared: {', '.join(prefixes)}; "
