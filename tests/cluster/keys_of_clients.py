"""Keys with a rate limit as LiteLLM's custom authentication, which needs no database.

``sk-3-a-minute-x`` is a key that may make three requests a minute; each suffix ``x`` gives a different key.
"""

import os

from fastapi import Request
from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth
from litellm.proxy.utils import hash_token


async def authenticate(request: Request, api_key: str) -> UserAPIKeyAuth:
    """LiteLLM's ``custom_auth``: the owner and the limit of a key."""
    if api_key == os.environ["LITELLM_MASTER_KEY"]:
        return UserAPIKeyAuth(api_key=api_key, user_role=LitellmUserRoles.PROXY_ADMIN)
    number = api_key.split("-")[1]
    return UserAPIKeyAuth(api_key=hash_token(api_key), rpm_limit=int(number))
