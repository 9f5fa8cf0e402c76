"""Retries that cannot help: LiteLLM judges by status alone, and repeats what fails because a quota is used up."""

from __future__ import annotations

from typing import Any

from custom_providers.request.final_failures import is_final

_COUNT = "num_retries"
"""What LiteLLM's router reads of an error before it repeats the call, if the client has not named a number."""


def none_when_final(error: type[Exception]) -> type[Exception]:
    """One of LiteLLM's errors, which allows no retries when none can help."""

    def allowed(self: Any) -> int | None:
        # OpenAI's code, as in "insufficient_quota", is in the body only.
        if is_final(self.status_code, f"{self.message} {getattr(self, 'body', None)}"):
            return 0
        count: int | None = self.__dict__.get(_COUNT)
        return count

    # A property, because LiteLLM sets the deployment's number on every error that passes.
    setattr(error, _COUNT, property(allowed, lambda self, count: self.__dict__.__setitem__(_COUNT, count)))
    return error
