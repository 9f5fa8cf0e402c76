"""Kimi's recorded answers and streams through the proxy: what clients get, and what LiteLLM logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from anthropic.types import Message
from openai.types.chat import ChatCompletion

from pointsman.simulator.providers.kimi.recordings import CACHED_USAGE, K3_USAGE, SPENT_USAGE
from tests.kimi.conftest import HELLO, Gateway

pytestmark = pytest.mark.proxy

RECORDED_STREAMS = {
    "k3_stream": K3_USAGE,
    "usage_in_choice": CACHED_USAGE,
    "usage_at_the_end": CACHED_USAGE,
    "no_space": K3_USAGE,
    "comments": K3_USAGE,
    "byte_by_byte": K3_USAGE,
    "no_done": K3_USAGE,
    "role_with_reasoning": K3_USAGE,
}


def merged(chunks: list[Any]) -> dict[str, Any]:
    """Merges the chunks of a chat stream as a client does."""
    said: dict[str, Any] = {"content": "", "reasoning": "", "calls": {}, "finish": None, "usage": None, "ids": set()}
    for chunk in chunks:
        said["ids"].add(chunk.id)
        said["usage"] = chunk.usage or said["usage"]
        for choice in chunk.choices:
            said["content"] += choice.delta.content or ""
            said["reasoning"] += getattr(choice.delta, "reasoning_content", None) or ""
            said["finish"] = choice.finish_reason or said["finish"]
            for fragment in choice.delta.tool_calls or []:
                call = said["calls"].setdefault(fragment.index, {"id": "", "name": "", "arguments": ""})
                call["id"] += fragment.id or ""
                call["name"] += fragment.function.name or ""
                call["arguments"] += fragment.function.arguments or ""
    return said


def counted(usage: Any) -> tuple[int, int, int, int]:
    """The prompt, cached, completion and reasoning tokens of an OpenAI usage."""
    details = usage.completion_tokens_details
    return (
        usage.prompt_tokens,
        usage.prompt_tokens_details.cached_tokens or 0,
        usage.completion_tokens,
        (details.reasoning_tokens or 0) if details else 0,
    )


def expected(usage: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """The same tokens of a recorded usage."""
    reasoning = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens", 0)
    return usage["prompt_tokens"], usage.get("cached_tokens", 0), usage["completion_tokens"], reasoning


def chat(gateway: Gateway, answer: str, model: str = "fixed/k3", **more: Any) -> dict[str, Any]:
    """Streams a scripted answer over chat and merges it."""
    gateway.upstreams.script("kimi", answer)
    stream = gateway.openai.chat.completions.create(
        model=model, messages=HELLO, stream=True, stream_options={"include_usage": True}, **more
    )
    return merged(list(stream))


@pytest.mark.parametrize("answer", RECORDED_STREAMS)
def test_text_reasoning_and_usage_of_a_stream_are_the_upstreams(gateway: Gateway, answer: str):
    """The client gets the complete recording, with all its peculiarities, and the usage once."""
    said = chat(gateway, answer)
    reasoning = "" if answer == "comments" else "The"
    assert (said["content"], said["reasoning"], said["finish"]) == ("?", reasoning, "stop")
    assert said["ids"] == {"chatcmpl-6a5aba7e3fbb8333b875d4a9"}
    assert counted(said["usage"]) == expected(RECORDED_STREAMS[answer])


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("answer", ["k3_stream", "usage_in_choice"])
def test_the_usage_that_litellm_logs_is_the_upstreams(gateway: Gateway, answer: str, asked: bool):
    """Spend uses Kimi's numbers, once, whether or not the client requested usage."""
    gateway.upstreams.script("kimi", answer)
    options = {"stream_options": {"include_usage": True}} if asked else {}
    logged = gateway.logged(gateway.chat("fixed/k3", stream=True, **options))
    usage, recorded = logged["usage"], RECORDED_STREAMS[answer]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (
        recorded["prompt_tokens"],
        recorded["completion_tokens"],
    )
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 26
    assert usage["prompt_tokens_details"].get("cached_tokens", 0) == recorded.get("cached_tokens", 0)
    assert logged["cost"] == 0


def test_a_coding_call_costs_nothing_and_counts_its_tokens(gateway: Gateway):
    """A call with price zero is logged once, with its tokens."""
    answer = gateway.chat("fixed/k3")
    logged = gateway.logged(answer)
    assert logged["cost"] == 0
    assert logged["usage"]["total_tokens"] == answer.json()["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/responses"])
