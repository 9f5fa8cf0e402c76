"""Retries that cannot help: LiteLLM judges by status and class alone, and repeats what fails for a spent quota."""

from __future__ import annotations

import functools
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module

from custom_providers.request.final_failures import is_final


def install() -> None:
    """Lets LiteLLM's router ask ``is_final`` before it retries; there is no setting for that."""
    router = litellm.Router
    original = router.should_retry_this_error

    @functools.wraps(original)
    def judged(self: Any, error: Exception, *arguments: Any, **options: Any) -> Any:
        # OpenAI's code, as in "insufficient_quota", is in the body only.
        told = f"{error} {getattr(error, 'body', None)}"
        if is_final(getattr(error, "status_code", None), told):
            raise error
        return original(self, error, *arguments, **options)

    router.should_retry_this_error = judged
