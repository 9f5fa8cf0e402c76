"""Under which name and over which protocol a request goes out, and the line that says so."""

from __future__ import annotations

import pytest

from custom_providers.kimi.account.identity import (
    Identity,
    Protocol,
    decide,
    describe,
    needs_acknowledgement,
    own_user_agent,
)
from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM, System

OWN = "litellm-pointsman/1"
CLAUDE = "claude-cli/2.1.161"


@pytest.mark.parametrize(
    ("user_agent", "protocol", "system", "caller", "expected"),
    [
        (None, None, KIMI_CODE, CLAUDE, (OWN, "anthropic", "honest")),
        (None, "openai", KIMI_CODE, None, (OWN, "openai", "honest")),
        (None, None, PLATFORM, None, (OWN, "openai", "honest")),
        (None, "anthropic", PLATFORM, None, (OWN, "anthropic", "honest")),
        (None, None, None, None, (OWN, "openai", "honest")),
        ("claude-code/1.0.0", None, KIMI_CODE, None, ("claude-code/1.0.0", "openai", "fixed")),
        ("claude-code/1.0.0", "anthropic", KIMI_CODE, None, ("claude-code/1.0.0", "anthropic", "fixed")),
        ("caller", None, KIMI_CODE, CLAUDE, (CLAUDE, "openai", "caller")),
        ("caller", "anthropic", KIMI_CODE, CLAUDE, (CLAUDE, "anthropic", "caller")),
        ("caller", None, KIMI_CODE, "RooCode/3.2", ("RooCode/3.2", "openai", "caller")),
        ("caller", None, KIMI_CODE, "opencode/1.1", ("opencode/1.1", "anthropic", "caller")),
        ("caller", None, KIMI_CODE, "curl/8", (OWN, "anthropic", "honest")),
        ("caller", None, KIMI_CODE, "my-claude-cli/1", (OWN, "anthropic", "honest")),
        ("caller", None, KIMI_CODE, None, (OWN, "anthropic", "honest")),
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
    """The registry's choice, the system and the caller settle it."""
    decided = decide(user_agent=user_agent, protocol=protocol, system=system, caller=caller, own=OWN)
    name, over, mode = expected
    assert decided == Identity(user_agent=name, protocol=over, mode=mode)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("user_agent", "needed"),
    [(None, False), ("caller", False), (OWN, False), ("claude-code/1.0.0", True), ("anything", True)],
)
def test_only_somebody_elses_name_needs_an_acknowledgement(user_agent: str | None, needed: bool):
    """Our own name and the caller's own are truthful."""
    assert needs_acknowledgement(user_agent) is needed


def test_a_borrowed_name_is_described_with_who_answers_for_it():
    """So that nobody inherits another's decision unseen."""
    line = describe(user_agent="claude-code/1.0.0", protocol=None, system=KIMI_CODE, accepted="ops, 2026-11-01")
    assert line == (
        'sends User-Agent "claude-code/1.0.0" over the OpenAI protocol, a name that is not its own:'
        " risk accepted by ops, 2026-11-01"
    )
    unanswered = describe(user_agent="claude-code/1.0.0", protocol=None, system=KIMI_CODE, accepted=None)
    assert unanswered.endswith("nobody has accepted the risk")


def test_the_truthful_modes_are_described_as_such():
    """One line each."""
    own = own_user_agent()
    honest = describe(user_agent=None, protocol=None, system=KIMI_CODE, accepted=None)
    assert honest == f'sends User-Agent "{own}" over the Anthropic protocol (its own name)'
    caller = describe(user_agent="caller", protocol=None, system=KIMI_CODE, accepted=None)
    assert caller == (
        f"sends the calling agent's own User-Agent, or {own} over the Anthropic protocol when the caller is not a"
        " known coding agent"
    )
