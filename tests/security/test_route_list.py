"""No route of the running LiteLLM is open unless it was reviewed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from custom_providers.server.gate.open_routes import listed
from custom_providers.server.gate.route_lookup import RouteList
from tests.patience import SECONDS
from tests.running import REPOSITORY, clean_environment

KNOWN = tuple(
    tuple(line.split(" ", 1)) for line in Path(__file__).with_name("known_routes.txt").read_text().splitlines()
)
"""The reviewed routes of the supported releases: open if the list has them, else closed."""

OURS = {"/v1/chat", "/v1/chat/providers", "/favicon.ico", "/metrics", "/metrics/"} | {
    f"/pointsman{path}" for path in ("", "/", "/style.css", "/charts/{id}", "/login", "/logout")
}
"""Routes added when the proxy starts, or by the server in front."""


def _sample(path: str) -> str:
    """A path that matches the route."""
    return re.sub(r"\{\w+(:path)?\}", lambda match: "a1/b2" if match[1] else "a1", path)


def _open_routes() -> set[str]:
    route_list = RouteList(listed())
    return {
        path
        for method, path in KNOWN
        if (entry := route_list.find(method, _sample(path))) and entry.audience == "anyone"
    }


def test_every_route_of_this_litellm_has_been_looked_at():
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.app_routes"],
        env={**clean_environment(), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    routes = {tuple(line.split(" ", 1)) for line in done.stdout.splitlines() if re.match(r"[A-Z]+ /", line)}

    assert len(routes) > 1000
    new = sorted(routes - set(KNOWN))
    assert new == [], "enter each in known_routes.txt, and in server/gate/open_routes.py if keys may call it"


def test_what_is_on_the_list_exists():
    patterns = [
        re.compile(re.sub(r"\\\{\w+(:path)?\\\}", lambda match: ".+" if match[1] else "[^/]+", re.escape(path)))
        for _, path in KNOWN
    ]
    mounts = tuple(path for method, path in KNOWN if method == "MOUNT")
    fixed = [entry.path for entry in listed() if "{rest}" not in entry.path and entry.audience == "anyone"]

    for path in set(fixed) - OURS:
        sample = path.replace("{model}", "a1").replace("{id}", "a1")
        assert any(pattern.fullmatch(sample) for pattern in patterns) or sample.startswith(mounts), path


CLOSED = re.compile(
    r"/(anthropic|gemini|openrouter|openai_passthrough|vertex|bedrock|azure|cohere|mistral|vllm|cursor|langfuse|plugin)"
    r"|/openai/\{endpoint|/(files|batches|vector_store|containers|skills|interactions|rag|threads|assistants|fine_tun"
    r"|evals|videos|memory|agents|a2a|mcp|realtime|config|credentials|debug|cache|scim|lens|workflows|search|indexes"
    r"|toolset|backend-api|systemone|decisions|ocr|transcribe|prompts|queue|routes|openapi|redoc)\b"
)


@pytest.mark.parametrize("path", sorted({path for _, path in KNOWN if CLOSED.search(path)}))
def test_what_holds_objects_or_passes_requests_on_is_closed(path: str):
    assert path not in _open_routes() or path.startswith(("/ui", "/_next", "/swagger"))


def test_what_is_open_is_few():
    assert len(_open_routes()) < 130
