"""Which callbacks LiteLLM runs for each call: one that is not async costs a thread, and changes what the call reads."""

from __future__ import annotations

import httpx
import pytest

pytestmark = pytest.mark.proxy


@pytest.mark.parametrize("model", ["gemini/gemini-2.5-flash", "claude/claude-haiku-4-5", "ollama/qwen3.5:latest"])
def test_a_call_registers_no_cache(client: httpx.Client, model: str):
    said = client.post("/v1/chat/completions", json={"model": model, "messages": [{"role": "user", "content": "Hi"}]})

    assert said.status_code == 200, said.text
    active = client.get("/active/callbacks").json()
    assert active["num_callbacks"] > 0
    assert "'cache'" not in str(active)
