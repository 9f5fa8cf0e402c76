"""Builds a chat request for Ollama's ``/api/chat``, and rejects what Ollama does not support."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from custom_providers.json_parts import mapping, unwrapped
from custom_providers.observability.audit.record import clean_name

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
"""From request parameters to Ollama's names: https://docs.ollama.com/modelfile"""

_TOP = ("think", "keep_alive", "logprobs", "top_logprobs", "format")
_TEXTS = frozenset({"text", "input_text", "output_text", "refusal"})
_TAKEN = _TEXTS | {"image_url", "thinking", "redacted_thinking"}
_DATA = re.compile(r"(?:data:[^,]*;base64,)?(?P<base64>[A-Za-z0-9+/=\s_-]+)")


class UnsendableError(ValueError):
    """The request contains something that cannot be sent; the message names it."""


def build(
    model: str, messages: Sequence[Mapping[str, Any]], params: Mapping[str, Any], *, stream: bool
) -> dict[str, Any]:
    """Build the body of a request, without parameters that Ollama does not support.

    Args:
        model: the provider's model id.
        messages: the conversation in OpenAI's format, images as ``data:`` URLs.
        params: OpenAI's parameters, Ollama's own, and any others that the client sent.
        stream: whether to request a stream.

    Raises:
        UnsendableError: the arguments of an earlier tool call are not JSON, or a part is neither text nor an image.
    """
    given = {name: value for name, value in params.items() if value is not None}
    options = {_OPTIONS[name]: value for name, value in given.items() if name in _OPTIONS}
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    body: dict[str, Any] = {"model": model, "messages": list(_messages(messages)), "stream": stream}
    if options := {**options, **mapping(given.get("options"))}:
        body["options"] = options
    body |= {name: given[name] for name in _TOP if name in given}
    if given.get("tools") and given.get("tool_choice") != "none":
        body["tools"] = given["tools"]
    if "response_format" in given:
        body |= _format(mapping(given["response_format"]))
    return body


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
    """The text and the base64 images of a message."""
    if not isinstance(content, list):
        return (content if isinstance(content, str) else ""), []
    parts = [part for part in content if isinstance(part, Mapping)]
    if foreign := next((part.get("type") for part in parts if part.get("type") not in _TAKEN), None):
        raise UnsendableError(f'Ollama accepts text and images, no content part of type "{clean_name(str(foreign))}"')
    texts = [str(part.get("text") or "") for part in parts if part.get("type") in _TEXTS]
    return "\n".join(texts), [_image(_url(part)) for part in parts if part.get("type") == "image_url"]


def _url(part: Mapping[str, Any]) -> str:
    return str(unwrapped(part.get("image_url"), "url"))


def _image(url: str) -> str:
    """The base64 data of a ``data:`` URL, or of an image given as plain base64."""
    if data := _DATA.fullmatch(url):
        return data["base64"]
    scheme = clean_name(url[:40].partition(",")[0])
    raise UnsendableError(f'image_url must be an http, https or base64 data URL: "{scheme}" cannot be fetched')


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A tool call with its arguments as an object, as Ollama requires."""
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
