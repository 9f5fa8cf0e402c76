"""Each provider's key and base URL from the environment, cleaned and checked; used by proxy and command alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.environment import base_urls, listener
from custom_providers.environment.base_urls import BaseUrl
from custom_providers.environment.listener import Listener
from custom_providers.environment.text import cleaned
from custom_providers.keys.lookup import Search, in_environment
from custom_providers.providers.known import api_base
from custom_providers.providers.profile import WireFamily
from custom_providers.routing.resolver import ProviderRoute


def base_url_variable(name: str) -> str:
    """The variable that overrides the base URL of the provider ``name``."""
    return f"{name.upper()}_BASE_URL"


def override(name: str, family: WireFamily, env: Mapping[str, str], own: Listener | None) -> BaseUrl:
    """The base URL that ``env`` sets for a provider; neither value nor flaw if it sets none."""
    variable = base_url_variable(name)
    text = cleaned(env.get(variable, ""), variable)
    if not text:
        return BaseUrl()
    url = base_urls.judged(text, family)
    if own and url.value not in {"", base_urls.AUTO} and own.is_at(url.value, listener.addresses_of):
        return BaseUrl(flaw=listener.FLAW)
    return url


def obstacle(*, enabled: bool, name: str, search: Search | None, url: BaseUrl) -> str:
    """Why a provider is not registered, as a clause; empty if it is.

    Args:
        enabled: what the registry says.
        name: the provider's.
        search: where its key was looked for; None if it needs none.
        url: the override of its base URL.
    """
    if not enabled:
        return "enabled = false"
    if url.flaw:
        return f"${base_url_variable(name)} {url.flaw}"
    if search is None:
        return ""
    if search.key is None:
        return f"no key: {'; '.join(search.looked)}"
    return f"the key from {search.key.source} {' and '.join(search.flaws)}" if search.flaws else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """One provider as the proxy may use it."""

    provider: ProviderRoute
    obstacle: str
    """Why it is not registered; empty if it is."""
    key: str = field(default="", repr=False)
    """Cleaned; empty if it needs none or has none that can be sent."""
    base_url: BaseUrl
    """The override; without a value, the registry's is used."""
    flawed: bool
    """Whether its key or its URL is set and cannot be used."""


def admissions(providers: Iterable[ProviderRoute], env: Mapping[str, str]) -> dict[str, Admission]:
    """Every provider by name, with what ``env`` says about it."""
    own = listener.parsed(env.get(listener.VARIABLE, ""))
    return {provider.name: _admission(provider, env, own) for provider in providers}


def _admission(provider: ProviderRoute, env: Mapping[str, str], own: Listener | None) -> Admission:
    search = in_environment(provider.auth_env, env) if provider.auth_env else None
    url = override(provider.name, provider.wire_family, env, own)
    usable = search and search.key and not search.flaws
    return Admission(
        provider=provider,
        obstacle=obstacle(enabled=provider.enabled, name=provider.name, search=search, url=url),
        key=search.key.value if usable and search and search.key else "",
        base_url=url,
        flawed=provider.enabled and bool(url.flaw or (search and search.flaws)),
    )


def applied(params: Mapping[str, Any], item: Admission) -> dict[str, Any]:
    """LiteLLM's parameters of one deployment, with the cleaned key and base URL.

    LiteLLM resolves its ``os.environ/`` references before our code runs, to the variables' raw values.
    """
    own = {"api_key": item.key, "api_base": api_base(item.base_url.value, params["model"].partition("/")[0])}
    changed = {**params, **{name: value for name, value in own.items() if value}}
    if item.base_url.value == base_urls.AUTO:
        del changed["api_base"]
    return changed


def require_clean(name: str, env: Mapping[str, str]) -> None:
    """Requires a clean master key: LiteLLM reads it before our code runs.

    Raises:
        ValueError: it is not clean, so no client could send it.
    """
    value = env.get(name, "")
    if value != cleaned(value, name):
        raise ValueError(f"{name} has a line break, blanks or quotes around it: no client could send that key as it is")


def settled(admitted: Iterable[Admission], env: Mapping[str, str]) -> dict[str, str]:
    """The variables of ``env`` whose cleaned value differs, for LiteLLM's own references to them."""
    found: dict[str, str] = {}
    for item in admitted:
        if item.key:
            found[item.provider.auth_env] = item.key
        if item.base_url.value:
            found[base_url_variable(item.provider.name)] = item.base_url.value
    return {name: value for name, value in found.items() if env.get(name) != value}
