"""The text of the registry that ``pointsman init`` writes: a commented table per chosen provider."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from custom_providers.kimi.account.identity import Mode, needs_acceptance
from custom_providers.providers.known import KNOWN
from custom_providers.registry import loading
from custom_providers.registry.model import Provider

STARTERS = {name: profile.setup for name, profile in KNOWN.items() if profile.setup}
"""Every provider that ``init`` can set up, by name."""

_HEAD = """\
# Which LLM providers this proxy serves, where their keys are, and which model names go to them.
#
#     pointsman keys set NAME    stores a provider's key in the .env next to this file; never write one in here
#     pointsman render           writes litellm_config.yaml from this file
#     pointsman serve            runs the proxy
#
# A provider without a key is skipped: requests for its models get a 404. A name that matches no rule goes to {default}.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiChoice:
    """The choices for Kimi."""

    user_agent: str = ""
    """The registry's ``user_agent``; empty: our own name."""
    accepted: str = ""
    """Who accepted the risk of another product's name, and when: "name, date"; empty: not accepted."""
    platform: bool = False
    """Whether the key belongs to the Moonshot platform, which serves other models."""

    @property
    def mode(self) -> Mode:
        """Whose User-Agent is sent."""
        if needs_acceptance(self.user_agent or None):
            return "fixed"
        return "caller" if self.user_agent else "honest"


def registry_text(names: Sequence[str], kimi: KimiChoice) -> str:
    """The text of ``providers.toml`` for providers of ``STARTERS``, in their order there."""
    chosen = [name for name in STARTERS if name in names]
    default = "ollama" if "ollama" in chosen else chosen[0]
    return "\n".join((_HEAD.format(default=default), *(_row(name, kimi) for name in chosen)))


def provider(name: str) -> Provider:
    """The provider that the table of ``name`` declares."""
    return loading.parse(_row(name, KimiChoice()).encode(), name).providers[0]


def _row(name: str, kimi: KimiChoice) -> str:
    starter = STARTERS[name]
    fields = {
        "name": name,
        "base_url": starter.base_url,
        "auth": starter.auth,
        "auth_env": starter.auth_env,
        "default_model": starter.default_model,
    }
    comment = f"# {starter.about[0].upper()}{starter.about[1:]}.\n{starter.comment}"
    if starter.identities:
        comment += starter.identities[kimi.mode]
        fields |= {"user_agent": kimi.user_agent}
        if kimi.platform:
            fields["default_model"] = STARTERS["moonshot"].default_model
    lines = [f"{field} = {_string(value)}\n" for field, value in fields.items() if value]
    return f"{comment}[[provider]]\n{''.join(lines)}"


def _string(value: str) -> str:
    """``value`` as a TOML string: JSON's, which leaves only DEL unescaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
