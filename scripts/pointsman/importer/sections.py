"""The sections other than ``model_list``: what the registry can express, and what is lost. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.json_parts import listed
from custom_providers.registry.problems import Problem
from pointsman.importer.document import Document

_ENV = "os.environ/"

_DONE: Mapping[str, frozenset[str]] = {
    "general_settings": frozenset({"master_key", "database_url", "store_model_in_db", "alerting"}),
    "litellm_settings": frozenset(
        {"drop_params", "num_retries", "request_timeout", "fallbacks", "model_group_alias", "telemetry", "set_verbose"}
    ),
    "router_settings": frozenset({"num_retries", "timeout", "fallbacks", "model_group_alias", "redis_url"}),
    "environment_variables": frozenset(),
}
"""By section, the settings that are carried over, or that the generated config does not need."""

_INSTEAD = {
    "callbacks": "the audit row of each call has what most loggers record: see docs/audit.md",
    "success_callback": "the audit row of each call has what most loggers record: see docs/audit.md",
    "failure_callback": "set [alerts], and see docs/audit.md",
    "cache": "answers are not cached",
    "cache_params": "answers are not cached",
    "routing_strategy": "each name goes to one provider; fallbacks take over when it fails",
    "default_fallbacks": "set fallbacks on the provider",
    "context_window_fallbacks": "set fallbacks on the alias",
    "content_policy_fallbacks": "set fallbacks on the alias",
    "redis_host": "set [gateway] redis_url_env, and put the URL into that variable",
}
_NO_COUNTERPART = "there is no counterpart in providers.toml"


@dataclass(slots=True, kw_only=True)
class Sections:
    """The other sections, as the registry expresses them."""

    gateway: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, Any] = field(default_factory=dict)
    provider: dict[str, Any] = field(default_factory=dict)
    """Timeout and retries, for providers that do not set them."""
    variables: dict[str, str] = field(default_factory=dict, repr=False)
    """Values that are written in the config, for ``.env``."""


def sections(document: Document) -> Sections:
    """Reads ``general_settings``, ``litellm_settings``, ``router_settings`` and ``environment_variables``."""
    found = Sections()
    general = document.table("general_settings")
    for name, field_name, variable in (
        ("master_key", "master_key_env", "LITELLM_MASTER_KEY"),
        ("database_url", "database_url_env", "DATABASE_URL"),
    ):
        _secret(found, general.get(name), field_name, variable)
    _secret(found, document.table("router_settings").get("redis_url"), "redis_url_env", "REDIS_URL")
    if "slack" in listed(general.get("alerting")):
        found.alerts["slack_webhook_env"] = "SLACK_WEBHOOK_URL"
    for section, names in (("litellm_settings", ("request_timeout",)), ("router_settings", ("timeout",))):
        for name in names:
            if isinstance(value := document.table(section).get(name), int | float) and value > 0:
                found.provider["timeout"] = value
    for section in ("router_settings", "litellm_settings"):
        if isinstance(value := document.table(section).get("num_retries"), int):
            found.provider["retries"] = value
    for name, value in document.table("environment_variables").items():
        if isinstance(value, str) and not value.startswith(_ENV):
            found.variables[str(name)] = value
    return found


def lost(document: Document) -> Iterator[Problem]:
    """Every other setting, with what to do about it."""
    for section, value in document.data.items():
        # Keys that begin with "x-" hold YAML anchors; LiteLLM ignores them.
        if section in ("model_list", "credential_list") or section.startswith("x-"):
            continue
        if section not in _DONE or not isinstance(value, Mapping):
            yield document.lost((section,), "is not carried over", _NO_COUNTERPART)
            continue
        for name in value if section != "environment_variables" else ():
            if name not in _DONE[section]:
                hint = _INSTEAD.get(name, _NO_COUNTERPART)
                yield document.lost((section, str(name)), "is not carried over", hint)


def _secret(found: Sections, value: object, field_name: str, usual: str) -> None:
    """A value that belongs in the environment: by reference, or moved there."""
    if not isinstance(value, str) or not value:
        return
    variable = value.removeprefix(_ENV) if value.startswith(_ENV) else usual
    if variable == value:
        return
    if not value.startswith(_ENV):
        found.variables[usual] = value
    if field_name != "master_key_env" or variable != "LITELLM_MASTER_KEY":
        found.gateway[field_name] = variable
