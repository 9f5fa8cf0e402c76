"""A chat request as Ollama's ``/api/chat`` takes it, and what it cannot take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custom_providers.engine.json_parts import mapping

_OPTIONS = {
    "max_tokens": "num_predict",
    "max_completion_tokens": "num_predict",
    **{
        name: name
        for name in (
            *("temperature", "top_p", "top_k", "min_p", "typical_p", "seed", "stop", "presence_penalty"),
            *("frequency_penalty", "repeat_penalty", "repeat_last_n", "num_predict", "num_ctx", "num_keep", "num_gpu"),
            *("num_batch", "num_thread", "main_gpu", "use_mmap", "mirostat", "mirostat_eta", "mirostat_tau", "tfs_z"),
        )
    },
}
"""Parameters of a request, and Ollama's names for them: https://docs.ollama.com/modelfile"""

_TOP = ("think", "keep_alive", "logprobs", "top_logprobs", "format")
_SILENT = frozenset(
    {
        *("stream", "stream_options", "max_retries", "extra_body", "extra_headers", "tools", "tool_choice", "user"),
        *("response_format", "options", "n", "parallel_tool_calls", "model", "messages"),
    }
)
"""Handled here, or without a meaning for an answer of Ollama's."""


class UnsendableError(ValueError):
    """The request holds something that cannot be sent; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OllamaBody:
    """A request's body."""

    body: dict[str, Any]
    adjusted: tuple[str, ...]
    """The fields that Ollama cannot take."""


def build(model: str, messages: Sequence[Mapping[str, Any]], params: Mapping[str, Any], *, stream: bool) -> OllamaBody:
    """Make the body of a request.

    Args:
        model: the upstream id.
        messages: the conversation in OpenAI's shape, images as ``data:`` URLs.
        params: OpenAI's parameters, Ollama's own, and any others that the client sent.
        stream: whether the answer is to be a stream.

    Raises:
        UnsendableError: the arguments of an earlier tool call are not JSON.
    """
    given = {name: value for name, value in params.items() if value is not None}
    options = {_OPTIONS[name]: value for name, value in given.items() if name in _OPTIONS}
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    body: dict[str, Any] = {"model": model, "messages": list(_messages(messages)), "stream": stream}
    if options := {**options, **mapping(given.get("options"))}:
        body["options"] = options
    body |= {name: given[name] for name in _TOP if name in given}
    dropped = [name for name in given if name not in _OPTIONS and name not in _TOP and name not in _SILENT]
    choice = given.get("tool_choice")
    if given.get("tools") and choice != "none":
        body["tools"] = given["tools"]
        dropped += ["tool_choice"] if choice not in {None, "auto"} else []
    if "response_format" in given:
        body |= _format(mapping(given["response_format"]))
    return OllamaBody(body=body, adjusted=tuple(dropped))


def _format(wanted: Mapping[str, Any]) -> dict[str, Any]:
    if wanted.get("type") == "json_object":
        return {"format": "json"}
    schema = mapping(wanted.get("json_schema")).get("schema")
    return {"format": schema} if schema is not None else {}


def _messages(messages: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    names: dict[str, str] = {}
    for message in messages:
        sent: dict[str, Any] = {"role": "system" if message.get("role") == "developer" else message.get("role")}
        sent["content"], images = _content(message.get("content"))
        if images:
            sent["images"] = images
        if thought := message.get("reasoning_content"):
            sent["thinking"] = thought
        if calls := message.get("tool_calls"):
            sent["tool_calls"] = [_call(call) for call in calls]
            names |= {str(call.get("id")): mapping(call.get("function")).get("name") or "" for call in calls}
        if call_id := message.get("tool_call_id"):
            sent["tool_call_id"] = call_id
            if name := message.get("name") or names.get(str(call_id)):
                sent["tool_name"] = name
        yield sent


def _content(content: Any) -> tuple[str, list[str]]:
    """The text and the images, in base64, of a message."""
    if not isinstance(content, list):
        return (content if isinstance(content, str) else ""), []
    parts = [part for part in content if isinstance(part, Mapping)]
    texts = [str(part.get("text") or "") for part in parts if part.get("type") in {"text", "input_text"}]
    urls = [_url(part) for part in parts if part.get("type") == "image_url"]
    return "\n".join(texts), [url.partition(",")[2] if url.startswith("data:") else url for url in urls]


def _url(part: Mapping[str, Any]) -> str:
    image = part.get("image_url")
    return str(mapping(image).get("url") if isinstance(image, Mapping) else image)


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call whose arguments are an object, as Ollama has them."""
    function = mapping(call.get("function"))
    arguments = function.get("arguments")
    try:
        arguments = json.loads(arguments) if isinstance(arguments, str) and arguments.strip() else arguments or {}
    except json.JSONDecodeError as error:
        name, call_id = function.get("name"), call.get("id")
        raise UnsendableError(f'tool_calls: the arguments of call "{call_id}" of "{name}" are not JSON') from error
    return {
        **({"id": call["id"]} if call.get("id") else {}),
        "function": {"name": function.get("name"), "arguments": arguments},
    }
