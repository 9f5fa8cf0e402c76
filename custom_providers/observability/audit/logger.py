"""What LiteLLM's callbacks add to the running call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.constants import LITELLM_PROXY_MASTER_KEY_ALIAS as MASTER  # noqa: TID253 -- LiteLLM imports this module
from litellm.integrations.custom_logger import CustomLogger  # noqa: TID253 -- as above
from litellm.proxy._types import UserAPIKeyAuth  # noqa: TID253 -- as above

from custom_providers.observability.audit.call import Attempt, CurrentCall, under_way
from custom_providers.observability.audit.details import details
from custom_providers.observability.audit.error_message import LONGEST, error_message
from custom_providers.observability.audit.record import clean_name
from custom_providers.observability.audit.recorder import Recorder


class AuditLogger(CustomLogger):  # type: ignore[misc]  # LiteLLM is treated as untyped
    """Listed before the routing hook, so that it also sees the requests that the hook refuses."""

    def __init__(self, recorder: Recorder, *, store_text: bool) -> None:
        super().__init__()
        self._recorder = recorder
        self._store_text = store_text

    async def async_pre_call_hook(
        self,
        user_api_key_dict: UserAPIKeyAuth,
        cache: object,  # noqa: ARG002 -- LiteLLM's signature, here and below
        data: dict[str, Any],
        call_type: str,  # noqa: ARG002
    ) -> None:
        """The request has passed authentication."""
        if call := under_way():
            self._note_request(call, data, user_api_key_dict)

    async def async_pre_call_deployment_hook(
        self,
        kwargs: dict[str, Any],
        call_type: Any,
    ) -> None:
        """An attempt begins. LiteLLM calls this twice if it translates the attempt to another of its APIs."""
        if not (call := under_way()):
            return
        if not call.attempts:
            call.api = call_type
        if call.api == call_type:
            call.attempts.append(_attempt(kwargs))
            call.litellm = kwargs.get("litellm_logging_obj")
            self._recorder.attempted(call)

    async def async_log_success_event(
        self,
        kwargs: dict[str, Any],
        response_obj: object,  # noqa: ARG002
        start_time: object,  # noqa: ARG002
        end_time: object,  # noqa: ARG002
    ) -> None:
        """The answer is complete, or the client has left; usually called after the last byte."""
        if (call := under_way()) and (payload := kwargs.get("standard_logging_object")):
            call.details = details(payload, with_text=self._store_text)
            self._recorder.detailed(call)

    async def async_log_failure_event(
        self,
        kwargs: dict[str, Any],
        response_obj: object,  # noqa: ARG002
        start_time: object,  # noqa: ARG002
        end_time: object,  # noqa: ARG002
    ) -> None:
        """An attempt has failed. A stream that broke has tokens and a cost."""
        if not (call := under_way()):
            return
        if isinstance(error := kwargs.get("exception"), Exception):
            call.error_message = error_message(error)
        payload = kwargs.get("standard_logging_object") or {}
        if payload.get("total_tokens"):
            call.details = details(payload, with_text=self._store_text)

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],
        original_exception: Exception,
        user_api_key_dict: UserAPIKeyAuth,
        traceback_str: str | None = None,  # noqa: ARG002
    ) -> None:
        """The client is about to get an error, perhaps for a request that could not be parsed."""
        if call := under_way():
            self._note_request(call, request_data, user_api_key_dict)
            call.error_class = type(original_exception).__name__
            call.error_message = error_message(original_exception)
            self._recorder.detailed(call)

    def refused(self, path: str, status: int, reason: str, key: str | None, team: str | None) -> None:
        """The gate has refused a known key a route; LiteLLM and its callbacks do not get to see such requests."""
        call = CurrentCall(path)
        call.status, call.error_class, call.error_message = status, "RefusedError", clean_name(reason)[:LONGEST]
        call.key_alias, call.team = key, team
        call.duration = call.elapsed()
        self._recorder.ended(call)

    def _note_request(self, call: CurrentCall, data: dict[str, Any], identity: UserAPIKeyAuth) -> None:
        if call.model is None and isinstance(data.get("model"), str):
            call.model = data["model"]
        call.wants_stream = call.wants_stream or data.get("stream") is True
        call.call_id = call.call_id or data.get("litellm_call_id")
        # The master key has no alias; LiteLLM puts a fixed name in place of the key.
        call.key_alias = identity.key_alias or (MASTER if identity.api_key == MASTER else None)
        call.team = identity.team_alias or identity.team_id
        if self._store_text and call.conversation is None:
            call.conversation = data


def _attempt(kwargs: Mapping[str, Any]) -> Attempt:
    model = str(kwargs.get("model"))
    handler, _, upstream = model.partition("/")
    metadata = kwargs.get("litellm_metadata") or kwargs.get("metadata") or {}
    name = str(metadata.get("model_group") or model)
    if (kwargs.get("model_info") or {}).get("provider"):
        return Attempt(name, name, handler)
    # A model that was added in the admin UI, with its provider as a prefix or in a separate field.
    provider = kwargs.get("custom_llm_provider")
    return Attempt(name, f"{provider}/{upstream if handler == provider else model}" if provider else model, handler)
