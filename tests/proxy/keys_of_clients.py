"""The virtual keys of the access tests as LiteLLM's custom authentication, which needs no database.

LiteLLM applies its own model checks to the result, as it does to a key from its database.
"""

from fastapi import Request
from litellm.proxy._types import UserAPIKeyAuth

GRANTS: dict[str, dict[str, object]] = {
    "sk-one-model": {"models": ["openai/gpt-4o-mini"]},
    "sk-cloud-model": {"models": ["ollama_cloud/gpt-oss:120b"]},
    "sk-local-model": {"models": ["ollama/qwen3.5:latest"]},
    "sk-local-pattern": {"models": ["ollama/*"]},
    "sk-kimi-model": {"models": ["moonshot/kimi-k2.6"]},
    "sk-router-model": {"models": ["openrouter/openai/gpt-oss-120b:free"]},
    "sk-bare-name": {"models": ["gpt-4o-mini"]},
    "sk-cloud-tag": {"models": ["gpt-oss:120b-cloud"]},
    "sk-alias": {"models": ["fast"]},
    "sk-local-names": {"models": ["qwen3.5:latest", "gpt-oss:120b", "claude-haiku-4-5"]},
    "sk-glob": {"models": ["openai/*"]},
    "sk-loose-glob": {"models": ["gpt-*"]},
    "sk-everything": {"models": []},
    "sk-team": {"models": [], "team_id": "t1", "team_models": ["openai/gpt-4o-mini"]},
    "sk-team-and-key": {"models": ["fast"], "team_id": "t1", "team_models": ["openai/*"]},
    "sk-key-beyond-team": {"models": ["fast"], "team_id": "t1", "team_models": ["fa*"]},
}


async def authenticate(request: Request, api_key: str) -> UserAPIKeyAuth:
    """LiteLLM's ``custom_auth``: the owner and the grants of a key."""
    if api_key not in GRANTS:
        raise ValueError("no such key")
    return UserAPIKeyAuth(api_key=api_key, **GRANTS[api_key])