@pytest.mark.parametrize("stream", [False, True])
def test_other_entry_paths_log_the_upstreams_usage_too(gateway: Gateway, path: str, stream: bool):
    """Each call has one row, in every protocol of the client."""
    said = {"input": "hi there"} if path == "/v1/responses" else {"messages": HELLO, "max_tokens": 2000}
    answer = gateway.post(path, model="fixed/k3", stream=stream, **said)
    assert answer.status_code == 200
    usage = gateway.logged(answer)["usage"]
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 11


def test_an_answer_whose_budget_went_into_reasoning_is_marked(gateway: Gateway):
    """The answer is empty with finish reason "length"; a header and the facts say why."""
    gateway.upstreams.script("kimi", "spent")
    answer = gateway.chat("no-floor/k3", max_tokens=32)
    said = ChatCompletion.model_validate(answer.json())
    assert answer.headers["x-pointsman-finish"] == "budget spent on reasoning"
    assert (said.choices[0].message.content, said.choices[0].finish_reason) == ("", "length")
    assert counted(said.usage) == expected(SPENT_USAGE)
    assert gateway.logged(answer)["facts"]["finish"] == "budget spent on reasoning"


def test_a_stream_whose_budget_went_into_reasoning_is_marked_in_its_facts(gateway: Gateway):
    """The facts have the mark, because the headers have already been sent."""
    gateway.upstreams.script("kimi", "spent_stream")
    answer = gateway.chat("no-floor/k3", stream=True)
    assert '"finish_reason":"length"' in answer.text
    assert gateway.logged(answer)["facts"]["finish"] == "budget spent on reasoning"


def test_a_tool_call_keeps_its_reasoning(gateway: Gateway):
    """The client gets the complete tool call, with the reasoning that it must send back in the next turn."""
    gateway.upstreams.script("kimi", "tool_call")
    message = gateway.openai.chat.completions.create(model="fixed/k3", messages=HELLO).choices[0].message
    (call,) = message.tool_calls or []
    assert call.type == "function"
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == (
        "get_weather_0",
        "get_weather",
        {"city": "Paris"},
    )
    assert getattr(message, "reasoning_content", None) == "The user wants the weather in Paris."


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        ("changing_ids", [("functions.read:0", "read", '{"path":"README.md"}')]),
        ("late_name", [("functions.read:0", "read", '{"path":"a"}')]),
        ("interleaved", [("functions.read:0", "read", '{"path":"a"}'), ("functions.list:1", "list", '{"dir":"b"}')]),
        ("tool_then_text", [("functions.read:0", "read", '{"path":"a"}')]),
    ],
)
def test_tool_call_fragments_are_merged_by_index(gateway: Gateway, answer: str, calls: list[tuple[str, str, str]]):
    """Changing ids, late names and alternating fragments all give complete calls."""
    said = chat(gateway, answer)
    assert [(c["id"], c["name"], c["arguments"]) for c in said["calls"].values()] == calls
    assert said["finish"] == "tool_calls"


def test_alternating_tool_calls_are_whole_for_anthropic_clients(gateway: Gateway):
    """Anthropic's events cannot alternate, so each call becomes one block."""
    gateway.upstreams.script("kimi", "interleaved")
    blocks = _message(gateway, "fixed/k3").content
    assert [(b.name, b.input) for b in blocks if b.type == "tool_use"] == [
        ("read", {"path": "a"}),
        ("list", {"dir": "b"}),
    ]


@pytest.mark.parametrize("model", ["honest/k3", "fixed/k3"])
@pytest.mark.parametrize("stream", [False, True])
def test_thinking_reaches_anthropic_clients_with_its_signature(gateway: Gateway, model: str, stream: bool):
    """The client gets all thinking once, signed over the Anthropic protocol, unsigned over the OpenAI protocol."""
    message = _message(gateway, model) if stream else _whole(gateway, model)
    thinking, text = message.content
    assert (thinking.type, text.type) == ("thinking", "text")
    assert thinking.type == "thinking"
    assert thinking.thinking == "The user wants an answer, so I give a short one."
    assert thinking.signature == ("EqQBCkYIsimulated" if model == "honest/k3" else "")


def test_a_recorded_messages_stream_comes_whole(gateway: Gateway):
    """The client gets text, thinking, signature, and usage from the stream's start and end."""
    gateway.upstreams.script("kimi", "messages_stream")
    message = _message(gateway, "honest/k3")
    thinking, text = message.content
    assert thinking.type == "thinking"
    assert text.type == "text"
    assert (thinking.thinking, thinking.signature, text.text) == ("Hm.", "c2lnbmVk", "Hi")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (1263, 9)


