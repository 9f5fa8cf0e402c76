"""The User-Agent and the protocol of a request to Kimi.

Kimi Code admits only listed coding agents on its OpenAI protocol and needs no approval on its Anthropic one. Its
documentation asks for the tool's real identifier and calls tampering with it a violation. So our own name is sent over
the Anthropic protocol, and another product's name only after the operator has accepted the risk, in the registry or
in a variable (``risk_variable``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from custom_providers import OWN_USER_AGENT, PRODUCT
from custom_providers.kimi.account.systems import KIMI_CODE, System
from custom_providers.providers.kimi import LISTED_AGENTS, NEVER_FORWARDED, UNLISTED_AGENTS

Protocol = Literal["openai", "anthropic"]
Mode = Literal["honest", "caller", "fixed"]

CALLER = "caller"
"""The registry's word for "the calling agent's own User-Agent"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What one request presents to Kimi."""

    user_agent: str
    protocol: Protocol
    mode: Mode
    """Whose name it is: ours, the calling agent's, or the registry's fixed one."""


def product(user_agent: str) -> str:
    """The product name at the start of a User-Agent, in lower case."""
    return user_agent.strip().partition("/")[0].partition(" ")[0].lower()


def is_coding_agent(user_agent: str | None) -> bool:
    """Whether a User-Agent names a known coding agent."""
    return user_agent is not None and product(user_agent) in LISTED_AGENTS | UNLISTED_AGENTS


def needs_acceptance(user_agent: str | None) -> bool:
    """Whether the registry's ``user_agent`` is another product's name, whose risk the operator must accept."""
    return user_agent is not None and user_agent != CALLER and product(user_agent) != PRODUCT


def risk_variable(provider: str) -> str:
    """The variable in which the operator accepts the risk, such as ``KIMI_USER_AGENT_RISK_ACCEPTED``."""
    return f"{provider.upper()}_USER_AGENT_RISK_ACCEPTED"


def accepted_in(env: Mapping[str, str], provider: str) -> str:
    """Who accepted the risk and when, from the variable; empty if it is unset or lacks one of the two."""
    text = env.get(risk_variable(provider), "").strip()
    return text if names_who_and_when(text) else ""


def names_who_and_when(text: str) -> bool:
    """Whether ``text`` has the form "name, date"."""
    return _WHO_AND_WHEN.fullmatch(text) is not None


def in_force(
    user_agent: str | None, protocol: Protocol | None, *, accepted: bool
) -> tuple[str | None, Protocol | None]:
    """The registry's ``user_agent`` and ``protocol``, or neither.

    Another product's name has no effect until the operator has accepted the risk; nor has the protocol that was chosen
    for it, on which Kimi may refuse our own name.
    """
    return (user_agent, protocol) if accepted or not needs_acceptance(user_agent) else (None, None)


def decide(*, user_agent: str | None, protocol: Protocol | None, system: System | None, caller: str | None) -> Identity:
    """Decide one request's identity.

    Args:
        user_agent: the choice in force: None (our own), ``"caller"``, or a fixed name.
        protocol: the choice in force, None to let the identity decide.
        system: the account system that the request goes to.
        caller: the User-Agent of the client that called us.
    """
    name, mode = _name(user_agent, caller)
    admitted = system is not KIMI_CODE or mode == "fixed" or (mode == "caller" and product(name) in LISTED_AGENTS)
    return Identity(user_agent=name, protocol=protocol or ("openai" if admitted else "anthropic"), mode=mode)


def _name(user_agent: str | None, caller: str | None) -> tuple[str, Mode]:
    if user_agent == CALLER and caller is not None and is_coding_agent(caller) and not _refused(caller):
        return caller, "caller"
    if user_agent is None or user_agent == CALLER:
        return OWN_USER_AGENT, "honest"
    return user_agent, "fixed"


def _refused(user_agent: str) -> bool:
    return user_agent.strip().lower().startswith(NEVER_FORWARDED)


def describe(
    *, user_agent: str | None, protocol: Protocol | None, system: System | None, accepted: str | None, variable: str
) -> str:
    """One line for ``serve`` and ``check``: what is sent, and how to change it.

    Args:
        user_agent: the registry's ``user_agent``.
        protocol: the registry's ``protocol``.
        system: the account system of the provider.
        accepted: who accepted the risk of another product's name, and when: "name, date".
        variable: where the risk can be accepted; see ``risk_variable``.
    """
    if user_agent == CALLER:
        over = f" over the {_SPOKEN[protocol]} protocol" if protocol else ""
        fallback = decide(user_agent=None, protocol=protocol, system=system, caller=None).protocol
        return (
            f"sends the calling agent's own User-Agent{over}, or {OWN_USER_AGENT} over the {_SPOKEN[fallback]} protocol"
            " when the caller is not a known coding agent"
        )
    agent, protocol = in_force(user_agent, protocol, accepted=bool(accepted))
    identity = decide(user_agent=agent, protocol=protocol, system=system, caller=None)
    line = f'sends User-Agent "{identity.user_agent}" over the {_SPOKEN[identity.protocol]} protocol'
    if not needs_acceptance(user_agent):
        return f"{line} (its own name)"
    if not accepted:
        return f'{line} (its own name); {variable}="name, date" would send "{user_agent}" and accept the risk'
    return f"{line}, another product's name: risk accepted by {accepted}"


_SPOKEN = {"openai": "OpenAI", "anthropic": "Anthropic"}

_WHO_AND_WHEN = re.compile(r"\s*[^\s,][^,]*,\s*\S.*")
