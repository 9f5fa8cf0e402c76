"""How clients reach the proxy: base URLs, the key's variable, a request to copy. Pure."""

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
"""What ``pointsman connect`` knows; a test compares them."""

PAGE = "/pointsman/"
"""The path of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What a client has to be given."""

    url: str
    """Of the proxy, without a path below its root and without a slash at its end."""
    key_env: str
    """The variable with a key; never the key."""
    model: str
    """One that is served; empty when there is none."""

    @property
    def openai_url(self) -> str:
        """The base URL of OpenAI's clients."""
        return f"{self.url}/v1"

    @property
    def curl(self) -> str:
        """A request for a shell."""
        body = f'{{"model": "{self.model}", "messages": [{{"role": "user", "content": "Say hello"}}]}}'
        return (
            f"curl {self.openai_url}/chat/completions \\\n"
            f'  -H "Authorization: Bearer ${self.key_env}" \\\n'
            f"  -H 'Content-Type: application/json' \\\n"
            f"  -d '{body}'"
        )
