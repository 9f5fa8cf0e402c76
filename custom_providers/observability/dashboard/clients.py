"""Connection details for clients: base URLs, the key's variable, a request to copy. Pure."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

CLIENTS = (
    "claude-code",
    "codex",
    "opencode",
    "aider",
    "kimi-code",
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

    def curl(self, *, stream: bool = False) -> str:
        """An example request for a shell, in lines of 80 columns where possible."""
        model = f'"model": {json.dumps(self.model)}' + ', "stream": true' * stream
        body = shlex.quote(f'{{{model},\n      "messages": [{{"role": "user", "content": "Hello"}}]}}')
        return "\n".join(
            (
                f"curl -sS {self.openai_url}/chat/completions \\",
                f"  {self.authorization} \\",
                "  -H 'Content-Type: application/json' \\",
                f"  -d {body}",
            )
        )

    @property
    def authorization(self) -> str:
        """Curl's option with the key."""
        return f'-H "Authorization: Bearer ${self.key_env}"'
