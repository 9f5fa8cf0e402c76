"""The models of both systems: limits, prices and what they can do, as Kimi's pages said on 2026-11-21.

Those of Kimi Code: https://www.kimi.com/code/docs/en/kimi-code/models.html
Those of the platform: https://platform.kimi.ai/docs/pricing/chat

Kimi changed ids and efforts every 4-8 weeks in 2026, so an id that is not here is passed on all the same, with the
traits of the newest family.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from custom_providers.kimi.account.systems import KIMI_CODE, PLATFORM, System

EFFORTS = ("low", "high", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float
    cached: float
    """Input tokens read from the cache."""


FREE = Price(input=0.0, output=0.0, cached=0.0)
"""A coding-plan call: the membership pays, tokens only count against its windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model id of one system. All of them reason, call tools and see images."""

    id: str
    system: System
    context: int
    """Tokens, prompt and answer together."""
    output: int
    """The most tokens of one answer, reasoning included."""
    price: Price = FREE
    efforts: tuple[str, ...] = ()
    """The ``reasoning_effort`` levels it takes; none for the K2 models."""
    switchable: bool = False
    """Whether thinking can be turned off."""
    video: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Ids that used to be served, so that a 404 can say since when they are not."""

    pattern: str
    since: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a request must respect, known for every id, listed or not."""

    efforts: tuple[str, ...] = EFFORTS
    switchable: bool = False
    default_output: int = 131_072
    """Answer tokens to ask for where the protocol wants a number and the caller gave none."""

    @property
    def forced_tools(self) -> bool:
        """Whether ``tool_choice: required`` is taken: K3 and newer, which are the models with efforts."""
        return bool(self.efforts)


_1M, _256K, _128K, _32K = 1_048_576, 262_144, 131_072, 32_768
_K31_PRO = Price(input=2.0, output=10.0, cached=0.20)
# Its cache price is published as 0.20 and as 0.40; the higher one never under-reports.
_K31_FAST = Price(input=4.0, output=20.0, cached=0.40)
_K3 = Price(input=3.0, output=15.0, cached=0.30)
_K27 = Price(input=0.95, output=4.0, cached=0.19)
_K27_FAST = Price(input=1.90, output=8.0, cached=0.38)
_K26 = Price(input=0.95, output=4.0, cached=0.16)

MODELS = (
    Model(id="kimi-k3.1-pro", system=PLATFORM, context=_1M, output=_1M, price=_K31_PRO, efforts=EFFORTS),
    Model(id="kimi-k3.1-pro-highspeed", system=PLATFORM, context=_1M, output=_1M, price=_K31_FAST, efforts=EFFORTS),
    Model(id="kimi-k3", system=PLATFORM, context=_1M, output=_1M, price=_K3, efforts=EFFORTS),
    Model(id="kimi-k2.7-code", system=PLATFORM, context=_256K, output=_256K, price=_K27),
    Model(id="kimi-k2.7-code-highspeed", system=PLATFORM, context=_256K, output=_256K, price=_K27_FAST),
    Model(id="kimi-k2.6", system=PLATFORM, context=_256K, output=_256K, price=_K26, switchable=True),
    # The alias for whatever is current: K2.8 Preview since 2026-09-11.
    Model(id="kimi-for-coding", system=KIMI_CODE, context=_1M, output=_32K, efforts=EFFORTS, switchable=True),
    Model(id="kimi-for-coding-highspeed", system=KIMI_CODE, context=_256K, output=_32K),
    Model(id="k3", system=KIMI_CODE, context=_1M, output=_128K, efforts=EFFORTS, switchable=True),
    Model(id="k3-256k", system=KIMI_CODE, context=_256K, output=_128K, efforts=EFFORTS, video=False),
    Model(id="k3.1-pro", system=KIMI_CODE, context=_1M, output=_128K, efforts=EFFORTS),
    Model(id="k3.1-pro-highspeed", system=KIMI_CODE, context=_1M, output=_128K, efforts=EFFORTS),
)

GONE = (
    Gone(pattern="kimi-k2.5", since="2026-08-31", instead="kimi-k2.6"),
    Gone(pattern="moonshot-v1-*", since="2026-08-31", instead="kimi-k2.6"),
    Gone(pattern="kimi-k2-*", since="2026-05-25", instead="kimi-k2.6"),
    Gone(pattern="kimi-latest*", since="2026-01-28", instead="kimi-k3"),
    Gone(pattern="kimi-thinking-preview", since="2026-01-28", instead="kimi-k3"),
)

MEANT = {
    (KIMI_CODE.name, "kimi-k3"): "k3",
    (KIMI_CODE.name, "k3[1m]"): "k3",
    (KIMI_CODE.name, "kimi-k3.1-pro"): "k3.1-pro",
    (PLATFORM.name, "k3"): "kimi-k3",
    (PLATFORM.name, "k3.1-pro"): "kimi-k3.1-pro",
}
"""Ids of the other system, or of a client's own convention (``k3[1m]`` is Claude Code's), and what is meant."""


def models(system: System) -> tuple[Model, ...]:
    """The current models of one system."""
    return tuple(model for model in MODELS if model.system is system)


def find(model_id: str, system: System) -> Model | None:
    """The catalogue's entry for an id, if it has one."""
    return next((model for model in MODELS if model.id == model_id and model.system is system), None)


def gone(model_id: str) -> Gone | None:
    """Since when an id is no longer served, if it ever was and is not."""
    return next((row for row in GONE if fnmatchcase(model_id, row.pattern)), None)


def advice(model_id: str, system: System) -> str:
    """What to say about an id that the system does not serve; empty when nothing is known."""
    if (meant := MEANT.get((system.name, model_id))) is not None:
        return f'{system.title} calls it "{meant}"'
    if (row := gone(model_id)) is not None:
        return f'"{model_id}" is gone since {row.since}; "{row.instead}" is served'
    return ""


def traits(model_id: str, system: System) -> Traits:
    """What a request for an id must respect. An unknown id is taken for a newer model, not for an older one."""
    model = find(model_id, system)
    if model is None:
        return Traits()
    return Traits(
        efforts=model.efforts, switchable=model.switchable, default_output=min(model.output, Traits().default_output)
    )


def model_info(model: Model) -> Mapping[str, object]:
    """A model in the words of LiteLLM's ``model_info``: limits, prices for one token, capabilities.

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
        "supports_function_calling": True,
        "supports_tool_choice": True,
        "supports_response_schema": True,
        "supports_reasoning": True,
        "supports_prompt_caching": True,
        "supports_vision": True,
        "supports_video_input": model.video,
        **({"reasoning_effort_levels": list(model.efforts)} if model.efforts else {}),
    }


def _per_token(per_million: float) -> float:
    # 0.95 / 1e6 in binary is 9.499999999999999e-07; prices are read by people too.
    return float(f"{per_million / 1_000_000:.12g}")
