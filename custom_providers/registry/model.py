"""The registry as frozen values: what ``providers.toml`` says, with every default filled in.

A field made by ``declared`` is one of the file; see ``custom_providers.registry.tables``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from custom_providers.environment.listener import Listener
from custom_providers.providers.profile import Auth, Profile, WireFamily
from custom_providers.registry import values
from custom_providers.registry.positions import Positions
from custom_providers.registry.shapes import Either, Flag, ListOf, Never, Number, Text
from custom_providers.registry.tables import declared, record
from custom_providers.routing.resolver import Options
from custom_providers.server.gate.bounds import Bounds

_DEFAULTS = 'request parameters, for requests that do not set them, as in defaults = { reasoning_effort = "low" }'
_OWN_FALLBACKS = "model names to try when it fails, instead of the provider's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that the registry declares."""

    id: str = declared(values.MODEL, 'the provider\'s own model id, as in id = "kimi-k3"')
    base_url: str = declared(
        values.URL,
        "the API base for this model, if it differs from the provider's; no variable overrides it",
        default="",
    )
    context_window: int | None = declared(values.COUNT, "the most tokens that the model reads", default=None)
    max_output_tokens: int | None = declared(values.COUNT, "the most tokens that it writes", default=None)
    input_price: float | None = declared(values.PRICE, "US dollars per million prompt tokens", default=None)
    output_price: float | None = declared(values.PRICE, "US dollars per million completion tokens", default=None)
    cached_input_price: float | None = declared(
        values.PRICE, "US dollars per million prompt tokens read from the cache", default=None
    )
    vision: bool | None = declared(Flag(), "whether it accepts images", default=None)
    reasoning: bool | None = declared(Flag(), "whether it is a reasoning model", default=None)
    defaults: Mapping[str, Any] = declared(values.PARAMETERS, _DEFAULTS, default_factory=dict)
    fallbacks: tuple[str, ...] = declared(ListOf(item=values.MODEL), _OWN_FALLBACKS, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """An alias that is a table; any other is only the model's name."""

    model: str = declared(values.MODEL, 'the model it points to, as in model = "openai/gpt-6-luna"')
    defaults: Mapping[str, Any] = declared(values.PARAMETERS, _DEFAULTS, default_factory=dict)
    fallbacks: tuple[str, ...] = declared(ListOf(item=values.MODEL), _OWN_FALLBACKS, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One ``[[provider]]`` with its profile's defaults filled in."""

    name: str = declared(values.NAME, 'the provider\'s name, unique, as in name = "kimi"')
    base_url: str = declared(
        values.URL_OR_AUTO,
        'the API base, as in base_url = "https://openrouter.ai/api/v1"; "auto" (Kimi only): chosen by the key',
    )
    auth: Auth = declared(
        Text(choices=get_args(Auth)),
        'how the key is sent: auth = "none", "bearer", "x_api_key" or "api_key_query"',
    )
    auth_env: str = declared(
        values.VARIABLE, 'the environment variable that holds the key, as in auth_env = "KIMI_API_KEY"', default=""
    )
    auth_fallback_files: tuple[str, ...] = declared(
        ListOf(item=values.TEXT),
        "files to read, in order, if the variable is not set: .env (KEY=value), .json or .toml",
        default=(),
    )
    auth_ref: str = declared(
        values.SECRET_REFERENCE, "a 1Password secret reference, tried last: op://vault/item/field", default=""
    )
    custom_host: bool = declared(
        Flag(),
        "known names only; true: the key may go to a base_url that is not its vendor's host (false)",
        default=False,
    )
    default_model: str = declared(
        values.MODEL,
        'the upstream model for smoke tests and for requests without one, as in default_model = "gpt-oss:120b"',
    )
    profile: Profile = declared(
        Text(choices=get_args(WireFamily)),
        "the wire family; required unless the name is a known provider's",
        name="kind",
        from_profile=True,
    )
    enabled: bool = declared(
        Flag(), "false: declared but switched off; requests for its models get a 404", default=True
    )
    prefixes: tuple[str, ...] = declared(
        ListOf(item=values.PREFIX),
        'model names with this prefix go here, without the prefix, as in ["kimi/"]',
        from_profile=True,
    )
    suffixes: tuple[str, ...] = declared(
        ListOf(item=values.SUFFIX),
        'model names with this suffix go here, without the suffix, as in [":cloud", "-cloud"]',
        from_profile=True,
    )
    bare: tuple[str, ...] = declared(
        ListOf(item=values.GLOB), 'globs for names without "/" that go here, as in ["claude-*"]', from_profile=True
    )
    accepts: tuple[str, ...] = declared(
        ListOf(item=values.GLOB),
        "globs for the provider's models that may be called; any other is a 404 and is not sent",
        default=(),
    )
    models: tuple[Model, ...] = declared(
        ListOf(item=Either(first=values.MODEL, second=record(Model))),
        "models to list and price: each an id or a table",
        default=(),
    )
    timeout: float = declared(values.SECONDS, "seconds to wait for an answer (180; Kimi 600)", from_profile=True)
    stream_timeout: float = declared(
        values.SECONDS,
        "seconds to wait for a stream's first byte, and for each next one (as timeout)",
        from_profile=True,
    )
    retries: int = declared(Number(least=0, most=10, whole=True), "retries after a transient failure (3)", default=3)
    fallbacks: tuple[str, ...] = declared(
        ListOf(item=values.MODEL), "model names to try, in order, when its retries have failed", default=()
    )
    unattended: bool = declared(
        Flag(),
        "false: never used as a fallback or health-checked in the background (Kimi: false)",
        from_profile=True,
    )
    max_tokens_floor: int = declared(
        values.COUNT,
        "reasoning models: the smallest output budget to send (Kimi 1500); 0: no minimum",
        from_profile=True,
    )
    headers: Mapping[str, str] = declared(values.HEADERS, "extra request headers; never a key", default_factory=dict)
    user_agent: str = declared(
        values.USER_AGENT,
        'Kimi only: "caller" forwards the calling agent\'s User-Agent; any other value is sent as it is',
        default="",
    )
    user_agent_risk_accepted: str = declared(
        values.TEXT, 'Kimi only: "who, date" accepted the risk of another product\'s User-Agent', default=""
    )
    protocol: Literal["openai", "anthropic", ""] = declared(
        Text(choices=("openai", "anthropic")), "Kimi only: the protocol to use", default=""
    )

    @property
    def all_models(self) -> tuple[Model, ...]:
        """The declared models, and last the default model if it is not one of them."""
        if any(model.id == self.default_model for model in self.models):
            return self.models
        return (*self.models, Model(id=self.default_model))

    @property
    def wire_family(self) -> WireFamily:
        """What it speaks."""
        return self.profile.wire_family


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The ``[gateway]`` table: the proxy itself."""

    default_provider: str | Literal[False] = declared(
        Either(first=values.NAME, second=Never()),
        "the provider for names that no rule matches (ollama); false: they get a 404",
        default="ollama",
    )
    host: str = declared(values.TEXT, "the address to listen on (127.0.0.1)", default="127.0.0.1")
    port: int = declared(Number(least=1, most=65_535, whole=True), "the port to listen on (4000)", default=4000)
    workers: int | Literal["auto"] = declared(
        Either(first=Text(choices=("auto",)), second=Number(least=1, most=256, whole=True)),
        'worker processes (1); "auto": one per core',
        default=1,
    )
    master_key_env: str = declared(
        values.VARIABLE, "the variable that holds the master key (LITELLM_MASTER_KEY)", default="LITELLM_MASTER_KEY"
    )
    database_url_env: str = declared(
        values.VARIABLE,
        "the variable that holds the Postgres URL; set it for the admin UI and virtual keys",
        default="",
    )
    redis_url_env: str = declared(
        values.VARIABLE,
        "the variable that holds the Redis URL; set it for several machines or workers, so that they "
        "share key limits, budgets and cooldowns",
        default="",
    )
    prometheus: bool = declared(
        Flag(), "true: Prometheus metrics at /metrics, which needs a key (false)", default=False
    )
    bounds: Bounds = field(default_factory=Bounds)
    """Its fields are fields of ``[gateway]`` too."""

    @property
    def listener(self) -> Listener:
        """Where it listens."""
        return Listener(host=self.host, port=self.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The ``[audit]`` table: one row for every call."""

    enabled: bool = declared(Flag(), "false: calls are not recorded (true)", default=True)
    url_env: str = declared(
        values.VARIABLE,
        "the variable that holds a Postgres URL; if not set, rows go to SQLite in the state directory",
        default="",
    )
    store_text: bool = declared(Flag(), "true: rows also hold prompts and answers (false)", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """The ``[alerts]`` table: where alerts are sent."""

    slack_webhook_env: str = declared(values.VARIABLE, "the variable that holds a Slack webhook's URL", default="")
    discord_webhook_env: str = declared(values.VARIABLE, "the variable that holds a Discord webhook's URL", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything that ``providers.toml`` says."""

    sha256: str
    """Of what the file says: comments, layout and the order of keys have no part in it."""
    providers: tuple[Provider, ...]
    aliases: Mapping[str, str]
    """By alias, the name that it points to; an alias with a "*" is a pattern."""
    alias_options: Mapping[str, Options] = field(default_factory=dict)
    gateway: Gateway
    audit: Audit = field(default_factory=Audit)
    alerts: Alerts = field(default_factory=Alerts)
    positions: Positions = field(repr=False)

    @property
    def secret_variables(self) -> frozenset[str]:
        """The environment variables that it names; each holds a key, or a URL that may contain one."""
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