def test_thinking_and_signature_survive_a_whole_tool_turn(gateway: Gateway):
    """Like Claude Code, the client sends back the blocks that it got, and they reach Kimi unchanged."""
    tool: Any = {"name": "get_weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
    ask: Any = {"role": "user", "content": "What is the weather?"}
    settings: Any = {"model": "honest/k3", "max_tokens": 2000, "tools": [tool]}
    first = gateway.anthropic.messages.create(messages=[ask], **settings)
    use = first.content[-1]
    assert use.type == "tool_use"
    result: Any = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "21 C"}]}
    turn: Any = {"role": "assistant", "content": [block.model_dump() for block in first.content]}
    second = gateway.anthropic.messages.create(messages=[ask, turn, result], **settings)
    assert second.content[-1].type == "text"
    assert second.content[-1].text == "The tool says: 21 C"
    echoed = gateway.wire()["messages"][1]["content"]
    assert echoed[0] == {
        "type": "thinking",
        "thinking": "The user wants an answer, so I give a short one.",
        "signature": "EqQBCkYIsimulated",
    }
    assert echoed[1]["id"] == use.id


@pytest.mark.parametrize("model", ["fixed/k3", "honest/k3", "moonshot/kimi-k2.6"])
def test_reasoning_survives_a_whole_tool_turn_over_chat(gateway: Gateway, model: str):
    """If an OpenAI client sends back reasoning_content, Kimi gets it over either protocol."""
    tools: Any = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]
    ask: Any = {"role": "user", "content": "What is the weather?"}
    first = gateway.openai.chat.completions.create(model=model, messages=[ask], tools=tools).choices[0].message
    (call,) = first.tool_calls or []
    turn: Any = first.model_dump(exclude_none=True)
    result: Any = {"role": "tool", "tool_call_id": call.id, "content": "21 C"}
    second = gateway.openai.chat.completions.create(model=model, messages=[ask, turn, result], tools=tools)
    assert second.choices[0].message.content == "The tool says: 21 C"
    assert "so I give a short one." in json.dumps(gateway.wire()["messages"][1])


def test_a_public_image_travels_as_data(gateway: Gateway):
    """Kimi fetches no URLs, so the gateway downloads the image within LiteLLM's limits and sends the bytes."""
    url = f"{gateway.upstreams.url}/ollama/"
    part = {"type": "image_url", "image_url": {"url": url}}
    content = [{"type": "text", "text": "What?"}, part]
    answer = gateway.chat("fixed/k3", messages=[{"role": "user", "content": content}])
    assert answer.status_code == 200, answer.text
    assert gateway.wire()["messages"][0]["content"][1]["image_url"]["url"].startswith("data:")


@pytest.mark.parametrize("stream", [False, True])
def test_kimis_name_for_the_exchange_reaches_the_client(gateway: Gateway, stream: bool):
    """Kimi's support needs this id; kosong reads it from the header."""
    answer = gateway.chat("fixed/k3", stream=stream)
    assert answer.headers["x-trace-id"] == "simulated"
    assert gateway.logged(answer)["facts"]["trace_id"] == "simulated"


def test_what_cannot_travel_over_the_anthropic_protocol_is_refused_here(gateway: Gateway):
    """The refusal names a remedy and comes before any attempt."""
    video = {"type": "video_url", "video_url": {"url": "ms://1"}}
    answer = gateway.chat("honest/k3", messages=[{"role": "user", "content": [video]}])
    assert (answer.status_code, answer.headers["x-pointsman-error"]) == (400, "unsendable")
    assert 'set protocol = "openai"' in answer.json()["error"]["message"]
    assert not gateway.received()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["\u2192name", "x\r\nSet-Cookie: pwned=1", "x" * 100_000, ""])
def test_no_header_of_the_answer_holds_a_name_that_the_client_made_up(gateway: Gateway, name: str, stream: bool):
    """The header counts such a field, because its name would break the response after Kimi has charged for it."""
    answer = gateway.chat("honest/k3", stream=stream, **{name: 1, "seed": 1})
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-pointsman-adjusted"] == "seed, 1 unknown"
    assert "set-cookie" not in answer.headers
    assert gateway.logged(answer)["facts"]["adjusted"] == ["seed", "1 unknown"]


def test_count_tokens_answers_for_kimi(gateway: Gateway):
    """Claude Code counts tokens before every request."""
    counted = gateway.anthropic.messages.count_tokens(model="honest/k3", messages=HELLO)
    assert counted.input_tokens > 0


def _whole(gateway: Gateway, model: str) -> Message:
    return gateway.anthropic.messages.create(model=model, messages=HELLO, max_tokens=2000)


def _message(gateway: Gateway, model: str) -> Message:
    with gateway.anthropic.messages.stream(model=model, messages=HELLO, max_tokens=2000) as stream:
        return stream.get_final_message()
