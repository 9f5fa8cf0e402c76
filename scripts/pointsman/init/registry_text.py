"""The registry that ``pointsman init`` writes: a commented row for each chosen provider, as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from custom_providers.kimi.account import systems
from custom_providers.kimi.account.identity import needs_acceptance
from custom_providers.registry import loading
from custom_providers.registry.model import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What a row of a known provider begins with."""

    about: str
    """For the person who chooses, and as the row's comment."""
    base_url: str
    auth: str = "bearer"
    auth_env: str = ""
    default_model: str


STARTERS = {
    "ollama": Starter(
        about="Ollama on this machine; takes every name that no rule matches",
        base_url="http://localhost:11434",
        auth="none",
        default_model="qwen3.5:latest",
    ),
    "ollama_cloud": Starter(
        about="Ollama's cloud: cloud/<model>, <model>:cloud",
        base_url="https://ollama.com",
        auth_env="OLLAMA_CLOUD_KEY",
        default_model="gpt-oss:120b",
    ),
    "openrouter": Starter(
        about="OpenRouter: openrouter/<vendor>/<model>",
        base_url="https://openrouter.ai/api/v1",
        auth_env="OPENROUTER_API_KEY",
        default_model="openai/gpt-oss-120b:free",
    ),
    "opencode": Starter(
        about="OpenCode Zen, pay as you go",
        base_url="https://opencode.ai/zen/v1",
        auth_env="OPENCODE_API_KEY",
        default_model="glm-5.2",
    ),
    "opencode_go": Starter(
        about="OpenCode Go, the subscription",
        base_url="https://opencode.ai/zen/go/v1",
        auth_env="OPENCODE_API_KEY",
        default_model="glm-5.2",
    ),
    "kimi": Starter(
        about=f"Kimi For Coding, a membership ({systems.KIMI_CODE.key_shape} keys)",
        base_url="auto",
        auth_env="KIMI_API_KEY",
        default_model="kimi-for-coding",
    ),
    "moonshot": Starter(
        about=f"the Moonshot platform, prepaid (other {systems.PLATFORM.key_shape} keys)",
        base_url=systems.PLATFORM.base_url,
        auth_env="MOONSHOT_API_KEY",
        default_model="kimi-k2.6",
    ),
    "gemini": Starter(
        about="Google's Gemini, by a key of AI Studio",
        base_url="https://generativelanguage.googleapis.com/v1beta",
        auth="api_key_query",
        auth_env="GEMINI_API_KEY",
        default_model="gemini-2.5-flash",
    ),
    "claude": Starter(
        about="Anthropic's API",
        base_url="https://api.anthropic.com/v1",
        auth="x_api_key",
        auth_env="ANTHROPIC_API_KEY",
        default_model="claude-haiku-4-5",
    ),
    "openai": Starter(
        about="OpenAI's API",
        base_url="https://api.openai.com/v1",
        auth_env="OPENAI_API_KEY",
        default_model="gpt-5-mini",
    ),
}
"""By name, every provider that ``init`` can set up."""

_HEAD = """\
# Which LLM providers this proxy serves, where their keys are, and which model names go to them.
#
#     pointsman keys set NAME    stores a provider's key in the .env beside this file; never write one in here
#     pointsman render           writes litellm_config.yaml from this file
#     pointsman serve            runs the proxy
#
# A provider whose key is not there is skipped: its names answer 404. Whatever matches no rule goes to {default}.
"""

_AUTO = """\
# base_url = "auto": the key's shape decides between Kimi Code and the Moonshot platform. KIMI_BASE_URL overrides it.
"""
_HONEST = """\
# Requests carry our own name, over Kimi's Anthropic protocol, which needs no approval. user_agent = "caller" forwards
# the User-Agent of the coding agent that calls.
"""
_CALLER = """\
# The User-Agent of the coding agent that calls is forwarded; any other caller's requests carry our own name.
"""
_FOREIGN = """\
# user_agent is another product's name. Kimi's terms call that tampering and may suspend the membership, so it is sent
# only while KIMI_USER_AGENT_RISK_ACCEPTED="name, date" is set (.env). Without it requests carry our own name.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiChoice:
    """What was decided about Kimi."""

    user_agent: str = ""
    """As in the registry; empty: our own name."""
    accepted: str = ""
    """Who accepted the risk of another product's name, and when: "name, date"; empty: nobody yet."""
    platform: bool = False
    """Whether the key belongs to the Moonshot platform, which serves other models."""


def registry_text(names: Sequence[str], kimi: KimiChoice) -> str:
    """The text of ``providers.toml`` for providers of ``STARTERS``, in their order there."""
    chosen = [name for name in STARTERS if name in names]
    default = "ollama" if "ollama" in chosen else chosen[0]
    return "\n".join((_HEAD.format(default=default), *(_row(name, kimi) for name in chosen)))


def provider(name: str) -> Provider:
    """The provider that the row of ``name`` declares."""
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
    comment = f"# {starter.about[0].upper()}{starter.about[1:]}.\n"
    if name == "kimi":
        comment += _AUTO + _identity_comment(kimi)
        fields |= {"user_agent": kimi.user_agent}
        if kimi.platform:
            fields["default_model"] = STARTERS["moonshot"].default_model
    lines = [f"{field} = {_string(value)}\n" for field, value in fields.items() if value]
    return f"{comment}[[provider]]\n{''.join(lines)}"


def _identity_comment(kimi: KimiChoice) -> str:
    if needs_acceptance(kimi.user_agent or None):
        return _FOREIGN
    return _CALLER if kimi.user_agent else _HONEST


def _string(value: str) -> str:
    """``value`` as a TOML string: JSON's, which leaves only DEL unescaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
