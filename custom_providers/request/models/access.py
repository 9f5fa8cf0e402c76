"""Checks whether a key, team or user may call the model that a name resolved to.

LiteLLM checks the body's name, before routing. A name in the path or the query, which LiteLLM prefers to the body's,
fallbacks, and a ``provider`` field, which can turn a permitted name into another model, are checked here.
"""

from __future__ import annotations

from litellm.constants import LITELLM_PROXY_MASTER_KEY_ALIAS  # noqa: TID253 -- LiteLLM imports this module
from litellm.proxy._types import UserAPIKeyAuth  # noqa: TID253 -- as above
from litellm.proxy.auth import auth_checks  # noqa: TID253 -- as above

from custom_providers.routing.resolver import Route


async def require_access(identity: UserAPIKeyAuth, route: Route) -> None:
    """Raise unless ``identity`` may call the model of ``route``.

    A grant of an exact name, such as an alias or ``gpt-oss:120b-cloud``, includes the model that the name resolves to
    (see ``litellm_patches.granted_names``); no grant covers a ``provider`` field.

    Raises:
        ProxyException: LiteLLM's own refusal, status 403.
    """
    from litellm.proxy.proxy_server import llm_router

    if identity.api_key == LITELLM_PROXY_MASTER_KEY_ALIAS:
        # As in LiteLLM: its "default_user_id" may be missing from the database, and there may be no database.
        return
    name = str(route.deployment if route.rule == "provider" else route.model)
    await auth_checks.can_key_call_resolved_model(
        model=name, llm_model_list=None, valid_token=identity, llm_router=llm_router
    )
    await _require_user_access(identity, name)


async def require_access_by_name(identity: UserAPIKeyAuth, route: Route) -> None:
    """Raise unless ``identity`` may call the model of ``route``, which was added in the admin UI.

    LiteLLM has already replaced a team's alias with its model, which needs no separate grant.

    Raises:
        ProxyException: LiteLLM's own refusal, status 403.
    """
    if route.model not in (identity.team_model_aliases or {}).values():
        await require_access(identity, route)


async def _require_user_access(identity: UserAPIKeyAuth, name: str) -> None:
    """Check the owner's model list, which LiteLLM applies to keys without a team."""
    from litellm.proxy.proxy_server import llm_router, prisma_client, proxy_logging_obj, user_api_key_cache

    if identity.team_id is not None or identity.user_id is None or prisma_client is None:
        return
    try:
        owner = await auth_checks.get_user_object(
            user_id=identity.user_id,
            prisma_client=prisma_client,
            user_api_key_cache=user_api_key_cache,
            user_id_upsert=False,
            proxy_logging_obj=proxy_logging_obj,
        )
    except auth_checks.UserNotFoundError:
        # A key may name a user that was never created; then no restrictions apply.
        return
    await auth_checks.can_user_call_model(model=name, llm_router=llm_router, user_object=owner)
