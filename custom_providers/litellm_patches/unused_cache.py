"""Takes the callback of LiteLLM's response cache out again where no cache is configured.

LiteLLM 1.106 to 1.110: the first request to Gemini imports a module that makes a ``Cache`` to name its entries, and
every ``Cache`` registers itself as a callback. From then on, LiteLLM logs the success of each call a second time, in a
thread, and adds to metadata that the request may be iterating over: a good answer becomes a 500, "dictionary changed
size during iteration".
"""

from __future__ import annotations

import contextlib
import importlib

import litellm  # noqa: TID253 -- LiteLLM imports this package

_REGISTERS = "litellm.llms.vertex_ai.context_caching.vertex_ai_context_caching"


def remove() -> None:
    """Import the module now, so that no request does, and remove what it registers."""
    with contextlib.suppress(ModuleNotFoundError):  # a release without the module needs none of this
        importlib.import_module(_REGISTERS)
    if litellm.cache is None:
        litellm.disable_cache()
