"""Verifies keys in this process, against the simulated providers or others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pointsman.check import proving
from pointsman.check.proving import CheckedKey
from pointsman.sources import sources
from pointsman.sources.registration import registrations
from tests.conftest import REGISTRY


def rows(env: Mapping[str, str], *, registry: Path = REGISTRY, spend: bool = False) -> dict[str, CheckedKey]:
    """The results of ``check --live`` for every enabled provider of ``registry``, with the environment ``env``."""
    found = registrations(sources.load(registry, env))
    enabled = [item for item in found if item.provider.enabled]
    return {row.provider.name: row for row in proving.asked(enabled, spend=spend, answered=len)}


def rows_of(text: str, folder: Path, env: Mapping[str, str], *, spend: bool = False) -> dict[str, CheckedKey]:
    """The same for the registry in ``text``."""
    path = folder / "providers.toml"
    path.write_text(text)
    return rows(env, registry=path, spend=spend)


def custom(kind: str, base_url: str, auth: str = "bearer") -> str:
    """A registry with one unknown provider, called ``house``."""
    lines = ["[[provider]]", 'name = "house"', f'kind = "{kind}"', f'base_url = "{base_url}"', f'auth = "{auth}"']
    key = [] if auth == "none" else ['auth_env = "HOUSE_KEY"']
    return "\n".join([*lines, *key, 'default_model = "some-model"', ""])
