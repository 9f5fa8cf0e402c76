"""Deployments without a limit of their own: LiteLLM looks for one twice a request, and builds models and copies for it.

It counts tokens and requests a minute for those that have one. Whether a deployment does is found out by LiteLLM once
for each name it is called by, and holds as long as the deployment and LiteLLM's price map are the same.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any

import litellm  # noqa: TID253 -- LiteLLM imports this module
from litellm.exceptions import ModelNotMappedError  # noqa: TID253 -- as above

MOST = 4096
"""Names that are remembered; under a wildcard clients choose them."""


def install() -> None:
    """Makes LiteLLM's routers remember for which deployments there was nothing to count."""
    router = litellm.Router
    original = router._increment_deployment_usage  # noqa: SLF001 -- LiteLLM has no setting for it
    uncounted: dict[tuple[str, str], tuple[object, object]] = {}

    @functools.wraps(original)
    async def remembering(self: Any, *, deployment_id: str, model_group: str, **usage: Any) -> Any:
        name, state = (deployment_id, model_group), (self.get_model_info(deployment_id), litellm.model_cost)
        if (known := uncounted.get(name)) and all(one is other for one, other in zip(known, state, strict=True)):
            return None
        counter = None
        # LiteLLM counts nothing for a model that its price map does not have; its callers log the error and go on.
        with contextlib.suppress(ModelNotMappedError):
            counter = await original(self, deployment_id=deployment_id, model_group=model_group, **usage)
        if counter is None and usage["rpm_increment"] > 0:
            if len(uncounted) >= MOST:
                uncounted.clear()
            uncounted[name] = state
        return counter

    router._increment_deployment_usage = remembering  # noqa: SLF001 -- as above
