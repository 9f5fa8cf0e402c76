"""OpenCode Go, the subscription: fewer models than Zen, and a required session header."""

from __future__ import annotations

from pointsman.simulator.answers import Answer
from pointsman.simulator.providers import opencode
from pointsman.simulator.providers.opencode import Catalog, account_routes, error, inference_routes
from pointsman.simulator.upstream import Received, Upstream

_GO = Catalog(
    families={
        "anthropic": ("claude-haiku-5-5", "minimax-m3", "qwen3.7-plus", "qwen3.8-flash", "qwen3.8-max"),
        "google": ("gemini-4-argon",),
        "openai": ("gpt-5.6-luna", "gpt-6-luna", "grok-4.7", "muse-spark-*"),
        "oa-compat": (
            "deepseek-*", "glm-5.*", "hy*", "kimi-*", "longcat*", "mimo-*", "minimax-m3.1-flash", "step-5-preview",
        ),
    },
    listed=("claude-haiku-5-5", "gemini-4-argon", "gpt-6-luna", "glm-5.3", "kimi-k2.6", "qwen4-max", "minimax-m3"),
)  # fmt: skip

MISSING_SESSION = error(
    400,
    "MissingSessionID",
    "Error from provider (Console Go): Request is missing x-opencode-session and cannot be routed efficiently.",
)


def _session(request: Received) -> Answer | None:
    return None if request.headers.get("x-opencode-session") else MISSING_SESSION


UPSTREAM = Upstream(
    name="opencode_go",
    base_path="/zen/go/v1",
    key_env="OPENCODE_API_KEY",
    key=opencode.KEY,
    answers={**opencode.ANSWERS, "missing_session": MISSING_SESSION},
    not_found=error(404, "error", "Not Found"),
    routes=(*inference_routes("/zen/go/v1", _GO, "Console Go", _session), *account_routes(_GO, "/zen/go/v1")),
)
