"""Groups deployments into providers: one per base URL, protocol and key. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Auth, WireFamily
from pointsman.importer.deployments import Deployment
from pointsman.importer.prefixes import OURS

_AUTH: dict[WireFamily, Auth] = {
    "openai": "bearer",
    "anthropic": "x_api_key",
    "ollama": "bearer",
    "gemini": "x_api_key",
    "kimi": "bearer",
}
_NEEDS_KEY = frozenset({"anthropic", "gemini", "kimi"})
_GENERIC = frozenset({"openai", "openai_like", "custom_openai", "text-completion-openai", "ollama_chat"})
"""Prefixes that do not identify a vendor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The deployments that become one provider."""

    name: str
    deployments: Sequence[Deployment]
    key_env: str
    """Empty if it needs no key."""

    @property
    def known(self) -> bool:
        """Whether it is a known provider, which needs no ``kind``."""
        return self.name in KNOWN

    @property
    def _family(self) -> WireFamily:
        return KNOWN[self.name].wire_family if self.known else self.deployments[0].wire.family

    @property
    def default_model(self) -> str:
        """The first named model; empty if there are only patterns."""
        named = (item.model for item in self.deployments if "*" not in item.model)
        setup = KNOWN[self.name].setup if self.known else None
        return next(named, setup.default_model if setup else "")

    @property
    def key(self) -> str:
        """A key that is written in the config."""
        return self.deployments[0].key

    def table(self) -> dict[str, Any]:
        """The provider's fields in the registry."""
        first = self.deployments[0]
        family = self._family
        auth = _AUTH[family] if self.key_env else "none"
        return {
            "name": self.name,
            **({} if self.known else {"kind": family}),
            "base_url": first.base_url,
            "auth": auth,
            **({"auth_env": self.key_env} if self.key_env else {}),
            "default_model": self.default_model or "default",
            **self._extra(),
            **({"models": models} if (models := self._models()) else {}),
        }

    def _extra(self) -> dict[str, Any]:
        """Timeouts, retries and headers; of different timeouts, the longest."""
        found: dict[str, Any] = {}
        for name in ("timeout", "stream_timeout"):
            if values := [item.timeouts[name] for item in self.deployments if name in item.timeouts]:
                found[name] = max(values)
        if retries := [item.retries for item in self.deployments if item.retries is not None]:
            found["retries"] = max(retries)
        headers = dict(self.deployments[0].headers)
        if any(item.headers != headers for item in self.deployments):
            return found
        for name in [name for name in headers if self._family == "kimi" and name.lower() == "user-agent"]:
            # Kimi's identity is a field; this header is never sent to it.
            found["user_agent"] = headers.pop(name)
        return {**found, **({"headers": headers} if headers else {})}

    def _models(self) -> list[Any]:
        facts: dict[str, dict[str, Any]] = {}
        for item in self.deployments:
            if "*" not in item.model:
                facts.setdefault(item.model, {}).update(item.facts)
        return [{"id": name, **known} if known else name for name, known in facts.items()]


def groups(deployments: Iterable[Deployment]) -> tuple[Group, ...]:
    """One group per base URL, protocol and key, in the order of the config."""
    sorted_by: dict[tuple[str, ...], list[Deployment]] = {}
    for item in deployments:
        sorted_by.setdefault((item.wire.family, item.base_url, item.key_env, item.key), []).append(item)
    found: list[Group] = []
    for members in sorted_by.values():
        name = _unused(_name(members[0]), {group.name for group in found})
        variables = {group.key_env for group in found}
        found.append(Group(name=name, deployments=tuple(members), key_env=_variable(members[0], name, variables)))
    return tuple(found)


def _variable(item: Deployment, name: str, taken: Iterable[str]) -> str:
    if item.key_env:
        return item.key_env
    if item.key:
        usual = item.wire.key_env if OURS.get(item.base_url) == name else ""
        wanted = usual or f"{name.upper()}_API_KEY"
        return _unused(wanted, taken)
    return f"{name.upper()}_API_KEY" if item.wire.family in _NEEDS_KEY else ""


def _name(item: Deployment) -> str:
    known = OURS.get(item.base_url, "")
    # LiteLLM's entries name one of Kimi's two protocols; the known provider speaks both.
    if known and KNOWN[known].wire_family in {item.wire.family, "kimi"}:
        return known
    if item.prefix not in _GENERIC and item.prefix not in KNOWN and item.wire.family != "anthropic":
        return item.prefix.removeprefix("hosted_").replace("-", "_")
    return _of_host(item.base_url)


def _of_host(base_url: str) -> str:
    """A provider's name from its host: ``together`` for api.together.xyz, ``host_10_0_0_5`` for 10.0.0.5."""
    host = urlsplit(base_url).hostname or "provider"
    labels = host.split(".")
    if not labels[-1].isdigit() and len(labels) > 1:
        labels = [label for label in labels[:-1] if label not in ("api", "www")] or labels
    name = re.sub(r"[^a-z0-9]+", "_", "_".join(labels).lower()).strip("_")
    return name if name and not name[0].isdigit() and name not in KNOWN else f"host_{name or 'unnamed'}"


def _unused(name: str, taken: Iterable[str]) -> str:
    used = set(taken)
    numbered = (f"{name}_{number}" for number in range(2, 1000))
    return name if name not in used else next(other for other in numbered if other not in used)
