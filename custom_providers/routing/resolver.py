"""Where a model name goes: the one resolver behind the proxy's hook and ``pointsman route``.

Rules, first match wins: a ``provider`` in the request, an exact alias, the longest declared prefix, a
declared suffix, an alias with a "*", a glob of bare names, the default provider. A provider that is
matched but cannot serve answers 404; nothing falls through to a later rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from custom_providers.providers.profile import WireFamily
from custom_providers.registry.shapes import similar

Rule = Literal["provider", "alias", "prefix", "suffix", "bare", "default", "invalid"]

NO_NAME = "the model must be a name that is not empty"
MAX_NAME = 512
"""Characters; no provider has a longer model id."""

NOT_IN_NAMES = r",?#%\\"
"""Characters, written for a regular expression's brackets; "*" is allowed only in patterns of names."""

_NOT_A_NAME = re.compile(rf"[*{NOT_IN_NAMES}]|(?:^|/)\.\.?(?:/|$)")
"""What LiteLLM reads as a list or a pattern, and what ends or leaves a URL's path: Gemini's model names are part of the
URL, where ``%2e%2e%2f`` acts like ``../``."""


class Route(NamedTuple):
    """The result for one request; the same in the hook and in ``pointsman route --json``."""

    model: str | None
    """The name as the client sent it."""
    provider: str | None
    upstream_model: str | None
    deployment: str | None
    """``<provider>/<upstream_model>``: the name that LiteLLM routes by."""
    rule: Rule
    status: int
    """200, 400 (no usable name) or 404 (no provider serves it)."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRoute:
    """What the proxy needs to know about one provider."""

    name: str
    default_model: str
    enabled: bool = True
    auth_env: str = ""
    """Empty: it needs no key."""
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    """Globs of upstream models; empty: every model."""
    refuses: tuple[str, ...] = ()
    """Globs of upstream models that need an API that is not supported."""
    fallbacks: tuple[str, ...] = ()
    """Model names, in order."""
    unattended: bool = True
    wire_family: WireFamily = "openai"
    bearer: bool = False
    """Whether Anthropic's protocol needs the key in ``Authorization: Bearer``, as gateways do."""
    session_header: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of an alias or a declared model."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of requests that do not set them."""
    fallbacks: tuple[str, ...] = ()
    """Model names, instead of the provider's."""


class _Glob(NamedTuple):
    pattern: str
    owner: ProviderRoute


