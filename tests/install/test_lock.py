"""The lock files lock all requirements of their packages, within range, for every supported Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.running import REPOSITORY

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _entries(lock: str) -> list[str]:
    text = (REPOSITORY / lock).read_text()
    return [line.rstrip(" \\") for line in text.splitlines() if line and line[0] not in " #"]


def _locked(lock: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The version of each package that ``lock`` installs in ``environment``."""
    requirements = [Requirement(entry) for entry in _entries(lock)]
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(dict(environment))
    }


def _environment(python: str) -> dict[str, str]:
    # The first release of each, because requirements for it alone, as with `python_full_version < "3.11.3"`, count too.
    here = {key: str(value) for key, value in default_environment().items()}
    return {**here, "python_version": python, "python_full_version": f"{python}.0"}


def _groups(*names: str) -> Iterator[str]:
    for name in names:
        for entry in PROJECT["dependency-groups"][name]:
            yield from [entry] if isinstance(entry, str) else _groups(entry["include-group"])


def _roots(lock: str) -> list[Requirement]:
    groups = ("dev",) if "dev" in lock else ("build", "locked")
    return [Requirement(text) for text in (*PROJECT["project"]["dependencies"], *_groups(*groups))]


def _applies(marker: Marker | None, environment: Mapping[str, str], extras: set[str]) -> bool:
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def _missing(locked: Mapping[str, str], roots: list[Requirement], environment: Mapping[str, str]) -> list[str]:
    """Direct and indirect requirements that are not in ``locked``, each with the package that requires it."""
    missing, seen = [], set()
    todo = [("this package", root) for root in roots]
    while todo:
        by, requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras), str(requirement.specifier)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras), str(requirement.specifier)))
        if name not in locked:
            missing.append(f"{by} requires {requirement}, which is not locked")
        elif not requirement.specifier.contains(locked[name], prereleases=True):
            missing.append(f"{by} requires {requirement}, locked is {locked[name]}")
        else:
            todo += [(name, further) for further in _requires(name, environment, requirement.extras)]
    return missing


def _requires(name: str, environment: Mapping[str, str], extras: set[str]) -> Iterator[Requirement]:
    """The requirements from the installed package's metadata; empty if it is not installed on this platform."""
    try:
        texts = metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return
    for text in texts:
        requirement = Requirement(text)
        if _applies(requirement.marker, environment, extras):
            yield requirement


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_is_locked_and_in_range(lock: str, python: str):
    environment = _environment(python)

    assert _missing(_locked(lock, environment), _roots(lock), environment) == []


def test_a_hole_in_the_lock_is_found():
    """This includes requirements of extras: fastapi-sso requires pydantic[email]."""
    environment = _environment("3.12")
    locked = _locked("requirements.lock", environment)
    del locked["email-validator"]

    (hole,) = _missing(locked, _roots("requirements.lock"), environment)

    assert hole.startswith("pydantic requires email-validator")
    assert hole.endswith(", which is not locked")


def test_what_is_not_installed_here_is_for_another_python_or_system():
    """So these tests read complete metadata for the Python that runs them."""
    here = _locked("requirements-dev.lock", {key: str(value) for key, value in default_environment().items()})

    assert {name: version for name, version in here.items() if metadata.version(name) != version} == {}


def test_every_supported_python_is_named_in_pyproject():
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))

    assert tuple(named) == PYTHONS
    assert PROJECT["project"]["requires-python"] == f">={PYTHONS[0]}"


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-kosong.lock"])
def test_a_lock_names_no_host_and_hashes_everything(lock: str):
    text = (REPOSITORY / lock).read_text()

    assert "://" not in text
    assert len(_entries(lock)) > 40
    assert all(
        following.startswith("    --hash=sha256:")
        for line, following in zip(text.splitlines(), text.splitlines()[1:], strict=False)
        if line and line[0] not in " #"
    )


def test_every_runtime_pin_is_the_development_one_too():
    runtime, development = (set(_entries(lock)) for lock in LOCKS)

    assert runtime <= development


def _litellm() -> Any:
    (requirement,) = [root for root in map(Requirement, PROJECT["project"]["dependencies"]) if root.name == "litellm"]
    return requirement.specifier


def test_the_package_allows_the_tested_releases_of_litellm_and_no_known_bad_one():
    from custom_providers.litellm_patches import releases

    assert [version for version in releases.TESTED if version not in _litellm()] == []
    assert [version for version in releases.KNOWN_BAD if version in _litellm()] == []


def test_the_locked_litellm_is_the_oldest_tested_one():
    from custom_providers.litellm_patches import releases

    locked = _locked("requirements.lock", _environment("3.12"))["litellm"]

    assert locked == min(releases.TESTED, key=Version)
