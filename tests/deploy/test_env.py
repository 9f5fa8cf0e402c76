"""The example environment lists exactly the variables that are read, without values."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from custom_providers.keys.lookup import variables
from custom_providers.kimi.timeout import TIMEOUT_VARIABLE
from custom_providers.registry.fields import ALERTS, AUDIT, GATEWAY
from custom_providers.registry.model import Gateway, Registry
from pointsman.doctor.admin_ui import SALT_KEY
from tests.deploy.conftest import DEPLOY

EXAMPLE = (DEPLOY / "env.example").read_text()
TO_FILL_IN = variables(EXAMPLE)
OPTIONAL = variables(re.sub(r"^#(?=\w+=)", "", EXAMPLE, flags=re.MULTILINE)).keys() - TO_FILL_IN.keys()
NAMED = dict(re.findall(r'(\w+_env) = "(\w+)"', EXAMPLE))
"""The example's variables, by the registry setting that names them."""
LOGIN = {"UI_USERNAME", "UI_PASSWORD"}
"""The variables that only LiteLLM reads."""


def _read(registry: Registry) -> set[str]:
    keys = {provider.auth_env for provider in registry.providers if provider.auth_env}
    places = {f"{provider.name.upper()}_BASE_URL" for provider in registry.providers}
    return keys | places | {Gateway().master_key_env, SALT_KEY, TIMEOUT_VARIABLE} | LOGIN | set(NAMED.values())


def test_it_names_at_least_what_is_read(own_registry: Registry):
    assert _read(own_registry) <= TO_FILL_IN.keys() | OPTIONAL


def test_it_names_nothing_that_nobody_reads(own_registry: Registry):
    assert TO_FILL_IN.keys() | OPTIONAL <= _read(own_registry)


def test_it_shows_every_setting_that_names_a_variable():
    settings = {field.name for record in (GATEWAY, AUDIT, ALERTS) for field in record.fields}

    assert set(NAMED) == {name for name in settings if name.endswith("_env")} - {"master_key_env"}


def test_litellm_still_reads_what_it_alone_reads():
    """If a release renames them, the admin UI keeps its default login."""
    found = find_spec("litellm")
    assert found
    assert found.origin
    login = Path(found.origin).with_name("proxy") / "auth" / "login_utils.py"

    assert set(re.findall(r'os\.getenv\("(\w+)"', login.read_text())) >= LOGIN


def test_a_variable_that_must_not_be_blank_is_not_there_until_somebody_writes_its_value(own_registry: Registry):
    """A provider without a key is skipped; LiteLLM does not start with an empty master key or database URL."""
    assert set(TO_FILL_IN) == {provider.auth_env for provider in own_registry.providers if provider.auth_env}


def test_it_holds_no_value():
    assert not re.search(r"^#?\w+=.", EXAMPLE, re.MULTILINE)


def test_filled_in_copies_are_never_committed():
    assert "*.env" in (DEPLOY / ".gitignore").read_text().splitlines()
