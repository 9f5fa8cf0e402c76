"""Runs Moonshot's own client against a gateway: chat, streaming, thinking, a tool turn, usage and errors.

    python tests/kimi/kosong_client.py BASE_URL KEY MODEL

Needs a separate environment with kosong and without our packages, and upstreams that answer like the simulated ones.
Exits non-zero, with the reason, at the first failed check.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import kosong_backport  # type: ignore[import-not-found]  # beside this file, which is run as a script

kosong_backport.install()

import kosong  # type: ignore[import-not-found]  # noqa: E402
from kosong.chat_provider import APIStatusError  # type: ignore[import-not-found]  # noqa: E402
from kosong.chat_provider.kimi import Kimi  # type: ignore[import-not-found]  # noqa: E402
from kosong.message import Message, TextPart, ThinkPart  # type: ignore[import-not-found]  # noqa: E402
from kosong.tooling import CallableTool2, ToolOk, ToolReturnValue  # type: ignore[import-not-found]  # noqa: E402
from kosong.tooling.simple import SimpleToolset  # type: ignore[import-not-found]  # noqa: E402
from pydantic import BaseModel  # noqa: E402 -- kosong's tools need it


class Params(BaseModel):
    """The tool's parameters."""

    city: str = "nowhere"


class Weather(CallableTool2):  # type: ignore[misc]
    """The tool that the simulated model calls when the user mentions the weather."""

    name: str = "get_weather"
    description: str = "The weather in a city."
    params: type[Params] = Params

    async def __call__(self, params: Params) -> ToolReturnValue:
        """Returns the city, so that the test can check the arguments."""
        return ToolOk(output=f"sunny in {params.city}")


def check(found: Any, expected: Any, what: str) -> None:
    """Exits with an error if `found` differs from `expected`."""
    if found != expected:
        sys.exit(f"{what}: {found!r} instead of {expected!r}")
    print(f"ok: {what}")  # noqa: T201 -- the script's output


def text(message: Any) -> str:
    """The text of a message, without its thinking."""
    return "".join(part.text for part in message.content if isinstance(part, TextPart))


def thoughts(message: Any) -> str:
    """The thinking of a message."""
    return "".join(part.think for part in message.content if isinstance(part, ThinkPart))


async def converse(kimi: Any, how: str) -> None:
    """Says hello and uses a tool."""
    answer = await kosong.generate(kimi, "Be brief.", [], [Message(role="user", content="hello from kosong")])
    check(text(answer.message), "hello from kosong", f"{how}: text")
    check(bool(thoughts(answer.message)), True, f"{how}: thinking")
    check(answer.usage.output > 0 and answer.usage.input > 0, True, f"{how}: usage")
    history = [Message(role="user", content="What is the weather?")]
    tools = SimpleToolset()
    tools += Weather()
    step = await kosong.step(kimi, "Be brief.", tools, history)
    (call,) = step.tool_calls
    check(
        (call.function.name, json.loads(call.function.arguments)),
        ("get_weather", {"city": "Paris"}),
        f"{how}: tool call",
    )
    (result,) = await step.tool_results()
    history += [step.message, Message(role="tool", tool_call_id=call.id, content=result.return_value.output)]
    last = await kosong.step(kimi, "Be brief.", tools, history)
    check(text(last.message), "The tool says: sunny in Paris", f"{how}: tool turn, its reasoning echoed")


async def main(base_url: str, key: str, model: str) -> None:
    """Runs all checks."""
    for stream in (True, False):
        kimi = Kimi(base_url=base_url, api_key=key, model=model, stream=stream)
        how = "stream" if stream else "whole"
        await converse(kimi, how)
        await converse(
            kimi.with_thinking("high").with_generation_kwargs(max_tokens=2000, temperature=0.3), f"{how}, high"
        )
    try:
        await kosong.generate(
            Kimi(base_url=base_url, api_key="sk-wrong", model=model), "", [], [Message(role="user", content="x")]
        )
    except APIStatusError as error:
        check(error.status_code in {400, 401}, True, "a wrong key")
    else:
        sys.exit("a wrong key was accepted")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
