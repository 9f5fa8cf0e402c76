"""The models of both Kimi systems, from ``providers.kimi`` and ``providers.moonshot``.

Kimi changed ids and efforts every 4-8 weeks in 2026, so unknown ids are passed on, with the traits of the newest
family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custom_providers.kimi.account.systems import KIMI_CODE, SYSTEMS, System, system_for_url
from custom_providers.providers import kimi, moonshot
from custom_providers.providers.kimi_system import EFFORTS, KimiModel

MODELS = (*moonshot.MODELS, *kimi.MODELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a request must respect; defined for every id, listed or not."""

    efforts: tuple[str, ...] = EFFORTS
    switchable: bool = False
    default_output: int = 131_072
    """The answer budget in tokens where the protocol requires one and the caller gave none."""

    @property
    def forced_tools(self) -> bool:
        """Whether ``tool_choice: required`` is accepted: K3 and newer, the models with efforts."""
        return bool(self.efforts)


def find(model_id: str, system: System) -> KimiModel | None:
    """The catalogue's entry for an id, if it has one."""
    return next((model for model in MODELS if model.id == model_id and model.system is system), None)


def find_at(model_id: str, base_url: str) -> KimiModel | None:
    """The same for the system at ``base_url``; for either system where the URL does not say which."""
    system = system_for_url(base_url)
    candidates = SYSTEMS if system is None else (system,)
    return next((found for candidate in candidates if (found := find(model_id, candidate))), None)


def advice(model_id: str, system: System) -> str:
    """Advice for an id that the system does not serve; empty if there is none."""
    of_system = kimi if system is KIMI_CODE else moonshot
    if (meant := of_system.MEANT.get(model_id)) is not None:
        return f'{system.title} calls it "{meant}"'
    if (shutdown := of_system.PROFILE.shutdown(model_id)) is not None:
        return f'"{model_id}": {shutdown}'
    return ""


def traits(model_id: str, system: System) -> Traits:
    """What a request for an id must respect. An unknown id is treated as a newer model, not an older one."""
    model = find(model_id, system)
    if model is None:
        return Traits()
    return Traits(
        efforts=model.efforts, switchable=model.switchable, default_output=min(model.output, Traits().default_output)
    )


def model_info(model: KimiModel) -> Mapping[str, object]:
    """A model as LiteLLM's ``model_info``: limits, prices per token, capabilities.

    ``reasoning_effort_levels`` matters: without it LiteLLM's ``/v1/messages`` adapter lowers "max" to "high".
    """
    return {
        "mode": "chat",
        "max_tokens": model.output,
        "max_input_tokens": model.context,
        "max_output_tokens": model.output,
        "input_cost_per_token": _per_token(model.price.input),
        "output_cost_per_token": _per_token(model.price.output),
        "cache_read_input_token_cost": _per_token(model.price.cached),
        **_cache_writes(model),
        "supports_function_calling": True,
        "supports_tool_choice": True,
        "supports_response_schema": True,
        "supports_reasoning": True,
        "supports_prompt_caching": True,
        "supports_vision": True,
        "supports_video_input": model.video,
        **({"reasoning_effort_levels": list(model.efforts)} if model.efforts else {}),
    }


def _cache_writes(model: KimiModel) -> Mapping[str, float]:
    prices = {
        "cache_creation_input_token_cost": model.price.cache_write,
        "cache_creation_input_token_cost_above_1hr": model.price.cache_write_1h,
    }
    return {name: _per_token(price) for name, price in prices.items() if price is not None}


def _per_token(per_million: float) -> float:
    # 0.95 / 1e6 in binary is 9.499999999999999e-07, and people read prices too.
    return float(f"{per_million / 1_000_000:.12g}")
