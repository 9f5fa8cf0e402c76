"""Assembles the alerts when the proxy starts, including LiteLLM's own."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from custom_providers.observability.alerts import webhooks
from custom_providers.observability.alerts.logger import AlertLogger
from custom_providers.observability.alerts.open_incidents import Quiet
from custom_providers.routing.resolver import ProviderRoute
from custom_providers.state import state_directory

_log = logging.getLogger("pointsman")


def start(
    settings: Mapping[str, str], env: Mapping[str, str], providers: Mapping[str, ProviderRoute], slack_alerting: Any
) -> AlertLogger:
    """Starts alerting; ``settings`` come from the ``[alerts]`` table, ``slack_alerting`` is LiteLLM's sender."""
    hooks = webhooks.urls(settings, env)
    if not hooks:
        names = " or ".join(f"${name}" for name in settings.values())
        _log.error("pointsman: no alerts: %s is not set", names)
    # LiteLLM reads one URL, from SLACK_WEBHOOK_URL; its sender also accepts a list.
    slack_alerting.default_webhook_url = hooks
    return AlertLogger(providers, hooks, Quiet(state_directory(env) / "alerts"))
