"""``pointsman check``: collects problems and the state of each key, and decides whether a deploy may go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.providers.account.account import Status
from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from custom_providers.registry.problems import ConfigError, Problem
from custom_providers.registry.shapes import Violation
from pointsman.check import offline, proving
from pointsman.check.proving import Answered, CheckedKey
from pointsman.check.shutdowns import shutdowns
from pointsman.console import report
from pointsman.console.refusal import UNREADABLE
from pointsman.sources import sources
from pointsman.sources.registration import identities, registered_names, registrations
from pointsman.sources.sources import Sources
from pointsman.upstream.endpoint import chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The command line's options."""

    names: Sequence[str] = ()
    """The providers to check, which must have a key; empty: all providers, whose keys may be missing."""
    live: bool = False
    spend: bool = False
    require_all: bool = False
    compose: bool = False
    """Whether to check the compose files too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of a check."""

    problems: tuple[Problem, ...]
    registered: frozenset[str] = frozenset()
    """The providers that a proxy would register if it started now."""
    keys: tuple[CheckedKey, ...] = ()
    identities: tuple[str, ...] = ()
    """The User-Agent for each Kimi provider, and who accepted its risk."""
    failed: tuple[Problem, ...] = ()
    """Keys that fail the check without another problem."""

    @property
    def ok(self) -> bool:
        """Whether a deploy may go on."""
        return not self.failed and all(problem.severity != "error" for problem in self.problems)

    @property
    def found(self) -> tuple[Problem, ...]:
        """All problems to report."""
        return (*self.problems, *self.failed)

    def as_json(self) -> dict[str, Any]:
        """The one object of ``check --json``."""
        return {
            "ok": self.ok,
            "problems": [report.plain(problem) for problem in self.found],
            "keys": [key.as_json() for key in self.keys],
        }


def check(path: Path, environ: Mapping[str, str], wanted: Wanted, answered: Answered) -> CheckResult:
    """Checks the registry at ``path``, keys and environment; queries the providers if ``wanted.live``.

    Raises:
        OSError: the registry cannot be read.
        click.UsageError: no enabled provider has a given name.
    """
    try:
        around, unreadable = _sources(path, environ)
    except ConfigError as error:
        return CheckResult(problems=error.problems)
    if wrong := tuple(offline.overrides(around)):
        return CheckResult(problems=(*unreadable, *wrong))
    meant = chosen(around.registry, wanted.names)
    found = registrations(replace(around, registry=replace(around.registry, providers=meant)))
    required = frozenset(provider.name for provider in meant) if wanted.require_all else frozenset(wanted.names)
    problems = (*unreadable, *offline.problems(around, found, required, compose=wanted.compose))
    keys = proving.asked(found, spend=wanted.spend, answered=answered) if wanted.live else proving.unasked(found)
    if wanted.live:
        problems = (*problems, *shutdowns(around, meant))
    problems = (*problems, *_silent_default(around, keys, required))
    reported = {problem.where for problem in problems if problem.severity == "error"}
    failed = (_failure(around.registry, key) for key in keys if _fails(key, required))
    return CheckResult(
        problems=problems,
        registered=registered_names(found),
        keys=keys,
        identities=identities(found),
        failed=tuple(problem for problem in failed if problem.where not in reported),
    )


def _sources(path: Path, environ: Mapping[str, str]) -> tuple[Sources, tuple[Problem, ...]]:
    """The sources; a ``.env`` file that cannot be read becomes a problem and is ignored."""
    try:
        return sources.load(path, environ), ()
    except UnreadableKeyError as error:
        file = str(path.with_name(sources.ENV_FILE))
        problem = Problem(
            file=file,
            line=None,
            where="",
            message=str(error).removeprefix(f"{file}: "),
            hint=UNREADABLE,
        )
    return Sources(path=path, registry=loading.load(path), env=environ), (problem,)


def _fails(key: CheckedKey, required: frozenset[str]) -> bool:
    """Whether ``key`` fails the check; a missing one fails only if it is required."""
    optional = key.source is None and key.provider.name not in required
    return not key.sound and not optional


def _silent_default(around: Sources, keys: Sequence[CheckedKey], required: frozenset[str]) -> Iterator[Problem]:
    """A warning if the default provider needs no key and does not answer."""
    default = around.registry.gateway.default_provider
    for key in keys:
        if key.provider.name == default and key.verdict.status is Status.UNREACHABLE and not _fails(key, required):
            violation = Violation(
                path=("provider", around.registry.providers.index(key.provider), "base_url"),
                message=f"{_cause(key)}; every name that matches no rule goes to {default}",
                hint="start it, or name another default_provider in [gateway]",
            )
            yield around.registry.positions.problem(violation, severity="warning")


def _cause(key: CheckedKey) -> str:
    return key.verdict.detail.removesuffix("; is it running?")


def _failure(of: Registry, key: CheckedKey) -> Problem:
    about_the_key = key.provider.auth != "none" and key.verdict.status is not Status.UNREACHABLE
    field = "auth_env" if about_the_key else "base_url"
    violation = Violation(
        path=("provider", of.providers.index(key.provider), field),
        message=f"{key.verdict.status.replace('_', ' ')}: {key.verdict.detail}",
        hint=_REMEDIES.get(key.verdict.status, "").format(name=key.provider.name),
    )
    return of.positions.problem(violation)


_REMEDIES = {
    Status.REJECTED: "make a new key at the provider, and put it where this one is; "
    "`pointsman keys set {name}` puts it into .env",
    Status.WRONG_SYSTEM: "put a key of this provider there",
    Status.EXHAUSTED: "add credit, wait for the reset, or switch the provider off (enabled = false)",
    Status.LIMITED: "see what the provider says; the key itself is good",
    Status.UNREACHABLE: "check base_url, the network and the provider's status page",
}
