"""The format of ``providers.toml`` as data: every table, field, type and its one-line documentation.

The validation in ``registry`` and the JSON Schema for editors both come from here.
"""

from __future__ import annotations

from custom_providers.environment import base_urls
from custom_providers.registry.shapes import Anything, Either, Field, Flag, ListOf, Never, Number, Record, TableOf, Text
from custom_providers.request.field_types import is_header
from custom_providers.routing.resolver import NOT_IN_NAMES, is_name

_NAME = Text(pattern=r"^[a-z0-9_]+$", expects="lower-case letters, digits and underscores")
_VARIABLE = Text(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", expects="the name of an environment variable, not its value")
_NO_NAME = rf"\x00-\x20\x7f{NOT_IN_NAMES}"
_MODEL = Text(
    pattern=rf"^[^*{_NO_NAME}]+$",
    holds=is_name,
    expects='one model name: no spaces, none of , * ? # % \\ and no ".."',
)
_GLOB = Text(
    pattern=rf"^[^{_NO_NAME}]+$",
    holds=lambda glob: is_name(glob.replace("*", "x")),
    expects='a model name, where "*" matches anything: no spaces, none of , ? # % \\ and no ".."',
)
_PREFIX = Text(
    pattern=rf"^[^*{_NO_NAME}]+/$",
    holds=is_name,
    expects='a name that ends in "/", as in "kimi/": no spaces, none of , * ? # % \\ and no ".."',
)
_SUFFIX = Text(
    pattern=rf"^[:-][^*/:{_NO_NAME}]+$",
    holds=is_name,
    expects='":tag" or "-ending" (inside a tag), as in ":cloud": no spaces, none of , * / ? # % \\',
)
_ALIAS = Text(
    pattern=rf"^([^*{NOT_IN_NAMES}]+|[^/{NOT_IN_NAMES}]+)$",
    holds=lambda alias: is_name(alias.replace("*", "x")),
    expects='a name with none of , ? # % \\ and no ".."; in one without "/", "*" matches anything',
)
_HEADER_NAME = Text(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", expects="a header name, as in X-Title")
_HEADER_VALUE = Text(
    pattern=r"^[\x20-\x7e]+$", holds=is_header, expects="printable ASCII that neither begins nor ends with a space"
)
_SECONDS = Number(least=1, most=86_400, unit="seconds")
_COUNT = Number(least=0, most=1_000_000_000, whole=True)
_PRICE = Number(least=0, most=1_000_000, unit="US dollars per million tokens")
_URL = Text(
    pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$",
    holds=lambda url: not base_urls.flaw_of(url),
    expects=base_urls.EXPECTS,
)
_TEXT = Text()

NOT_A_DEFAULT = frozenset(
    {
        *("model", "provider", "messages", "input", "prompt", "system", "instructions", "stream", "fallbacks"),
        *("user", "metadata", "api_key", "api_base", "base_url", "headers", "extra_headers", "timeout"),
    }
)
"""What a request is about, who asks and where it goes; not how it is answered."""

_DEFAULTS = Field(
    name="defaults",
    shape=TableOf(
        key=Text(
            pattern=r"^[a-z][a-z0-9_]*$",
            holds=lambda name: name not in NOT_A_DEFAULT,
            expects="a request parameter that controls the answer, such as temperature or reasoning_effort",
        ),
        value=Anything(),
    ),
    doc='request parameters, for requests that do not set them, as in defaults = { reasoning_effort = "low" }',
)
_OWN_FALLBACKS = Field(
    name="fallbacks", shape=ListOf(item=_MODEL), doc="model names to try when it fails, instead of the provider's"
)

MODEL = Record(
    fields=(
        Field(name="id", shape=_MODEL, required=True, doc='the provider\'s own model id, as in id = "kimi-k3"'),
        Field(
            name="base_url",
            shape=_URL,
            doc="the API base for this model, if it differs from the provider's; no variable overrides it",
        ),
        Field(name="context_window", shape=_COUNT, doc="the most tokens that the model reads"),
        Field(name="max_output_tokens", shape=_COUNT, doc="the most tokens that it writes"),
        Field(name="input_price", shape=_PRICE, doc="US dollars per million prompt tokens"),
        Field(name="output_price", shape=_PRICE, doc="US dollars per million completion tokens"),
        Field(
            name="cached_input_price",
            shape=_PRICE,
            doc="US dollars per million prompt tokens read from the cache",
        ),
        Field(name="vision", shape=Flag(), doc="whether it accepts images"),
        Field(name="reasoning", shape=Flag(), doc="whether it is a reasoning model"),
        _DEFAULTS,
        _OWN_FALLBACKS,
    )
)

ALIAS = Record(
    fields=(
        Field(
            name="model", shape=_MODEL, required=True, doc='the model it points to, as in model = "openai/gpt-6-luna"'
        ),
        _DEFAULTS,
        _OWN_FALLBACKS,
    )
)

PROVIDER = Record(
    fields=(
        Field(name="name", shape=_NAME, required=True, doc='the provider\'s name, unique, as in name = "kimi"'),
        Field(
            name="base_url",
            shape=Text(
                pattern=r"^(auto|https?://[^\s/?#@]+(/[^\s?#]*)?)$",
                holds=lambda url: url == base_urls.AUTO or not base_urls.flaw_of(url),
                expects=f'{base_urls.EXPECTS}, or "auto"',
            ),
            required=True,
            doc='the API base, as in base_url = "https://openrouter.ai/api/v1"; "auto" (Kimi only): chosen by the key',
        ),
        Field(
            name="auth",
            shape=Text(choices=("none", "bearer", "x_api_key", "api_key_query")),
            required=True,
            doc='how the key is sent: auth = "none", "bearer", "x_api_key" or "api_key_query"',
        ),
        Field(
            name="auth_env",
            shape=_VARIABLE,
            doc='the environment variable that holds the key, as in auth_env = "KIMI_API_KEY"',
        ),
        Field(
            name="auth_fallback_files",
            shape=ListOf(item=_TEXT),
            doc="files to read, in order, if the variable is not set: .env (KEY=value), .json or .toml",
        ),
        Field(
            name="auth_ref",
            shape=Text(pattern=r"^op://[^/]+/[^/]+/.+$", expects="a secret reference, op://vault/item/field"),
            doc="a 1Password secret reference, tried last: op://vault/item/field",
        ),
        Field(
            name="default_model",
            shape=_MODEL,
            required=True,
            doc='the upstream model for smoke tests and for requests without one, as in default_model = "gpt-oss:120b"',
        ),
        Field(
            name="kind",
            shape=Text(choices=("openai", "anthropic", "ollama", "gemini", "kimi")),
            doc="the wire family; required unless the name is a known provider's",
        ),
        Field(name="enabled", shape=Flag(), doc="false: declared but switched off; requests for its models get a 404"),
        Field(
            name="prefixes",
            shape=ListOf(item=_PREFIX),
            doc='model names with this prefix go here, without the prefix, as in ["kimi/"]',
        ),
        Field(
            name="suffixes",
            shape=ListOf(item=_SUFFIX),
            doc='model names with this suffix go here, without the suffix, as in [":cloud", "-cloud"]',
        ),
        Field(
            name="bare",
            shape=ListOf(item=_GLOB),
            doc='globs for names without "/" that go here, as in ["claude-*"]',
        ),
        Field(
            name="accepts",
            shape=ListOf(item=_GLOB),
            doc="globs for the provider's models that may be called; any other is a 404 and is not sent",
        ),
        Field(
            name="models",
            shape=ListOf(item=Either(first=_MODEL, second=MODEL)),
            doc="models to list and price: each an id or a table",
        ),
        Field(name="timeout", shape=_SECONDS, doc="seconds to wait for an answer (180; Kimi 600)"),
        Field(
            name="stream_timeout",
            shape=_SECONDS,
            doc="seconds to wait for a stream's first byte, and for each next one (as timeout)",
        ),
        Field(
            name="retries",
            shape=Number(least=0, most=10, whole=True),
            doc="retries after a transient failure (3)",
        ),
        Field(
            name="fallbacks",
            shape=ListOf(item=_MODEL),
            doc="model names to try, in order, when its retries have failed",
        ),
        Field(
            name="unattended",
            shape=Flag(),
            doc="false: never used as a fallback or health-checked in the background (Kimi: false)",
        ),
        Field(
            name="max_tokens_floor",
            shape=_COUNT,
            doc="reasoning models: the smallest output budget to send (Kimi 1500); 0: no minimum",
        ),
        Field(
            name="headers",
            shape=TableOf(key=_HEADER_NAME, value=_HEADER_VALUE),
            doc="extra request headers; never a key",
        ),
        Field(
            name="user_agent",
            shape=Text(
                pattern=r"^[\x21-\x7e][\x20-\x7e]*$",
                holds=is_header,
                expects='"caller", or a User-Agent of printable ASCII',
            ),
            doc='Kimi only: "caller" forwards the calling agent\'s User-Agent; any other value is sent as it is',
        ),
        Field(
            name="user_agent_risk_accepted",
            shape=_TEXT,
            doc='Kimi only: "who, date" accepted the risk of another product\'s User-Agent',
        ),
        Field(
            name="protocol",
            shape=Text(choices=("openai", "anthropic")),
            doc="Kimi only: the protocol to use",
        ),
    )
)

GATEWAY = Record(
    fields=(
        Field(
            name="default_provider",
            shape=Either(first=_NAME, second=Never()),
            doc="the provider for names that no rule matches (ollama); false: they get a 404",
        ),
        Field(name="host", shape=_TEXT, doc="the address to listen on (127.0.0.1)"),
        Field(name="port", shape=Number(least=1, most=65_535, whole=True), doc="the port to listen on (4000)"),
        Field(
            name="workers",
            shape=Either(first=Text(choices=("auto",)), second=Number(least=1, most=256, whole=True)),
            doc='worker processes (1); "auto": one per core',
        ),
        Field(
            name="master_key_env",
            shape=_VARIABLE,
            doc="the variable that holds the master key (LITELLM_MASTER_KEY)",
        ),
        Field(
            name="database_url_env",
            shape=_VARIABLE,
            doc="the variable that holds the Postgres URL; set it for the admin UI and virtual keys",
        ),
        Field(
            name="redis_url_env",
            shape=_VARIABLE,
            doc="the variable that holds the Redis URL; set it for several machines or workers, so that they "
            "share key limits, budgets and cooldowns",
        ),
        Field(name="prometheus", shape=Flag(), doc="true: Prometheus metrics at /metrics, which needs a key (false)"),
        Field(
            name="max_body_mb",
            shape=Number(least=1, most=1024, whole=True, unit="megabytes"),
            doc="the largest request body in megabytes; a larger one gets a 413 (64)",
        ),
        Field(
            name="max_headers",
            shape=Number(least=20, most=1000, whole=True),
            doc="the most headers of a request; more get a 431 (100)",
        ),
        Field(
            name="max_header_kb",
            shape=Number(least=8, most=1024, whole=True, unit="kilobytes"),
            doc="the most kilobytes of headers; more get a 431 (64)",
        ),
        Field(
            name="arrival_seconds",
            shape=Number(least=1, most=3600, whole=True, unit="seconds"),
            doc="seconds for the headers to arrive, and for the body, plus one per kilobyte; then a 408 (30)",
        ),
        Field(
            name="max_messages",
            shape=Number(least=100, most=1_000_000, whole=True),
            doc="the most messages, and parts of messages, in a request; more get a 400 (5000)",
        ),
    )
)

AUDIT = Record(
    fields=(
        Field(name="enabled", shape=Flag(), doc="false: calls are not recorded (true)"),
        Field(
            name="url_env",
            shape=_VARIABLE,
            doc="the variable that holds a Postgres URL; if not set, rows go to SQLite in the state directory",
        ),
        Field(name="store_text", shape=Flag(), doc="true: rows also hold prompts and answers (false)"),
    )
)

ALERTS = Record(
    fields=(
        Field(name="slack_webhook_env", shape=_VARIABLE, doc="the variable that holds a Slack webhook's URL"),
        Field(name="discord_webhook_env", shape=_VARIABLE, doc="the variable that holds a Discord webhook's URL"),
    )
)

ROOT = Record(
    fields=(
        Field(
            name="provider",
            shape=ListOf(item=PROVIDER, expects="an array of tables, each under [[provider]]"),
            required=True,
            doc="one [[provider]] table per provider",
        ),
        Field(
            name="aliases",
            shape=TableOf(key=_ALIAS, value=Either(first=_MODEL, second=ALIAS)),
            doc='name = "model", as in fast = "openai/gpt-6-luna" or "claude-haiku-*" = "kimi/k3"; '
            "or name = a table with the model and its defaults",
        ),
        Field(name="gateway", shape=GATEWAY, doc="settings of the proxy"),
        Field(name="audit", shape=AUDIT, doc="how calls are recorded"),
        Field(name="alerts", shape=ALERTS, doc="where alerts are sent"),
    )
)
