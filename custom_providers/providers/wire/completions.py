"""The shortest completion of each wire family."""

from __future__ import annotations

from custom_providers.providers.account.account import Ask, Target

_MESSAGES = [{"role": "user", "content": "Hi"}]


def openai(target: Target, budget: tuple[str, int]) -> Ask:
    """OpenAI's chat completions."""
    body = {"model": target.model, "messages": _MESSAGES, budget[0]: budget[1]}
    return Ask(url=f"{target.base_url}/chat/completions", method="POST", json=body)


def anthropic(target: Target, budget: tuple[str, int]) -> Ask:
    """Anthropic's messages."""
    body = {"model": target.model, "messages": _MESSAGES, budget[0]: budget[1]}
    return Ask(url=f"{target.base_url.removesuffix('/v1')}/v1/messages", method="POST", json=body)


def gemini(target: Target, budget: tuple[str, int]) -> Ask:
    """Gemini's generateContent."""
    contents = [{"role": "user", "parts": [{"text": "Hi"}]}]
    body = {"contents": contents, "generationConfig": {"maxOutputTokens": budget[1]}}
    return Ask(url=f"{target.base_url}/models/{target.model}:generateContent", method="POST", json=body)


def ollama(target: Target, budget: tuple[str, int]) -> Ask:
    """Ollama's chat."""
    options = {"num_predict": budget[1]}
    body = {"model": target.model, "messages": _MESSAGES, "stream": False, "options": options}
    return Ask(url=f"{target.base_url}/api/chat", method="POST", json=body)
