"""Every route of LiteLLM's app, including those that it loads on first use.

As a program, it prints one route per line: ``METHOD PATH``, with ``WEBSOCKET`` or ``MOUNT`` for those without methods.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any


def routes(app: Any) -> Iterator[tuple[str, str]]:
    """Yields each method and path, including those of nested routers."""
    for route in _flat(app.routes, ""):
        yield from route


def _flat(found: Any, prefix: str) -> Iterator[Iterator[tuple[str, str]]]:
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is not None:  # FastAPI's included router
            yield from _flat(inner.routes, prefix + route.include_context.prefix)
            continue
        path = prefix + getattr(route, "path", "")
        kind = type(route).__name__
        methods = getattr(route, "methods", None) or {"WEBSOCKET" if "WebSocket" in kind else "MOUNT"}
        yield ((method, path) for method in methods)
        if kind == "Mount":
            yield from _flat(getattr(route, "routes", None) or (), path)


def main() -> None:
    """Prints the routes of the installed LiteLLM."""
    from litellm.proxy import _lazy_features, proxy_server

    for feature in _lazy_features.LAZY_FEATURES:
        feature.register_fn(proxy_server.app, importlib.import_module(feature.module_path))
    for method, path in sorted(set(routes(proxy_server.app)), key=lambda route: (route[1], route[0])):
        print(method, path)  # noqa: T201 -- the program's output


if __name__ == "__main__":
    main()
