"""The values that fields of ``providers.toml`` may have, beyond their types."""

from __future__ import annotations

from custom_providers.environment import base_urls
from custom_providers.registry.shapes import Anything, Number, TableOf, Text
from custom_providers.request.fields.field_types import is_header
from custom_providers.routing.resolver import NOT_IN_NAMES, is_name

TEXT = Text()
NAME = Text(pattern=r"^[a-z0-9_]+$", expects="lower-case letters, digits and underscores")
VARIABLE = Text(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", expects="the name of an environment variable, not its value")
_NO_NAME = rf"\x00-\x20\x7f{NOT_IN_NAMES}"
MODEL = Text(
    pattern=rf"^[^*{_NO_NAME}]+$",
    holds=is_name,
    expects='one model name: no spaces, none of , * ? # % \\ and no ".."',
)
GLOB = Text(
    pattern=rf"^[^{_NO_NAME}]+$",
    holds=lambda glob: is_name(glob.replace("*", "x")),
    expects='a model name, where "*" matches anything: no spaces, none of , ? # % \\ and no ".."',
)
PREFIX = Text(
    pattern=rf"^[^*{_NO_NAME}]+/$",
    holds=is_name,
    expects='a name that ends in "/", as in "kimi/": no spaces, none of , * ? # % \\ and no ".."',
)
SUFFIX = Text(
    pattern=rf"^[:-][^*/:{_NO_NAME}]+$",
    holds=is_name,
    expects='":tag" or "-ending" (inside a tag), as in ":cloud": no spaces, none of , * / ? # % \\',
)
ALIAS = Text(
    pattern=rf"^([^*{NOT_IN_NAMES}]+|[^/{NOT_IN_NAMES}]+)$",
    holds=lambda alias: is_name(alias.replace("*", "x")),
    expects='a name with none of , ? # % \\ and no ".."; in one without "/", "*" matches anything',
)
HEADERS = TableOf(
    key=Text(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", expects="a header name, as in X-Title"),
    value=Text(
        pattern=r"^[\x20-\x7e]+$", holds=is_header, expects="printable ASCII that neither begins nor ends with a space"
    ),
)
USER_AGENT = Text(
    pattern=r"^[\x21-\x7e][\x20-\x7e]*$", holds=is_header, expects='"caller", or a User-Agent of printable ASCII'
)
URL = Text(
    pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$",
    holds=lambda url: not base_urls.flaw_of(url),
    expects=base_urls.EXPECTS,
)
URL_OR_AUTO = Text(
    pattern=r"^(auto|https?://[^\s/?#@]+(/[^\s?#]*)?)$",
    holds=lambda url: url == base_urls.AUTO or not base_urls.flaw_of(url),
    expects=f'{base_urls.EXPECTS}, or "auto"',
)
SECRET_REFERENCE = Text(pattern=r"^op://[^/]+/[^/]+/.+$", expects="a secret reference, op://vault/item/field")
SECONDS = Number(least=1, most=86_400, unit="seconds")
COUNT = Number(least=0, most=1_000_000_000, whole=True)
PRICE = Number(least=0, most=1_000_000, unit="US dollars per million tokens")

NOT_A_DEFAULT = frozenset(
    {
        *("model", "provider", "messages", "input", "prompt", "system", "instructions", "stream", "fallbacks"),
        *("user", "metadata", "api_key", "api_base", "base_url", "headers", "extra_headers", "timeout"),
    }
)
"""What a request is about, who asks and where it goes; not how it is answered."""

PARAMETERS = TableOf(
    key=Text(
        pattern=r"^[a-z][a-z0-9_]*$",
        holds=lambda name: name not in NOT_A_DEFAULT,
        expects="a request parameter that controls the answer, such as temperature or reasoning_effort",
    ),
    value=Anything(),
)
