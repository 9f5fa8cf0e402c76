"""Which headers a client may add to a call upstream, and whose value counts where two set the same one."""

from __future__ import annotations

from collections.abc import Mapping

_NOT_A_CLIENTS = frozenset(
    {
        # the connection's, and the body's
        *("host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "expect"),
        *("content-length", "content-type", "content-encoding", "transfer-encoding", "accept", "accept-encoding"),
        # the key's, and whom it is billed to
        *("authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"),
        *("openai-organization", "openai-project", "x-goog-user-project"),
        # who asks
        "user-agent",
    }
)


def of_client(headers: Mapping[str, str]) -> dict[str, str]:
    """``headers`` without those that belong to the connection, to the body, to the key, or to us."""
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_A_CLIENTS}


def layered(*layers: Mapping[str, str]) -> dict[str, str]:
    """The headers of all ``layers``; for one name, in any case, the last one."""
    return dict({name.lower(): (name, value) for layer in layers for name, value in layer.items()}.values())
