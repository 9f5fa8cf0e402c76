"""Puts the parts together in a proxy that is starting, LiteLLM's own alerts included."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from custom_providers.alerts import webhooks
from custom_providers.alerts.logger import AlertLogger
from custom_providers.alerts.quiet import Quiet
from custom_providers.routing.resolver import ProviderRoute
from custom_providers.state import state_directory

_log = logging.getLogger("pointsman")


def start(
    settings: Mapping[str, str], env: Mapping[str, str], providers: Mapping[str, ProviderRoute], slack_alerting: Any
) -> AlertLogger:
    """Begins to watch; ``settings`` are the ``[alerts]`` table's, ``slack_alerting`` is LiteLLM's sender."""
    hooks = webhooks.urls(settings, env)
    if not hooks:
        names = " or ".join(f"${name}" for name in settings.values())
        _log.error("pointsman: no alerts: %s is not set", names)
    # LiteLLM takes one URL, from SLACK_WEBHOOK_URL; its sender goes through a list as well.
    slack_alerting.default_webhook_url = hooks
    return AlertLogger(providers, hooks, Quiet(state_directory(env) / "alerts"))
