"""Checks that send no requests: keys, file modes, variables, drift and versions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from custom_providers.environment import listener
from custom_providers.environment.admission import base_url_variable
from custom_providers.environment.text import cleaned
from custom_providers.keys.lookup import variables
from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.kimi.account import identity
from custom_providers.kimi.timeout import TIMEOUT_VARIABLE, timeout_override
from custom_providers.litellm_patches import releases
from custom_providers.registry.problems import Problem, Severity
from custom_providers.registry.shapes import Violation
from custom_providers.routing.table import compile_table
from pointsman.check import provider_keys
from pointsman.config import committed
from pointsman.console.refusal import reason
from pointsman.keys import master_key
from pointsman.sources.registration import Registration
from pointsman.sources.sources import Sources, read_key_file

PLACEHOLDER = "REPLACE_WITH_THE_DIGEST_YOU_VERIFIED"
"""In the files of ``deploy/compose``, for the operator to replace."""

_SECRET = ("_KEY", "_PASSWORD", "_SECRET", "_TOKEN")
"""The endings of variable names that LiteLLM, its admin UI or other providers treat as secrets."""

_NAME_IMAGES = ("compose/compose.yaml", "image/Dockerfile")


def problems(
    sources: Sources, found: Sequence[Registration], required: Collection[str], *, compose: bool = False
) -> Iterator[Problem]:
    """The problems around a valid registry.

    Args:
        sources: the registry, its files and the environment.
        found: the enabled providers to check, with their keys.
        required: the names of those that must have a key.
        compose: whether the images of ``deploy/compose`` need their digests.
    """
    yield from provider_keys.problems(sources, found, required)
    yield from _modes(sources, found)
    yield from _settings(sources)
    yield from _changed_overrides(sources)
    yield from unset(sources, "warning")
    yield from switched_off(sources)
    yield from _drift(sources)
    yield from release(releases.installed())
    if compose:
        for file in _NAME_IMAGES:
            yield from _placeholders(sources.path.parent / "deploy" / file)


def overrides(sources: Sources, *, own: bool = True) -> Iterator[Problem]:
    """Base URLs from the environment that cannot be used; the proxy does not register their providers.

    ``own``: whether to report the proxy's own URL, which is legitimate where SDKs use it to find the proxy.
    """
    for provider in sources.registry.providers:
        if (flaw := sources.override(provider).flaw) and (own or flaw != listener.FLAW):
            variable = base_url_variable(provider.name)
            hint = f"unset it: clients may use it, but here it is the base URL of {provider.name}"
            hint = hint if flaw == listener.FLAW else f"write it as {provider.base_url}, or unset it"
            yield _whole(_place(sources, variable), f"{variable} {flaw}", hint)


def _place(sources: Sources, variable: str) -> str:
    return str(sources.env_path) if variable in sources.filed else "environment"


def _changed_overrides(sources: Sources) -> Iterator[Problem]:
    for provider in sources.registry.providers:
        url, variable = sources.override(provider), base_url_variable(provider.name)
        if url.changed:
            yield _whole(_place(sources, variable), f"{variable} {url.changed}", f"write it as {url.value}", "warning")


def unset(sources: Sources, severity: Severity = "error") -> Iterator[Problem]:
    """Unset variables for URLs of databases and webhooks: LiteLLM exits without Redis', and runs without Postgres'.

    They need not be set where the proxy does not run. A missing webhook, which gets no alerts, is always a warning.
    """
    registry = sources.registry
    for table, field, least in (
        ("gateway", "database_url_env", severity),
        ("gateway", "redis_url_env", severity),
        ("alerts", "slack_webhook_env", "warning"),
        ("alerts", "discord_webhook_env", "warning"),
    ):
        name = getattr(getattr(registry, table), field)
        if name and not cleaned(sources.env.get(name, ""), name):
            violation = Violation(path=(table, field), message=f"${name} is not set", hint=f"set it, or remove {field}")
            yield registry.positions.problem(violation, severity=least)


def switched_off(sources: Sources) -> Iterator[Problem]:
    """Aliases and fallbacks that lead to a provider with ``enabled = false``."""
    registry = sources.registry
    table = compile_table(registry, frozenset(provider.name for provider in registry.providers))
    targets: list[tuple[tuple[str | int, ...], str]] = [
        *((("aliases", alias), target) for alias, target in registry.aliases.items()),
        *(
            (("provider", position, "fallbacks", item), target)
            for position, provider in enumerate(registry.providers)
            for item, target in enumerate(provider.fallbacks)
        ),
    ]
    for path, target in targets:
        goal = table.resolve(target).provider
        if goal and not table.providers[goal].enabled:
            message = f'"{target}" leads to "{goal}", which is switched off (enabled = false)'
            violation = Violation(path=path, message=message, hint="switch it on, or name another model")
            yield registry.positions.problem(violation, severity="warning")


def _modes(sources: Sources, found: Sequence[Registration]) -> Iterator[Problem]:
    """Key files that other users can read."""
    paths = dict.fromkeys(_key_files(sources, found))
    if _holds_secrets(sources):
        paths = {sources.env_path: None, **paths}
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue  # Missing, or reported as unreadable already.
        if not path.is_file():
            continue
        remedy = f"chmod 600 {path}"
        # Services get secrets through a group; access for everybody is never intended.
        if mode & 0o007:
            yield _whole(str(path), f"everybody can read or change it (mode {mode & 0o777:04o})", remedy)
        elif mode & 0o070:
            yield _whole(str(path), f"its group can read or change it (mode {mode & 0o777:04o})", remedy, "warning")


def _key_files(sources: Sources, found: Sequence[Registration]) -> Iterator[Path]:
    for item in found:
        for file in item.provider.auth_fallback_files:
            try:
                yield sources.key_file(file)
            except UnreadableKeyError:
                continue


def _holds_secrets(sources: Sources) -> bool:
    """Whether the ``.env`` file holds a secret."""
    named = sources.registry.secret_variables
    try:
        text = read_key_file(sources.env_path) or ""
    except UnreadableKeyError:
        return False
    return any(value and (name in named or name.endswith(_SECRET)) for name, value in variables(text).items())


def _settings(sources: Sources) -> Iterator[Problem]:
    """Variables with values that the proxy cannot use."""
    try:
        timeout_override(sources.env)
    except ValueError as error:
        yield _whole(_place(sources, TIMEOUT_VARIABLE), str(error), f"fix or unset {TIMEOUT_VARIABLE}")
    yield from _acceptances(sources)
    name = sources.registry.gateway.master_key_env
    value = cleaned(sources.env.get(name, ""), name)
    if value and (problem := master_key.flaw(value)):
        yield _whole(_place(sources, name), f"{name}: {problem}", master_key.REMEDY)


def _acceptances(sources: Sources) -> Iterator[Problem]:
    """Variables that were set to accept a risk, but have no effect."""
    for provider in sources.registry.providers:
        variable = identity.risk_variable(provider.name)
        if sources.env.get(variable, "").strip() and not identity.accepted_in(sources.env, provider.name):
            message = f"{variable}: has no effect: it must be a name and a date"
            yield _whole("environment", message, f'{variable}="name, date"', "warning")


def _drift(sources: Sources) -> Iterator[Problem]:
    path = sources.config_path
    if not path.exists():
        hint = "run `pointsman render`; `pointsman serve` does it too"
        yield _whole(str(path), "does not exist yet", hint, "warning")
        return
    try:
        if committed.CONFIG.foreign(path):
            refusal = committed.CONFIG.why_foreign(path)
            yield _whole(str(path), str(refusal).removeprefix(f"{path}: "), refusal.hint)
            return
        drifted = not committed.is_current(sources)
    except OSError as error:
        yield _whole(str(path), reason(error), "run `pointsman render` as a user who may write it")
        return
    if drifted:
        yield _whole(str(path), f"is out of date with {sources.path}", "run `pointsman render`, review the difference")


def release(version: str | None) -> Iterator[Problem]:
    """What is known about the installed LiteLLM."""
    pin = f"pip install 'litellm[proxy]=={releases.LOCKED}'"
    if version is None:
        yield _whole("litellm", "is not installed", pin)
    elif refusal := releases.refusal(version):
        yield _whole("litellm", refusal, f"{pin}, and replace every key that this machine held")
    elif caution := releases.caution(version):
        yield _whole("litellm", caution, pin, "warning")


def _placeholders(path: Path) -> Iterator[Problem]:
    """Images of the deployment whose digest is still a placeholder."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    numbers = [
        number
        for number, line in enumerate(lines, start=1)
        if line.lstrip().startswith(("image:", "FROM ")) and PLACEHOLDER in line
    ]
    if numbers:
        yield Problem(
            file=str(path),
            line=numbers[0],
            where="image",
            message=f"docker refuses this file: {len(numbers)} of its images have {PLACEHOLDER}",
            hint="replace it with the digests that you have verified",
        )


def _whole(file: str, message: str, hint: str, severity: Severity = "error") -> Problem:
    return Problem(file=file, line=None, where="", message=message, hint=hint, severity=severity)
