"""The declared models inside the proxy: deployments like any other, at no cost to a request.

LiteLLM reads every entry of ``model_list`` with a slow YAML parser, enters it into its price map in quadratic time
and goes through all of them on each request. So the generated config has one entry for each way to ask a provider,
and a line for each declared model, which the router itself turns into a deployment.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar

import litellm  # noqa: TID253 -- LiteLLM imports this module
from litellm import utils  # noqa: TID253 -- as above
from litellm.types.utils import shared_backend_model_info  # noqa: TID253 -- as above

from custom_providers.litellm_patches.names import Names
from custom_providers.litellm_patches.patterns import Patterns
from custom_providers.providers.known import api_base
from custom_providers.routing.resolver import RouteTable
from custom_providers.routing.table import deployment_id

Deployment = dict[str, Any]
Facts = Mapping[str, Any]

_OF_PATTERNS = ("id", "health_check_model")
"""What is said of a pattern and of none of its models."""

_asked: ContextVar[str] = ContextVar("_asked", default="")
"""The name for which the router is looking for a deployment right now."""


class DeclaringRouter(litellm.Router):  # type: ignore[misc]  # LiteLLM is untyped to us
    """LiteLLM's router, which knows the declared models beside what its config lists."""

    declared: ClassVar[Mapping[str, Sequence[Facts]]] = {}
    """By provider: ``id``, facts and prices of each model."""

    base_urls: ClassVar[Mapping[str, str]] = {}
    """By provider: where the environment says it is, in place of what the config says."""

    table: ClassVar[RouteTable | None] = None
    """Of a provider without a key nothing is deployed: its names answer 404, and the admin UI does not list them."""

    model_id_to_deployment_index_map: dict[str, int]

    def set_model_list(self, model_list: list[Deployment]) -> None:
        """Makes the deployments of the config, and out of them those of the declared models."""
        absent = self.table.rows.keys() - self.table.registered if self.table else ()
        present = [deployment for deployment in model_list if _provider(deployment) not in absent]
        self.pattern_router = Patterns()
        super().set_model_list([_moved(deployment, self.base_urls) for deployment in present])
        ways = {deployment["model_name"]: deployment for deployment in self.model_list}
        deployments = [
            _deployment(_way(ways, provider, facts["id"]), f"{provider}/{facts['id']}", facts)
            for provider, models in self.declared.items()
            if provider not in absent
            for facts in models
        ]
        for deployment in deployments:
            self.model_name_to_deployment_indices[deployment["model_name"]] = [len(self.model_list)]
            self.model_list.append(deployment)
            _enter_into_price_map(deployment)
        names = {deployment["model_info"]["id"]: deployment["model_name"] for deployment in deployments}
        self.model_names.update(names.values())
        self.model_id_to_deployment_index_map = _Index(
            self.model_id_to_deployment_index_map, names, self.model_name_to_deployment_indices
        )
        self._invalidate_model_group_info_cache()
        self._invalidate_access_groups_cache()
        # Once, at the end: LiteLLM does it after every entry, and then goes through the whole map.
        utils._invalidate_model_cost_lowercase_map()  # noqa: SLF001 -- LiteLLM has no other door to it

    @property
    def model_group_alias(self) -> Mapping[str, Any]:
        """What LiteLLM's own aliases are, from the config or the admin UI, and every name that the table resolves."""
        aliases: Mapping[str, Any] = self.__dict__["model_group_alias"]
        return aliases

    @model_group_alias.setter
    def model_group_alias(self, aliases: Mapping[str, Any]) -> None:
        # Under its own name: the admin UI is told what stands in vars().
        names = Names(aliases, self.table, lambda: self.model_names) if self.table else aliases
        self.__dict__["model_group_alias"] = names

    def is_recognized_model(self, model: str) -> bool:
        """A name of a provider without a key too: metrics have its 404 under that name, and not under "other"."""
        known: bool = super().is_recognized_model(model)
        return known or (self.table is not None and self.table.resolve(model).provider is not None)

    def get_model_ids(self, model_name: str | None = None, exclude_team_models: bool = False) -> list[str]:  # noqa: FBT001, FBT002 -- LiteLLM's signature
        """LiteLLM asks for all ids on every request, to see which of them rest.

        Of the declared, those alone matter that are known to rest, and those that are asked for: another proxy may
        have put them to rest, and what this one does not ask Redis about it does not learn. Without those of teams,
        it is the admin UI that asks, for what its models page is to show.
        """
        ids: list[str] = super().get_model_ids(model_name, exclude_team_models)
        if model_name is not None:
            return ids
        if exclude_team_models:
            undeclared = self._undeclared()
            return [*(model_id for model_id in ids if model_id not in undeclared), *self._declared()]
        return [*ids, *dict.fromkeys((*self._resting(), *self._candidates()))]

    async def async_get_healthy_deployments(self, model: str, *arguments: Any, **options: Any) -> Any:
        """LiteLLM's choice, in which the deployments of ``model`` are looked up with the others."""
        before = _asked.set(model)
        try:
            return await super().async_get_healthy_deployments(model, *arguments, **options)
        finally:
            _asked.reset(before)

    def arm_routing_read_prefetch(self, model: str, *arguments: Any, **options: Any) -> None:
        """LiteLLM's look-up ahead, in the same round trip as the limits; it has to cover what is looked up later."""
        before = _asked.set(self.get_model_from_alias(model) or model)
        try:
            super().arm_routing_read_prefetch(model, *arguments, **options)
        finally:
            _asked.reset(before)

    def delete_deployment(self, id: str) -> Any:  # noqa: A002 -- LiteLLM's name
        """With a database LiteLLM deletes what neither that nor its config lists; what is declared stays."""
        return None if self._is_declared(id) else super().delete_deployment(id)

    def declared_names(self) -> Collection[str]:
        """The names of the declared models, each with its provider before it."""
        return self._declared().values()

    def _resting(self) -> Iterator[str]:
        """The declared deployments that failed too often, as far as this process knows."""
        for key in tuple(self.cooldown_cache.in_memory_cache.cache_dict):
            model_id = key.removeprefix("deployment:").removesuffix(":cooldown")
            if self._is_declared(model_id):
                yield model_id

    def _candidates(self) -> Iterator[str]:
        """The declared deployments that could serve the name that is asked for."""
        return filter(self._is_declared, super().get_model_ids(_asked.get()))

    def _is_declared(self, model_id: str) -> bool:
        return model_id in self._declared()

    def _declared(self) -> Mapping[str, str]:
        """By id, the names of the declared models."""
        found: Mapping[str, str] = getattr(self.model_id_to_deployment_index_map, "declared", {})
        return found

    def _undeclared(self) -> frozenset[str]:
        """The ids of what only says how a model is asked, should there be one."""
        infos = (deployment["model_info"] for deployment in self.model_list)
        return frozenset(info["id"] for info in infos if info.get("undeclared"))


