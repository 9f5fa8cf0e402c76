"""Prepares one generation of LiteLLM processes; checks all its inputs before any of them starts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from custom_providers.environment import listener as own
from custom_providers.environment.text import cleaned
from custom_providers.kimi.account import identity
from custom_providers.kimi.timeout import timeout_override
from custom_providers.litellm_patches import releases
from custom_providers.registry.problems import ConfigError, Problem
from custom_providers.request.refusals import loops
from pointsman.check import offline, provider_keys
from pointsman.config import render
from pointsman.console import files, report
from pointsman.console.refusal import RefusalError
from pointsman.doctor import admin_ui
from pointsman.keys import master_key
from pointsman.serve.launch import Launch
from pointsman.sources import registration
from pointsman.sources.registration import Registration
from pointsman.sources.sources import Sources

Workers = int | Literal["auto"] | None
"""The value of ``--workers``; None: the registry's."""

OFFLINE = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_DONT_SHOW_FEEDBACK_BOX": "True",
    "LITELLM_DISABLE_NO_REDIS_WARNING": "True",
}
"""LiteLLM downloads its price map and other files at every start unless these select the copies that it ships."""

QUIET = {"LITELLM_LOG": "WARNING"}
"""No access log: the proxy's own line for each call has more details."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A generation's launch parameters, and the inputs that they were made from."""

    launch: Launch
    sources: Sources
    found: tuple[Registration, ...]
    master_key: str = field(repr=False)
    whereabouts: str
    """A sentence about where the master key is stored, without the key."""


def prepared(sources: Sources, workers: Workers, config: Path) -> Generation:
    """Checks the registry's environment, and writes LiteLLM's config to ``config``.

    Raises:
        ConfigError: a setting in the environment is not valid, or this release of LiteLLM must not run.
        RefusalError: a key file cannot be read, the master key is weak, or LiteLLM cannot use its database.
        OSError: the config or the ``.env`` file cannot be written.
    """
    _require_sound_environment(sources)
    _require_sound_release()
    admin_ui.require_client(sources)
    found = registration.registrations(sources)
    _require_readable_keys(found)
    for warning in provider_keys.warnings(sources, found):
        report.say(str(warning))
    key = master_key.ensure(sources)
    gateway = sources.registry.gateway
    count = worker_count(workers or gateway.workers)
    files.write_atomically(config, render.render(sources.registry, sources.path.name))
    launch = Launch(
        config=str(config),
        workers=count,
        shared_metrics=count > 1 and gateway.prometheus,
        env=_environment(sources, found, key.value),
    )
    return Generation(launch=launch, sources=sources, found=found, master_key=key.value, whereabouts=key.whereabouts)


def _environment(sources: Sources, found: Sequence[Registration], master: str) -> Mapping[str, str]:
    """The proxy's environment: this one, the keys under the names that the config reads, and the offline settings."""
    named = {name: cleaned(sources.env.get(name, ""), name) for name in sources.registry.secret_variables}
    keys = {item.provider.auth_env: item.key.value for item in found if item.key and item.registered}
    risks = {identity.risk_variable(item.provider.name): item.risk_accepted for item in found if item.risk_accepted}
    return {
        **OFFLINE,
        **QUIET,
        **sources.env,
        **{name: value for name, value in named.items() if value},
        **keys,
        **risks,
        "POINTSMAN_SERVED": "1",
        "POINTSMAN_STATE_DIR": str(sources.state_directory),
        **({own.VARIABLE: str(sources.listens)} if sources.listens else {}),
        loops.VARIABLE: loops.new_mark(),
        sources.registry.gateway.master_key_env: master,
    }


def worker_count(wanted: int | Literal["auto"]) -> int:
    """The number of worker processes; ``auto`` is one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if wanted == "auto" else wanted


def _require_sound_environment(sources: Sources) -> None:
    unset = tuple(offline.unset(sources))
    problems = [*offline.overrides(sources, own=False), *(problem for problem in unset if problem.severity == "error")]
    try:
        timeout_override(sources.env)
    except ValueError as error:
        hint = "fix or unset it"
        problems.append(Problem(file="environment", line=None, where="", message=str(error), hint=hint))
    if problems:
        raise ConfigError(problems)
    for warning in (*unset, *offline.switched_off(sources)):
        report.say(str(warning))


def _require_sound_release() -> None:
    """Raises ``ConfigError`` if the installed LiteLLM must not run; warns in one line if it was not tested."""
    problems = list(offline.release(releases.installed()))
    if errors := [problem for problem in problems if problem.severity == "error"]:
        raise ConfigError(errors)
    for problem in problems:
        report.say(problem.message)


def _require_readable_keys(found: Sequence[Registration]) -> None:
    problems = [f'provider "{item.provider.name}": {problem}' for item in found for problem in item.problems]
    if problems:
        raise RefusalError(
            "; ".join(problems), "let the proxy's user read the file, or remove it from auth_fallback_files"
        )
