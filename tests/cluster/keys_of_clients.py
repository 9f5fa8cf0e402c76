"""Keys with a rate limit as LiteLLM's custom authentication: for the limit alone no database is needed.

``sk-3-a-minute-x`` is a key that may make three requests a minute; the rest of its name makes it a key of its own.
"""

import os

from fastapi import Request
from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth
from litellm.proxy.utils import hash_token


async def authenticate(request: Request, api_key: str) -> UserAPIKeyAuth:
    """LiteLLM's ``custom_auth``: who has this key, and what was granted."""
    if api_key == os.environ["LITELLM_MASTER_KEY"]:
        return UserAPIKeyAuth(api_key=api_key, user_role=LitellmUserRoles.PROXY_ADMIN)
    number = api_key.split("-")[1]
    return UserAPIKeyAuth(api_key=hash_token(api_key), rpm_limit=int(number))
