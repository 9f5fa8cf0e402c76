"""The example of an environment: complete, and without a single value."""

from __future__ import annotations

from custom_providers.registry import Registry
from tests.deploy.conftest import DEPLOY, variables

GATEWAY = {"LITELLM_MASTER_KEY", "LITELLM_SALT_KEY", "DATABASE_URL", "REDIS_URL"}


def test_it_names_every_key_variable_of_the_registry_and_the_gateways_own(own_registry: Registry):
    keys = {provider.auth_env for provider in own_registry.providers if provider.auth_env}

    assert set(variables(DEPLOY / "env.example")) == keys | GATEWAY


def test_it_holds_no_value():
    assert not any(variables(DEPLOY / "env.example").values())


def test_filled_in_copies_are_never_committed():
    assert "*.env" in (DEPLOY / ".gitignore").read_text().splitlines()
