"""Lists the parts of LiteLLM that this package calls or reads although they are not a public API.

They are looked up at boot, not at the first request that needs them. Nothing here is changed.
"""

from __future__ import annotations

from custom_providers.litellm_patches.place import EVER, STILL, Place

_CHECKS = "litellm.proxy.auth.auth_checks"
_SERVER = "litellm.proxy.proxy_server"
_WITHHELD = "keys could call models that they were not granted"
_UNFITTED = "providers without a key would be deployed, and <NAME>_BASE_URL would be ignored"
_STREAMS = "streams that the engine serves would fail, or be logged wrongly"


def _needed(
    target: str, *parameters: str, why: str, since: tuple[int, int] = EVER, before: tuple[int, int] = STILL
) -> Place:
    return Place(target=target, parameters=parameters, why=why, required=True, since=since, before=before)


def _read(target: str, why: str) -> Place:
    return Place(target=target, parameters=None, why=why, required=True)


SEAMS = (
    _needed(
        f"{_CHECKS}:can_key_call_resolved_model", "model", "llm_model_list", "valid_token", "llm_router", why=_WITHHELD
    ),
    _needed(f"{_CHECKS}:can_user_call_model", "model", "llm_router", "user_object", why=_WITHHELD),
    _needed(
        f"{_CHECKS}:get_user_object",
        *("user_id", "prisma_client", "user_api_key_cache", "user_id_upsert"),
        why=_WITHHELD,
    ),
    _needed(f"{_CHECKS}:UserNotFoundError", "user_id", why=_WITHHELD),
    _read(f"{_SERVER}:llm_router", _WITHHELD),
    _read(f"{_SERVER}:llm_model_list", _UNFITTED),
    _read(f"{_SERVER}:prisma_client", _WITHHELD),
    _read(f"{_SERVER}:user_api_key_cache", _WITHHELD),
    _read(f"{_SERVER}:proxy_logging_obj", _WITHHELD),
    _needed("litellm:CustomStreamWrapper.__init__", "self", "completion_stream", "model", "logging_obj", why=_STREAMS),
    _needed("litellm:CustomStreamWrapper.chunk_creator", "self", "chunk", why=_STREAMS),
    _needed(
        "litellm:CustomStreamWrapper._propagate_usage_cost_to_hidden_params",
        *("response", "custom_llm_provider"),
        why=_STREAMS,
    ),
    _needed("litellm:CustomStreamWrapper._restore_consumer_correlation_context", "self", why=_STREAMS),
    _needed(
        "litellm.litellm_core_utils.litellm_logging:Logging.dispatch_success_handlers", "self", "result", why=_STREAMS
    ),
    Place(
        target="litellm:CustomStreamWrapper.fetch_stream",
        parameters=("self",),
        why="an unreachable Gemini is called four times, and its error arrives inside a stream",
    ),
    _needed("litellm:Router.delete_deployment", "self", "id", why=_UNFITTED, before=(1, 110)),
    _needed("litellm:Router.upsert_deployment", "self", "deployment", why=_UNFITTED, before=(1, 110)),
    _needed("litellm:Router.apply", "self", "changes", why=_UNFITTED, since=(1, 110)),
    _needed("litellm.router_api:ChangeSet", "assign", "settings", "upsert", "delete", why=_UNFITTED, since=(1, 110)),
    _needed("litellm:Router.registry", "self", why="no deployment would be found", since=(1, 110)),
)
