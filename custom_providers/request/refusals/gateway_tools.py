"""Refuses tools that LiteLLM runs itself through the operator's MCP servers, as the gate refuses MCP's own routes.

LiteLLM has grants for MCP servers, but treats keys generated with the master key as an administrator's, who may use
all. Vector stores and search tools require a grant: see ``vector_store_deny_by_default`` and similar settings in the
generated config.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import HTTPException
from litellm.constants import LITELLM_PROXY_MASTER_KEY_ALIAS  # noqa: TID253 -- LiteLLM imports this module
from litellm.proxy._types import UserAPIKeyAuth  # noqa: TID253 -- as above

from custom_providers.json_parts import mappings

_REFUSAL = "tools: the MCP servers of this proxy are open to the master key only"


async def require_none(identity: UserAPIKeyAuth, data: Mapping[str, Any]) -> None:
    """Raise if a tool of the request is one of this proxy's MCP servers; the provider calls all other tools.

    Raises:
        HTTPException: 403.
    """
    servers = [tool for tool in mappings(data.get("tools")) if tool.get("type") == "mcp"]
    if not servers or identity.api_key == LITELLM_PROXY_MASTER_KEY_ALIAS:
        return
    from litellm.responses.mcp.litellm_proxy_mcp_handler import LiteLLM_Proxy_MCP_Handler

    if any(await LiteLLM_Proxy_MCP_Handler.routes_through_gateway(servers)):
        raise HTTPException(403, _REFUSAL)
