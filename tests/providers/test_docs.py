"""docs/providers.md matches the providers' modules."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from custom_providers.providers import kimi
from custom_providers.providers.account.account import Target
from custom_providers.providers.account.known_accounts import account_of
from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Profile
from tests.running import REPOSITORY

PAGE = (REPOSITORY / "docs" / "providers.md").read_text()
SECTIONS = {part.partition("\n")[0].strip("`"): part for part in PAGE.split("\n## ")}


def _row(profile: Profile) -> str:
    setup = profile.setup
    assert setup is not None
    names = ", ".join(f"`{name}`" for name in (*profile.prefixes, *profile.suffixes, *profile.bare))
    variable = f"`{setup.auth_env}`" if setup.auth_env else "none"
    return f"| `{profile.name}` | {profile.wire_family} | {names} | {variable} | `{setup.default_model}` |"


def test_the_table_is_that_of_the_modules():
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]

    assert [row for row in rows if row.split("`")[1] in KNOWN] == [_row(profile) for profile in KNOWN.values()]


@pytest.mark.parametrize("profile", KNOWN.values(), ids=KNOWN)
def test_each_section_names_the_account_questions_and_the_models_that_end(profile: Profile):
    assert profile.setup is not None
    section = SECTIONS[profile.name]
    base = kimi.SYSTEM.base_url if profile.setup.base_url == "auto" else profile.setup.base_url

    asks = account_of(profile, base).asks(Target(base_url=base, key="sk-key", model="m"))

    assert [ask.url for ask in asks.values() if urlsplit(ask.url).path not in section] == []
    assert [one.model for one in profile.shutdowns if f"`{one.model}`" not in section or one.day not in section] == []
