"""Under which name a request goes to Kimi, and over which protocol.

Kimi Code admits only listed coding agents on its OpenAI protocol and needs no approval on its Anthropic one; its
documentation asks for the tool's real identifier and calls tampering with it a violation. So the honest name
travels over the Anthropic protocol, and a name that is not the sender's own needs an operator who answers for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from custom_providers.kimi.account.systems import KIMI_CODE, System

Protocol = Literal["openai", "anthropic"]
Mode = Literal["honest", "caller", "fixed"]

PRODUCT = "litellm-pointsman"
CALLER = "caller"
"""The registry's word for "the calling agent's own User-Agent"."""

LISTED_AGENTS = frozenset(
    {"claude-cli", "claude-code", "kimicli", "kimi-code-cli", "roocode", "kilo-code", "hermesagent", "pi"}
)
"""Admitted on Kimi Code's OpenAI protocol in published measurements up to Nov 2026; the real list is not public."""

UNLISTED_AGENTS = frozenset(
    {"cline", "charm-crush", "opencode", "openclaw", "codex-cli", "codex_cli_rs", "goose", "kimi-cli", "omp", "zed"}
)
"""Coding agents too, but refused there, or never measured: forwarded over the Anthropic protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What one request presents to Kimi."""

    user_agent: str
    protocol: Protocol
    mode: Mode
    """Whose name it is: ours, the calling agent's, or the registry's fixed one."""


def own_user_agent() -> str:
    """Our honest name, ``litellm-pointsman/<version>``; version 0 where the package is not installed."""
    # Here, for the command: it takes as long to load as click, and is needed by the proxy alone.
    from importlib import metadata

    try:
        return f"{PRODUCT}/{metadata.version(PRODUCT)}"
    except metadata.PackageNotFoundError:
        return f"{PRODUCT}/0"


def product(user_agent: str) -> str:
    """The product name that opens a User-Agent, in lower case."""
    return user_agent.strip().partition("/")[0].partition(" ")[0].lower()


def is_coding_agent(user_agent: str | None) -> bool:
    """Whether a User-Agent names a coding agent that we know."""
    return user_agent is not None and product(user_agent) in LISTED_AGENTS | UNLISTED_AGENTS


def needs_acknowledgement(user_agent: str | None) -> bool:
    """Whether the registry's ``user_agent`` is somebody else's name, which somebody must answer for."""
    return user_agent is not None and user_agent != CALLER and product(user_agent) != PRODUCT


def decide(
    *, user_agent: str | None, protocol: Protocol | None, system: System | None, caller: str | None, own: str
) -> Identity:
    """Settle one request's identity.

    Args:
        user_agent: the registry's choice: None (honest), ``"caller"``, or a fixed name.
        protocol: the registry's choice, None to let the identity decide.
        system: the account system the request goes to.
        caller: the User-Agent of the client that called us.
        own: our honest User-Agent.
    """
    name, mode = _name(user_agent, caller, own)
    admitted = system is not KIMI_CODE or mode == "fixed" or (mode == "caller" and product(name) in LISTED_AGENTS)
    return Identity(user_agent=name, protocol=protocol or ("openai" if admitted else "anthropic"), mode=mode)


def _name(user_agent: str | None, caller: str | None, own: str) -> tuple[str, Mode]:
    if user_agent == CALLER and caller is not None and is_coding_agent(caller):
        return caller, "caller"
    if user_agent is None or user_agent == CALLER:
        return own, "honest"
    return user_agent, "fixed"


def describe(*, user_agent: str | None, protocol: Protocol | None, system: System | None, accepted: str | None) -> str:
    """One line for ``serve`` and ``check``: what goes out, and who answers for it.

    Args:
        user_agent: the registry's ``user_agent``.
        protocol: the registry's ``protocol``.
        system: the account system of the provider.
        accepted: the registry's ``user_agent_risk_accepted``, "who, date".
    """
    own = own_user_agent()
    if user_agent == CALLER:
        over = f" over the {_SPOKEN[protocol]} protocol" if protocol else ""
        return (
            f"sends the calling agent's own User-Agent{over}, or {own} over the"
            f" {_SPOKEN[decide(user_agent=None, protocol=protocol, system=system, caller=None, own=own).protocol]}"
            " protocol when the caller is not a known coding agent"
        )
    identity = decide(user_agent=user_agent, protocol=protocol, system=system, caller=None, own=own)
    line = f'sends User-Agent "{identity.user_agent}" over the {_SPOKEN[identity.protocol]} protocol'
    if not needs_acknowledgement(user_agent):
        return f"{line} (its own name)"
    return f"{line}, a name that is not its own: {_answerable(accepted)}"


def _answerable(accepted: str | None) -> str:
    return f"risk accepted by {accepted}" if accepted else "nobody has accepted the risk"


_SPOKEN = {"openai": "OpenAI", "anthropic": "Anthropic"}
