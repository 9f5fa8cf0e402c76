"""Answers in forms that OpenAI does not have, or no longer: each client gets one message, streamed and whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer, stream_answer
from pointsman.simulator.wire.encoding import sse
from tests.engine.answers import PATHS, Said, events, request, said
from tests.observability.audit.recorded import Recorded

pytestmark = pytest.mark.proxy

USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
FORMS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str | None, Said]] = {
    "a refusal": (
        {"content": None, "refusal": "I will not"},
        [{"refusal": "I will"}, {"refusal": " not"}],
        "stop",
        Said(text="I will not", end="refusal"),
    ),
    "a call of the older functions": (
        {"content": None, "function_call": {"name": "f", "arguments": '{"a":1}'}},
        [{"function_call": {"name": "f", "arguments": ""}}, {"function_call": {"arguments": '{"a":1}'}}],
        "function_call",
        Said(calls=(("f", {"a": 1}),), end="tool_use"),
    ),
    "images, numbered by no one": (
        {"content": "Here", "images": [IMAGE]},
        [{"content": "Here"}, {"images": [IMAGE]}],
        "stop",
        Said(text="Here", end="end_turn"),
    ),
    "only details of the reasoning": (
        {"content": "Yes", "reasoning_details": [{"type": "reasoning.text", "text": "Hm"}]},
        [{"reasoning_details": [{"type": "reasoning.text", "text": part}]} for part in "Hm"] + [{"content": "Yes"}],
        "stop",
        Said(text="Yes", thought="Hm", end="end_turn"),
    ),
    "an end in capitals": ({"content": "Yes"}, [{"content": "Yes"}], "MAX_TOKENS", Said(text="Yes", end="max_tokens")),
    "no finish reason": ({"content": "Yes"}, [{"content": "Yes"}], None, Said(text="Yes", end="end_turn")),
    "nothing": ({"content": None}, [], "stop", Said(end="end_turn")),
}
RESPONSES = {"max_tokens": "incomplete"}
CHAT = {"end_turn": "stop", "refusal": "stop", "max_tokens": "length", "tool_use": "tool_calls"}


def _scripted(simulator: Simulator, message: dict[str, Any], deltas: list[dict[str, Any]], finish: str | None) -> None:
    """A whole answer, then the same one as a stream."""
    whole = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    parts = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    chunks = [
        {"id": "c", "choices": [choice]} for choice in [*parts, {"index": 0, "delta": {}, "finish_reason": finish}]
    ]
    sent = [sse(chunk) for chunk in [*chunks, {"id": "c", "choices": [], "usage": USAGE}]]
    answer = json_answer({"id": "c", "choices": [whole], "usage": USAGE})
    simulator.script("opencode", answer, stream_answer([*sent, b"data: [DONE]\n\n"]))


@pytest.mark.parametrize("protocol", PATHS)
@pytest.mark.parametrize(("message", "deltas", "finish", "expected"), FORMS.values(), ids=FORMS)
def test_each_client_gets_one_message(
    engine: Recorded,
    simulator: Simulator,
    message: dict[str, Any],
    deltas: list[dict[str, Any]],
    finish: str | None,
    expected: Said,
    protocol: str,
):
    _scripted(simulator, message, deltas, finish)

    answers = [
        engine.post(PATHS[protocol], request(protocol, "opencode/glm-5.3", "Hi", stream=stream))
        for stream in (False, True)
    ]

    ends = {"chat": CHAT, "messages": {}, "responses": RESPONSES}[protocol]
    end = ends.get(expected.end, "completed" if protocol == "responses" else expected.end)
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert said(protocol, answer) == replace(expected, end=end, prompt=3, completion=4)


SAID = "Your input exceeds the context window of this model."


@pytest.mark.parametrize("protocol", PATHS)
def test_openais_error_events_say_what_openai_said(engine: Recorded, simulator: Simulator, protocol: str):
    """They have no ``error`` object, which LiteLLM expects."""
    error = {"type": "error", "code": "context_length_exceeded", "message": SAID, "param": None, "sequence_number": 0}
    simulator.script("opencode", stream_answer([sse(error, event="error")]))

    answer = engine.post(PATHS[protocol], request(protocol, "opencode/gpt-5.2", "Hi", stream=True))

    assert SAID in answer.text
    if protocol == "responses":
        # LiteLLM chooses the code: 1.110 reports "invalid_request_error", earlier releases OpenAI's own.
        (failed,) = [event["response"]["error"] for event in events(answer) if event["type"] == "response.failed"]
        assert failed["message"] == SAID


def test_each_of_several_choices_has_its_text_and_its_end(engine: Recorded, simulator: Simulator):
    """They alternate; the row has the usage of all."""

    def choice(index: int, text: str | None, finish: str | None = None) -> dict[str, Any]:
        delta = {} if text is None else {"content": text}
        return {"id": "c", "model": "theirs", "choices": [{"index": index, "delta": delta, "finish_reason": finish}]}

    chunks = [choice(1, "b"), choice(0, "a"), choice(0, None, "stop"), choice(1, "cd"), choice(1, None, "length")]
    sent = [sse(chunk) for chunk in [*chunks, {"id": "c", "choices": [], "usage": USAGE}]]
    simulator.script("opencode", stream_answer([*sent, b"data: [DONE]\n\n"]))
    body = {**request("chat", "opencode/glm-5.3", "Hi", stream=True), "n": 2}
    answers = []

    row = engine.row_of(lambda: answers.append(engine.post(PATHS["chat"], body)))

    (answer,) = answers
    choices = [one for event in events(answer) for one in event["choices"]]
    texts = ["".join(one["delta"].get("content") or "" for one in choices if one["index"] == index) for index in (0, 1)]
    assert texts == ["a", "bcd"]
    ends = [(one["index"], one["finish_reason"]) for one in choices if one["finish_reason"]]
    assert ends == [(0, "stop"), (1, "length")]
    assert {event["model"] for event in events(answer)} == {"opencode/glm-5.3"}
    assert [event["usage"] for event in events(answer) if event.get("usage")] == [USAGE]
    assert answer.text.endswith("data: [DONE]\n\n")
    assert (row["outcome"], row["prompt_tokens"], row["completion_tokens"]) == ("success", 3, 4)
