"""The User-Agent and the protocol of a request, and the line that describes them."""

from __future__ import annotations

import pytest

from custom_providers import OWN_USER_AGENT
from custom_providers.kimi.account.identity import (
    Identity,
    Protocol,
    accepted_in,
    decide,
    describe,
    in_force,
    needs_acceptance,
)
from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM, System

CLAUDE = "claude-cli/2.1.161"


@pytest.mark.parametrize(
    ("user_agent", "protocol", "system", "caller", "expected"),
    [
        (None, None, KIMI_CODE, CLAUDE, (OWN_USER_AGENT, "anthropic", "honest")),
        (None, "openai", KIMI_CODE, None, (OWN_USER_AGENT, "openai", "honest")),
        (None, None, PLATFORM, None, (OWN_USER_AGENT, "openai", "honest")),
        (None, "anthropic", PLATFORM, None, (OWN_USER_AGENT, "anthropic", "honest")),
        (None, None, None, None, (OWN_USER_AGENT, "openai", "honest")),
        ("claude-code/1.0.0", None, KIMI_CODE, None, ("claude-code/1.0.0", "openai", "fixed")),
        ("claude-code/1.0.0", "anthropic", KIMI_CODE, None, ("claude-code/1.0.0", "anthropic", "fixed")),
        ("caller", None, KIMI_CODE, CLAUDE, (CLAUDE, "openai", "caller")),
        ("caller", "anthropic", KIMI_CODE, CLAUDE, (CLAUDE, "anthropic", "caller")),
        ("caller", None, KIMI_CODE, "RooCode/3.2", ("RooCode/3.2", "openai", "caller")),
        ("caller", None, KIMI_CODE, "opencode/1.1", ("opencode/1.1", "anthropic", "caller")),
        ("caller", None, KIMI_CODE, "curl/8", (OWN_USER_AGENT, "anthropic", "honest")),
        ("caller", None, KIMI_CODE, "my-claude-cli/1", (OWN_USER_AGENT, "anthropic", "honest")),
        ("caller", None, KIMI_CODE, None, (OWN_USER_AGENT, "anthropic", "honest")),
        ("caller", None, PLATFORM, CLAUDE, (CLAUDE, "openai", "caller")),
    ],
)
def test_the_identity_of_a_request(
    user_agent: str | None,
    protocol: Protocol | None,
    system: System | None,
    caller: str | None,
    expected: tuple[str, Protocol, str],
):
    """The identity depends on the registry, the system and the caller."""
    decided = decide(user_agent=user_agent, protocol=protocol, system=system, caller=caller)
    name, over, mode = expected
    assert decided == Identity(user_agent=name, protocol=over, mode=mode)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("user_agent", "needed"),
    [(None, False), ("caller", False), (OWN_USER_AGENT, False), ("claude-code/1.0.0", True), ("anything", True)],
)
def test_only_another_products_name_needs_an_acceptance(user_agent: str | None, needed: bool):
    """Our own name and the caller's name are truthful and need no acceptance."""
    assert needs_acceptance(user_agent) is needed


@pytest.mark.parametrize("protocol", [None, "openai", "anthropic"])
def test_without_acceptance_another_products_name_has_no_effect(protocol: Protocol | None):
    assert in_force("claude-code/1.0.0", protocol, accepted=False) == (None, None)
    assert in_force("claude-code/1.0.0", protocol, accepted=True) == ("claude-code/1.0.0", protocol)
    assert in_force("caller", protocol, accepted=False) == ("caller", protocol)
    assert in_force(None, protocol, accepted=False) == (None, protocol)


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("ops, 2026-11-01", "ops, 2026-11-01"),
        (" ops, on a Monday ", "ops, on a Monday"),
        ("", ""),
        ("yes", ""),
        ("1", ""),
        (", 2026-11-01", ""),
        ("ops,", ""),
    ],
)
def test_an_acceptance_has_a_name_and_a_date(value: str, accepted: str):
    env = {"WORK_KIMI_USER_AGENT_RISK_ACCEPTED": value}

    assert accepted_in(env, "work_kimi") == accepted
    assert accepted_in(env, "kimi") == ""


VARIABLE = "KIMI_USER_AGENT_RISK_ACCEPTED"


def test_another_products_name_is_described_with_who_accepted_the_risk_or_what_would():
    """An operator can see a decision that somebody else made."""
    agent = "claude-code/1.0.0"
    line = describe(user_agent=agent, protocol=None, system=KIMI_CODE, accepted="ops, 2026-11-01", variable=VARIABLE)
    assert line == (
        'sends User-Agent "claude-code/1.0.0" over the OpenAI protocol, another product\'s name:'
        " risk accepted by ops, 2026-11-01"
    )
    assert describe(user_agent=agent, protocol=None, system=KIMI_CODE, accepted=None, variable=VARIABLE) == (
        f'sends User-Agent "{OWN_USER_AGENT}" over the Anthropic protocol (its own name);'
        f' {VARIABLE}="name, date" would send "claude-code/1.0.0" and accept the risk'
    )


def test_the_truthful_modes_are_described_as_such():
    """Each description is one line."""
    own = OWN_USER_AGENT
    honest = describe(user_agent=None, protocol=None, system=KIMI_CODE, accepted=None, variable=VARIABLE)
    assert honest == f'sends User-Agent "{own}" over the Anthropic protocol (its own name)'
    caller = describe(user_agent="caller", protocol=None, system=KIMI_CODE, accepted=None, variable=VARIABLE)
    assert caller == (
        f"sends the calling agent's own User-Agent, or {own} over the Anthropic protocol when the caller is not a"
        " known coding agent"
    )
