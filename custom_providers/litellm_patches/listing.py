"""What a pattern is listed as: the declared models under it, where LiteLLM lists every model that it knows of.

LiteLLM's hook can only take names out of a listing; and it lists an alias only if it is one of a deployment.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Expansion = Callable[..., list[str]]


def under_patterns(
    declared: Iterable[str], aliases: Mapping[str, str], everything: frozenset[str], original: Expansion
) -> Expansion:
    """LiteLLM's expansion of the patterns in a list of names, for ``/v1/models``; each name comes once.

    Args:
        declared: the names of the declared models.
        aliases: each with the name that it points to; they are listed where the patterns in ``everything`` are.
        everything: the patterns of all providers.
        original: LiteLLM's function.
    """

    @functools.wraps(original)
    def expanded(
        unique_models: list[str],
        return_wildcard_routes: bool | None = False,  # noqa: FBT001, FBT002 -- LiteLLM's signature
        *_: Any,
        expand_wildcard_routes: bool = True,
        **__: Any,
    ) -> list[str]:
        patterns = [name for name in unique_models if "*" in name]
        unique_models[:] = [name for name in unique_models if "*" not in name]
        starts, listed = tuple(pattern.partition("*")[0] for pattern in patterns), frozenset(unique_models)
        names = [name for name in declared if name.startswith(starts)]
        if everything <= {*patterns}:
            names.extend(aliases)
        shown = [name for name in names if name not in listed] if expand_wildcard_routes else []
        return [*patterns, *shown] if return_wildcard_routes else shown

    return expanded


def in_a_pattern(
    declared: Iterable[str], aliases: Mapping[str, str], everything: frozenset[str], original: Expansion
) -> Expansion:
    """LiteLLM's expansion of one deployment's pattern, for ``/model/info``.

    Arguments as of ``under_patterns``.
    """
    meanings = {**{name: name for name in declared}, **aliases}
    under = {
        pattern: [name for name, meant in meanings.items() if meant.startswith(pattern[:-1])] for pattern in everything
    }

    @functools.wraps(original)
    def expanded(wildcard_model: str, *_: Any, **__: Any) -> list[str]:
        return [*under.get(wildcard_model, ())]

    return expanded