def install(models: Mapping[str, str], base_urls: Mapping[str, str], table: RouteTable | None = None) -> None:
    """Tells the router that LiteLLM is about to make of the declared models and of what the environment says.

    Args:
        models: by provider, one JSON object a line.
        base_urls: by provider.
        table: the routes in force.
    """
    DeclaringRouter.base_urls = base_urls
    DeclaringRouter.table = table
    DeclaringRouter.declared = {
        provider: json.loads(f"[{','.join(lines.splitlines())}]") for provider, lines in models.items()
    }
    litellm.Router = DeclaringRouter


class _Index(dict[str, int]):
    """LiteLLM's index of deployments by id: a look-up finds the declared ones too, a walk through it does not."""

    def __init__(
        self, listed: Mapping[str, int], declared: Mapping[str, str], by_name: Mapping[str, Sequence[int]]
    ) -> None:
        super().__init__(listed)
        self.declared = declared
        self._by_name = by_name
        """LiteLLM keeps this one right when deployments come and go."""

    def __contains__(self, model_id: object) -> bool:
        return super().__contains__(model_id) or self.declared.get(str(model_id)) in self._by_name

    def __missing__(self, model_id: str) -> int:
        return self._by_name[self.declared[model_id]][0]


def _provider(deployment: Deployment) -> str:
    return str((deployment.get("model_info") or {}).get("provider", ""))


def _moved(deployment: Deployment, base_urls: Mapping[str, str]) -> Deployment:
    """The deployment at the base URL that the environment has for its provider, if it has one."""
    base_url = base_urls.get(_provider(deployment))
    if base_url is None:
        return deployment
    params = deployment["litellm_params"]
    moved = api_base(base_url, params["model"].partition("/")[0])
    return {**deployment, "litellm_params": {**params, "api_base": moved}}


def _way(ways: Mapping[str, Deployment], provider: str, model_id: str) -> Deployment:
    """The config's deployment that would serve the model if it were not declared: the narrowest pattern's."""
    starts = (model_id[:length] for length in range(len(model_id), -1, -1))
    return next(ways[name] for start in starts if (name := f"{provider}/{start}*") in ways)


def _deployment(way: Deployment, name: str, facts: Facts) -> Deployment:
    _, _, pattern = way["model_name"].partition("/")
    wire = way["litellm_params"]["model"].removesuffix(pattern)
    inherited = {key: value for key, value in way["model_info"].items() if key not in _OF_PATTERNS}
    return {
        **way,
        "model_name": name,
        "litellm_params": {**way["litellm_params"], "model": f"{wire}{facts['id']}"},
        "model_info": {**inherited, **facts, "id": deployment_id(name)},
    }


def _enter_into_price_map(deployment: Deployment) -> None:
    """As LiteLLM does: everything under the deployment's id, what is true of the model anywhere under its own name."""
    model, facts = deployment["litellm_params"]["model"], deployment["model_info"]
    provider, _, name = model.partition("/")
    known = next((entry for key in (model, name) if _of(entry := litellm.model_cost.get(key), provider)), None)
    if known is None:
        known = litellm.model_cost[model] = {"litellm_provider": provider}
    if "input_cost_per_token" in facts:
        # Or what a registry's row does not price would cost nothing.
        facts.update({key: price for key, price in known.items() if key.startswith("cache_") and key not in facts})
    known.update(shared_backend_model_info(facts))
    litellm.model_cost[facts["id"]] = facts


def _of(entry: Facts | None, provider: str) -> bool:
    return entry is not None and entry.get("litellm_provider") == provider
