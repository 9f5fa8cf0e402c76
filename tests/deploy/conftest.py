"""The repository's registry and folders, to which ``deploy/`` refers."""

from __future__ import annotations

import pytest

from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from tests.running import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
UNPINNED = "sha256:REPLACE_WITH_THE_DIGEST_YOU_VERIFIED"


@pytest.fixture(scope="session")
def own_registry() -> Registry:
    """The ``providers.toml`` with which users start."""
    return loading.load(REPOSITORY / "providers.toml")