class RouteTable:
    """The providers, indexed so that a lookup takes the same time for ten providers and for two hundred."""

    def __init__(  # noqa: PLR0913 -- the parts of a table, each by its name
        self,
        *,
        providers: tuple[ProviderRoute, ...],
        aliases: Mapping[str, str],
        default_provider: str | None,
        options: Mapping[str, Options] | None = None,
        registered: frozenset[str],
        obstacles: Mapping[str, str] | None = None,
    ) -> None:
        self.providers = {owner.name: owner for owner in providers}
        self.aliases = {alias: target for alias, target in aliases.items() if "*" not in alias}
        self.alias_globs = {alias: target for alias, target in aliases.items() if "*" in alias}
        self.options = options or {}
        """By alias, and by deployment name."""
        self.default = self.providers[default_provider] if default_provider else None
        """None: a name that no rule matches is a 404."""
        self.registered = registered
        """The providers that can be called: enabled, with a key if they need one."""
        self._obstacles = obstacles or {}
        """By name, why a provider is not registered, if the reason is not just a missing key."""
        self._prefixes = {prefix: owner for owner in providers for prefix in (*owner.prefixes, f"{owner.name}/")}
        self._suffixes = {suffix: owner for owner in providers for suffix in owner.suffixes}
        globs: dict[str, list[_Glob]] = {}
        claims = [(glob, owner) for owner in providers for glob in owner.bare]
        for glob, owner in sorted(claims, key=lambda claim: -len(claim[0])):
            globs.setdefault(glob.partition("*")[0], []).append(_Glob(glob, owner))
        self._globs = globs
        self._glob_starts = sorted({len(start) for start in globs}, reverse=True)
        narrow_first = sorted(self.alias_globs, key=lambda glob: (-len(glob.partition("*")[0]), -len(glob)))
        self._alias_globs = narrow_first

    def resolve(self, model: object, provider: object = None) -> Route:
        """The route of a request for ``model``.

        A ``provider`` that is not a string is OpenRouter's own parameter and does not route.
        """
        asked = provider if isinstance(provider, str) else None
        if model is None:
            return _invalid(None, "the request names no model") if asked is None else self._by_provider(None, asked)
        if not isinstance(model, str) or not model.strip():
            return _invalid(None, NO_NAME)
        if not is_name(model):
            return _invalid(
                model[:MAX_NAME],
                r"this is not a model name: it contains one of , * ? # % \, a '..', a control character,"
                f" or more than {MAX_NAME} characters",
            )
        if asked is not None:
            return self._by_provider(model, asked)
        if model in self.aliases:
            return self._by_name(model, self.aliases[model], aliased=True)._replace(rule="alias")
        return self._by_name(model, model)

    def _by_provider(self, model: str | None, asked: str) -> Route:
        owner = self.providers.get(asked)
        if owner is None:
            message = f"no such provider; registered: {', '.join(sorted(self.registered)) or 'none'}"
            return Route(model, asked[:MAX_NAME], None, None, "provider", 404, message)
        upstream = owner.default_model if model is None else self._without_prefix(model, owner)
        return self._served(model, owner, upstream, "provider")

    def _by_name(self, model: str, name: str, *, aliased: bool = False) -> Route:
        for start in _starts(name):
            if owner := self._prefixes.get(start):
                return self._served(model, owner, name[len(start) :], "prefix")
        for end in _ends(name):
            if owner := self._suffixes.get(end):
                return self._served(model, owner, name, "suffix")
        if not aliased and (alias := self.alias_glob(name)):
            return self._by_name(model, self.alias_globs[alias], aliased=True)._replace(rule="alias")
        if "/" not in name and (bare := self._bare(name)):
            return self._served(model, bare, name, "bare")
        if self.default is None:
            message = f"no provider takes this name{self.suggestion(name)}"
            return Route(model, None, None, None, "default", 404, message)
        return self._served(model, self.default, name, "default")

    def alias_glob(self, name: str) -> str | None:
        """The alias with a "*" that matches ``name``: the one with the longest literal start."""
        if "/" in name:
            return None
        return next((glob for glob in self._alias_globs if _matches(glob, name)), None)

    def options_of(self, route: Route) -> Options:
        """The settings of the route's alias, which override its model's."""
        own = self.options.get(str(route.deployment), Options())
        alias = (route.model if route.model in self.aliases else self.alias_glob(route.model)) if route.model else None
        asked = self.options.get(alias) if alias and route.rule == "alias" else None
        if asked is None:
            return own
        return Options(defaults={**own.defaults, **asked.defaults}, fallbacks=asked.fallbacks or own.fallbacks)

    def fallbacks_of(self, route: Route) -> list[str]:
        """The deployments to try if that of ``route`` fails, without those that cannot serve now."""
        names = self.options_of(route).fallbacks or self.providers[str(route.provider)].fallbacks
        found = (self.resolve(name) for name in names)
        return [
            str(other.deployment) for other in found if other.status == 200 and other.deployment != route.deployment
        ]

    def suggestion(self, name: str) -> str:
        """A "did you mean" clause if the prefix of ``name`` looks like a typo of a known one; else empty."""
        start, slash, rest = name.partition("/")
        close = similar(f"{start}/", self._prefixes) if slash else ""
        return f'; did you mean "{close}{rest}"?' if close else ""

    def _bare(self, name: str) -> ProviderRoute | None:
        for length in self._glob_starts:
            for glob in self._globs.get(name[:length], ()):
                if _matches(glob.pattern, name):
                    return glob.owner
        return None

    def _without_prefix(self, name: str, owner: ProviderRoute) -> str:
        own = (start for start in _starts(name) if self._prefixes.get(start) is owner)
        return name[len(next(own, "")) :]

    def _served(self, model: str | None, owner: ProviderRoute, upstream: str, rule: Rule) -> Route:
        while owner.suffixes and (
            suffix := next((end for end in _ends(upstream) if self._suffixes.get(end) is owner), "")
        ):
            upstream = upstream.removesuffix(suffix)
        if not upstream.strip():
            return _invalid(model, f'without its prefix or suffix, the name is empty for provider "{owner.name}"')
        status, message = 200, ""
        if not owner.enabled:
            status, message = 404, f'provider "{owner.name}" is switched off: enabled = false in the registry'
        elif owner.name not in self.registered:
            remedy = self._obstacles.get(owner.name) or f"set {owner.auth_env}"
            status = 404
            message = f'provider "{owner.name}" is not registered: {remedy}, then reload or restart the proxy'
        elif owner.accepts and not matches_one(owner.accepts, upstream):
            status, message = 404, f'provider "{owner.name}" serves {", ".join(owner.accepts)} only'
        elif matches_one(owner.refuses, upstream):
            status, message = 404, f'provider "{owner.name}" serves {", ".join(owner.refuses)} by another API only'
        return Route(model, owner.name, upstream, f"{owner.name}/{upstream}", rule, status, message)


def is_name(text: str) -> bool:
    """Whether ``text`` can be a model's name, or begin or end one; the rule applies to the registry too."""
    return len(text) <= MAX_NAME and text.isprintable() and not _NOT_A_NAME.search(text)


def _invalid(model: str | None, message: str) -> Route:
    return Route(model, None, None, None, "invalid", 400, message)


def _starts(name: str) -> Iterator[str]:
    """Every start of ``name`` that ends in a slash, the longest first."""
    slash = name.rfind("/")
    while slash >= 0:
        yield name[: slash + 1]
        slash = name.rfind("/", 0, slash)


def _ends(name: str) -> Iterator[str]:
    """The tag (``:cloud``), then each end of a tag that follows a dash (``-cloud`` in ``120b-cloud``)."""
    colon = name.rfind(":")
    if colon < 0 or "/" in name[colon:]:
        return
    yield name[colon:]
    dash = name.find("-", colon + 2)
    while dash >= 0:
        yield name[dash:]
        dash = name.find("-", dash + 1)


def matches_one(globs: Iterable[str], name: str) -> bool:
    """Whether one of ``globs``, in which only ``*`` is special, matches ``name``."""
    return any(_matches(glob, name) for glob in globs)


def _matches(glob: str, name: str) -> bool:
    """Whether ``glob`` matches ``name``, without the backtracking of a regular expression."""
    start, *inner = glob.split("*")
    if not inner:
        return glob == name
    *middle, end = inner
    position, last = len(start), len(name) - len(end)
    if last < position or not (name.startswith(start) and name.endswith(end)):
        return False
    for part in middle:
        found = name.find(part, position, last)
        if found < 0:
            return False
        position = found + len(part)
    return True
