"""``pointsman doctor``: checks everything on this machine that the proxy depends on."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.litellm_patches import releases
from custom_providers.registry.problems import ConfigError, MissingError, Problem
from pointsman.check import checking
from pointsman.check.checking import CheckResult, Wanted
from pointsman.console.refusal import reason, remedy
from pointsman.doctor import admin_ui, databases, proxy, systemd_unit
from pointsman.doctor.finding import Finding, broken, ok, warning
from pointsman.sources import sources


def findings(path: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yields the findings, including one for a registry that cannot be read."""
    yield _python()
    yield from _litellm()
    try:
        outcome = checking.check(path, environ, Wanted(), lambda _provider: None)
    except MissingError as error:
        yield broken(str(path), reason(error), "run `pointsman init`, or name one with --registry")
        outcome = None
    except OSError as error:
        yield broken(str(path), reason(error), remedy(error))
        outcome = None
    if outcome is not None:
        yield from map(_of_problem, outcome.problems)
        yield from _around(path, environ, outcome)
    yield from systemd_unit.unit()


def _python() -> Finding:
    """Whether the package's metadata allows this Python version."""
    tested = metadata.metadata("litellm-pointsman").get_all("Classifier") or ()
    version = f"{platform.python_version()} at {sys.executable}"
    if f"Programming Language :: Python :: {sys.version_info.major}.{sys.version_info.minor}" in tested:
        return ok("python", version)
    return warning("python", f"{version}, with which this package was not tested", "python3.13 -m venv .venv")


def _litellm() -> Iterator[Finding]:
    """The release of LiteLLM if it is good; the check's problems include bad ones."""
    version = releases.installed()
    if version in releases.TESTED:
        yield ok("litellm", f"{version}; tested are {', '.join(releases.TESTED)}")


def _of_problem(problem: Problem) -> Finding:
    detail = f"{problem.where}: {problem.message}" if problem.where else problem.message
    return (broken if problem.severity == "error" else warning)(problem.place, detail, problem.hint)


def _around(path: Path, environ: Mapping[str, str], outcome: CheckResult) -> Iterator[Finding]:
    """The findings on the proxy and its databases; empty if the registry cannot be loaded."""
    try:
        around = sources.load(path, environ)
    except (ConfigError, UnreadableKeyError):
        return
    if outcome.ok:
        yield ok(str(path), f"{len(around.registry.providers)} providers; no error in registry, keys, modes and config")
    yield from proxy.findings(around, outcome.registered)
    yield from databases.findings(around)
    yield from admin_ui.findings(around)
