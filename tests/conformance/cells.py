"""The cells of the conformance table: where each route leads, what is tried on it, and what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.engine.answers import PATHS

Mode = Literal["whole", "streamed"]
MODES: tuple[Mode, ...] = ("whole", "streamed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to a provider."""

    title: str
    model: str
    upstream: str
    """The simulator's name for who is asked."""


ROUTES = (
    Route(title="ordinary OpenAI-compatible", model="house/glm-5.3", upstream="opencode"),
    Route(title="OpenRouter", model="openrouter/openai/gpt-oss-120b:free", upstream="openrouter"),
    Route(title="Ollama, local", model="ollama/qwen3.5:latest", upstream="ollama"),
    Route(title="Ollama Cloud", model="ollama_cloud/gpt-oss:120b", upstream="ollama_cloud"),
    Route(title="Kimi Code", model="kimi/k3", upstream="kimi"),
    Route(title="Moonshot", model="moonshot/kimi-k3", upstream="moonshot"),
    Route(title="OpenCode, chat models", model="opencode/glm-5.3", upstream="opencode"),
    Route(title="OpenCode, Claude", model="opencode/claude-sonnet-4-5", upstream="opencode"),
    Route(title="OpenCode, GPT", model="opencode/gpt-5.2", upstream="opencode"),
    Route(title="OpenCode, Gemini", model="opencode/gemini-3-pro", upstream="opencode"),
    Route(title="Claude", model="claude/claude-haiku-4-5", upstream="claude"),
    Route(title="OpenAI", model="openai/gpt-5-mini", upstream="openai"),
    Route(title="Gemini", model="gemini/gemini-2.5-flash", upstream="gemini"),
)

FEATURES = {
    "text": "text",
    "reasoning": "reasoning",
    "calls": "parallel tools",
    "empty": "empty arguments",
    "image": "images",
    "before": "error before",
    "inside": "error inside",
    "usage": "usage",
    "cancel": "cancel",
}
"""By the name in a test's id, the head of a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing to try."""

    route: Route
    protocol: str
    feature: str
    mode: Mode

    @property
    def stream(self) -> bool:
        """Whether the client asks for a stream."""
        return self.mode == "streamed"

    def __str__(self) -> str:
        """As in a test's id."""
        return f"{self.route.model}-{self.protocol}-{self.feature}-{self.mode}"


def cells() -> Iterator[Cell]:
    """All of them; an error inside an answer that is not streamed is no error but the answer."""
    for route in ROUTES:
        for protocol in PATHS:
            for feature in FEATURES:
                for mode in MODES:
                    if (feature, mode) != ("inside", "whole"):
                        yield Cell(route=route, protocol=protocol, feature=feature, mode=mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that does not work, whose it is, and how a user notices."""

    why: str
    models: tuple[str, ...]
    features: tuple[str, ...]
    protocols: tuple[str, ...] = tuple(PATHS)
    modes: tuple[Mode, ...] = MODES

    def holds(self, cell: Cell) -> bool:
        """Whether it is this cell's."""
        return (
            cell.route.model in self.models
            and cell.feature in self.features
            and cell.protocol in self.protocols
            and cell.mode in self.modes
        )


LIMITS: tuple[Limit, ...] = (
    Limit(
        why="OpenAI's chat completions never contain the model's reasoning, only its tokens in the usage. Messages and"
        " responses have it.",
        models=("openai/gpt-5-mini",),
        features=("reasoning",),
        protocols=("chat",),
    ),
    Limit(
        why="LiteLLM translates these messages into OpenAI's responses and does not notice that the client has left:"
        " OpenAI goes on until its answer is complete or `stream_timeout` has passed, and bills it. A whole answer is"
        " cancelled.",
        models=("openai/gpt-5-mini",),
        features=("cancel",),
        protocols=("messages",),
        modes=("streamed",),
    ),
)


def limit_of(cell: Cell) -> int | None:
    """The position in ``LIMITS`` of what keeps this cell from working; None where it works."""
    return next((number for number, limit in enumerate(LIMITS) if limit.holds(cell)), None)
