"""Connection details for clients: base URLs, the key's variable, a request to copy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

CLIENTS = (
    "claude-code",
    "codex",
    "opencode",
    "aider",
    "kimi-cli",
    "continue",
    "cursor",
    "openai-sdk",
    "anthropic-sdk",
    "curl",
)
"""The clients that ``pointsman connect`` supports; a test compares them."""

PAGE = "/pointsman/"
"""The path of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDetails:
    """What a client needs to connect."""

    url: str
    """The proxy's URL, including its root path, without a trailing slash."""
    key_env: str
    """The variable with a key; never the key."""
    model: str
    """A model that is served; empty if there is none."""

    @property
    def openai_url(self) -> str:
        """The base URL for OpenAI clients."""
        return f"{self.url}/v1"

    @property
    def curl(self) -> str:
        """An example request for a shell."""
        body = f'{{"model": "{self.model}", "messages": [{{"role": "user", "content": "Say hello"}}]}}'
        return (
            f"curl {self.openai_url}/chat/completions \\\n"
            f'  -H "Authorization: Bearer ${self.key_env}" \\\n'
            f"  -H 'Content-Type: application/json' \\\n"
            f"  -d '{body}'"
        )
