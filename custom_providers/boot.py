"""Runs once, when the proxy loads its config: reads the route table, registers providers and installs all layers."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import os
from collections.abc import Iterable, Mapping

import litellm  # noqa: TID253 -- LiteLLM imports this module
from litellm.proxy import proxy_server  # noqa: TID253 -- as above

from custom_providers import garbage_collection
from custom_providers.engine import ordinary_providers
from custom_providers.engine.custom_llm.handler import EngineHandler
from custom_providers.engine.custom_llm.selection import SWITCH
from custom_providers.engine.streaming.early_start import EarlyStart
from custom_providers.engine.streaming.exchange import Takeover
from custom_providers.environment import admission
from custom_providers.environment.admission import Admission, base_url_variable
from custom_providers.environment.deployments import FittedRouter
from custom_providers.keys.censor import CENSOR
from custom_providers.keys.redaction import last4
from custom_providers.kimi.handler import KimiHandler
from custom_providers.litellm_patches import changes, place, releases, seams, unused_cache
from custom_providers.observability.alerts import start_alerts
from custom_providers.observability.alerts.logger import AlertLogger
from custom_providers.observability.audit import start_audit
from custom_providers.observability.audit.logger import AuditLogger
from custom_providers.observability.dashboard import start_dashboard
from custom_providers.request.hook import RoutingHook
from custom_providers.request.models.declared_models import DeclaredModels
from custom_providers.request.refusals import loops
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import SETTINGS_KEY, from_settings, provider_routes
from custom_providers.server.endpoints import direct_routes, legacy_routes, one_model, public_prices
from custom_providers.server.endpoints.token_counts import TokenCounts
from custom_providers.server.failures.error_responses import ErrorAnswers
from custom_providers.server.gate import bounds, connections, gate
from custom_providers.server.gate.bodies import Bodies

SERVED = "POINTSMAN_SERVED"
"""Set by ``pointsman serve``, which has already reported the registration, with each key's actual source."""

_log = logging.getLogger("pointsman")


def _boot(env: Mapping[str, str]) -> RoutingHook:
    settings = litellm.callback_settings[SETTINGS_KEY]
    admission.require_clean(settings.get("master_key_env", "LITELLM_MASTER_KEY"), env)
    admitted = admission.admissions(provider_routes(settings), env)
    os.environ.update(admission.settled(admitted.values(), env))
    table = from_settings(settings, admitted)
    declared = DeclaredModels(settings.get("models", {}), table.registered)
    if SERVED not in env:
        _log_to_stderr()
        _log_registration(admitted.values())
    _fit_to_litellm(table, declared, env)
    legacy_routes.add(proxy_server.app, table, settings)
    one_model.add(proxy_server.app)
    public_prices.add(proxy_server.app)
    direct_routes.add(proxy_server.app)
    start_dashboard.start(proxy_server.app, table, admitted, settings, env)
    CENSOR.learn(_keys(table, env))
    # Starlette accepts no middleware once an app runs, and LiteLLM's already runs when it reads its config.
    inner = proxy_server.app.middleware_stack or proxy_server.app.build_middleware_stack()
    answering = EarlyStart(ErrorAnswers(TokenCounts(Takeover(inner), table)))
    proxy_server.app.middleware_stack = FittedRouter(Bodies(answering, _bounds().max_messages), admitted)
    _warm_up()
    mark = env.get(loops.VARIABLE) or loops.new_mark()
    return RoutingHook(table, declared, mark, engine=env.get(SWITCH, "").strip().lower() != "off")


def _fit_to_litellm(table: RouteTable, declared: DeclaredModels, env: Mapping[str, str]) -> None:
    """Patch LiteLLM where it has no entry point, and check the places that we call.

    Raises:
        UnsupportedReleaseError: this release must not run, or lacks a required place.
    """
    version = releases.installed() or "of an unknown release"
    if refusal := releases.refusal(version):
        raise place.UnsupportedReleaseError(refusal)
    if SERVED not in env and (caution := releases.caution(version)):
        _log.warning("pointsman: %s", caution)
    place.apply((*changes.patches(table, declared.names), *seams.SEAMS), version)
    unused_cache.remove()


def _keys(table: RouteTable, env: Mapping[str, str]) -> Iterable[str]:
    """The keys to remove from every provider's answer: the providers' keys and the master key."""
    return [*(env.get(provider.auth_env, "") for provider in table.providers.values()), proxy_server.master_key or ""]


def _warm_up() -> None:
    """Load modules before the proxy listens that LiteLLM would otherwise load during the first request."""
    importlib.import_module("openai.resources.chat")
    # LiteLLM passes its default tokenizer to the engine with every call; its first use loads it, for 0.1 s and 41 MB.
    litellm.encoding.encode("loaded")
    # All objects so far stay alive; a garbage collection over all of them takes a third of a second.
    gc.freeze()
    if not garbage_collection.SAFE:
        garbage_collection.between_turns(asyncio.get_running_loop())


def _boot_audit(env: Mapping[str, str]) -> AuditLogger:
    settings = litellm.callback_settings[SETTINGS_KEY].get("audit")
    return start_audit.start(settings, env, proxy_server.app)


def _boot_alerts(env: Mapping[str, str], table: RouteTable) -> AlertLogger | None:
    settings = litellm.callback_settings[SETTINGS_KEY].get("alerts")
    if settings is None:
        return None
    return start_alerts.start(settings, env, table.providers, proxy_server.proxy_logging_obj.slack_alerting_instance)


def _boot_gate(audit_logger: AuditLogger | None) -> None:
    """Install the gate; last, so that a refused request reaches no other layer."""
    connections.install(_bounds())
    gate.install(proxy_server.app, _bounds(), audit_logger and audit_logger.refused)


def _bounds() -> bounds.Bounds:
    return bounds.from_settings(litellm.callback_settings[SETTINGS_KEY].get("bounds", {}))


def _log_to_stderr() -> None:
    if not _log.handlers:
        _log.addHandler(logging.StreamHandler())
        _log.setLevel(logging.INFO)
        _log.propagate = False


def _log_registration(admitted: Iterable[Admission]) -> None:
    for item in admitted:
        variable, url = item.provider.auth_env, item.base_url
        if item.obstacle:
            _log.info("pointsman: %s skipped (%s): its models get a 404", item.provider.name, item.obstacle)
            continue
        key = f"key from ${variable}, ...{last4(item.key)}" if variable else "no key needed"
        base = (
            f", at {url.value}{f', because ${base_url_variable(item.provider.name)} {url.changed}' * bool(url.changed)}"
        )
        _log.info("pointsman: %s registered (%s)%s", item.provider.name, key, base * bool(url.value))


routing_hook = _boot(os.environ)
audit_logger = _boot_audit(os.environ)
alert_logger = _boot_alerts(os.environ, routing_hook.table)
kimi_handler = KimiHandler()
engine_handler = EngineHandler(ordinary_providers.plan)
_boot_gate(audit_logger)
