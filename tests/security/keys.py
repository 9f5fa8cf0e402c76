"""The attackers' keys, and the custom authentication that accepts them without a database."""

from fastapi import Request
from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth

from tests.running import MASTER_KEY

ONE = "sk-of-one-model-only"
"""May call one model of one provider."""
EVERYTHING = "sk-of-every-model"
"""May call every model, but is not the master key."""
OWNED_BY_AN_ADMIN = "sk-of-an-administrator"
"""The same, but LiteLLM treats its owner as an administrator, as with keys that the master key creates."""

ALIASES = {ONE: "of-one-model"}

GRANTS: dict[str, dict[str, object]] = {
    ONE: {"models": ["openai/gpt-4o-mini"], "key_alias": ALIASES[ONE]},
    "sk-of-one-claude-only": {"models": ["claude/claude-haiku-4-5"]},
    EVERYTHING: {"models": []},
    OWNED_BY_AN_ADMIN: {"models": [], "user_role": LitellmUserRoles.PROXY_ADMIN},
    "sk-session-of-an-admin": {"team_id": "litellm-dashboard", "user_role": LitellmUserRoles.PROXY_ADMIN},
    "sk-session-of-a-user": {"team_id": "litellm-dashboard", "user_role": LitellmUserRoles.INTERNAL_USER},
}


async def authenticate(request: Request, api_key: str) -> UserAPIKeyAuth:
    """LiteLLM's ``custom_auth``: the owner and the grants of a key."""
    if api_key == MASTER_KEY:
        return UserAPIKeyAuth(api_key="litellm_proxy_master_key", user_role=LitellmUserRoles.PROXY_ADMIN)
    if api_key not in GRANTS:
        raise ValueError("no such key")
    return UserAPIKeyAuth(api_key=api_key, **GRANTS[api_key])
