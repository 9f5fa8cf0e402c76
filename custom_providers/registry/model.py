"""The registry as frozen values: what ``providers.toml`` says, with every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from custom_providers.gate.bounds import Bounds
from custom_providers.providers.profile import Auth, Profile, WireFamily
from custom_providers.registry.positions import Positions
from custom_providers.routing.resolver import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that the registry declares; prices are US dollars per million tokens."""

    id: str
    base_url: str = ""
    """Empty: its provider's."""
    context_window: int | None = None
    max_output_tokens: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    cached_input_price: float | None = None
    vision: bool | None = None
    reasoning: bool | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of requests that do not set them."""
    fallbacks: tuple[str, ...] = ()
    """In place of the provider's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One ``[[provider]]`` row with its profile's defaults filled in."""

    name: str
    profile: Profile
    base_url: str
    auth: Auth
    auth_env: str = ""
    """Empty when ``auth`` is ``none``."""
    auth_fallback_files: tuple[str, ...] = ()
    auth_ref: str = ""
    default_model: str
    enabled: bool = True
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    bare: tuple[str, ...]
    accepts: tuple[str, ...] = ()
    """Empty: every model."""
    models: tuple[Model, ...] = ()
    timeout: float
    """Seconds."""
    stream_timeout: float
    """Seconds, to the first byte and between any two."""
    retries: int = 3
    fallbacks: tuple[str, ...] = ()
    unattended: bool
    max_tokens_floor: int
    headers: Mapping[str, str] = field(default_factory=dict)
    user_agent: str = ""
    """Kimi only; empty: our own."""
    user_agent_risk_accepted: str = ""
    protocol: Literal["openai", "anthropic", ""] = ""
    """Kimi only; empty: as the identity decides."""

    @property
    def wire_family(self) -> WireFamily:
        """What it speaks."""
        return self.profile.wire_family


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The ``[gateway]`` table: the proxy itself."""

    default_provider: str | Literal[False] = "ollama"
    """False: a name that no rule takes is a 404."""
    host: str = "127.0.0.1"
    port: int = 4000
    workers: int | Literal["auto"] = 1
    master_key_env: str = "LITELLM_MASTER_KEY"
    database_url_env: str = ""
    redis_url_env: str = ""
    prometheus: bool = False
    """Whether LiteLLM serves its metrics at ``/metrics``."""
    bounds: Bounds = field(default_factory=Bounds)
    """``max_body_mb`` and its like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The ``[audit]`` table: one row for every call."""

    enabled: bool = True
    url_env: str = ""
    """Names the variable with a Postgres URL; empty: SQLite in the state directory."""
    store_text: bool = False
    """Whether prompts and answers are kept too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """The ``[alerts]`` table: the variables that hold the webhooks for alerts."""

    slack_webhook_env: str = ""
    discord_webhook_env: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything that ``providers.toml`` says."""

    sha256: str
    providers: tuple[Provider, ...]
    aliases: Mapping[str, str]
    """The name that each points to; one with a "*" matches every name of its form."""
    alias_options: Mapping[str, Options] = field(default_factory=dict)
    gateway: Gateway
    audit: Audit = field(default_factory=Audit)
    alerts: Alerts = field(default_factory=Alerts)
    positions: Positions = field(repr=False)

    @property
    def secret_variables(self) -> frozenset[str]:
        """The environment variables that it names; each holds a key, or a URL that may have one in it."""
        gateway, alerts = self.gateway, self.alerts
        names = {gateway.master_key_env, gateway.database_url_env, gateway.redis_url_env, self.audit.url_env}
        names |= {alerts.slack_webhook_env, alerts.discord_webhook_env}
        return frozenset(filter(None, names.union(provider.auth_env for provider in self.providers)))

    def provider(self, name: str) -> Provider:
        """The provider of that name.

        Raises:
            KeyError: none is declared.
        """
        for provider in self.providers:
            if provider.name == name:
                return provider
        raise KeyError(name)
