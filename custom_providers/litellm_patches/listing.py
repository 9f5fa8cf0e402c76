"""What a pattern is listed as: the declared models under it, where LiteLLM lists every model that it knows of."""

from __future__ import annotations

from typing import Any

from litellm.proxy.auth import model_checks  # noqa: TID253 -- LiteLLM imports this module

from custom_providers.litellm_patches.declared import DeclaringRouter


def install() -> None:
    """Replaces LiteLLM's two ways to invent names, for ``/v1/models`` and for ``/model/info``."""
    model_checks._get_wildcard_models = _expanded  # noqa: SLF001 -- LiteLLM has no setting for it
    model_checks.get_known_models_from_wildcard = _unknown


def _expanded(
    unique_models: list[str],
    return_wildcard_routes: bool | None = False,  # noqa: FBT001, FBT002 -- LiteLLM's signature
    llm_router: DeclaringRouter | None = None,
    team_id: str | None = None,  # noqa: ARG001 -- as above
) -> list[str]:
    """The declared models under the patterns among ``unique_models``, each once; the patterns are taken out of it."""
    patterns = [name for name in unique_models if "*" in name]
    names = [name for name in unique_models if "*" not in name]
    unique_models[:] = names
    starts, listed = tuple(pattern.partition("*")[0] for pattern in patterns), frozenset(names)
    declared = () if llm_router is None else llm_router.declared_names()
    under = [name for name in declared if name.startswith(starts) and name not in listed]
    return [*patterns, *under] if return_wildcard_routes else under


def _unknown(wildcard_model: str, litellm_params: Any = None) -> list[str]:  # noqa: ARG001 -- LiteLLM's signature
    """No names: a pattern is then listed as itself."""
    return []
