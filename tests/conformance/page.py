"""docs/conformance.md, made of the cells."""

from __future__ import annotations

from tests.conformance.cells import FEATURES, LIMITS, MODES, ROUTES, Cell, Route, limit_of
from tests.engine.answers import PATHS
from tests.running import REPOSITORY

PAGE = REPOSITORY / "docs" / "conformance.md"

_HEAD = """\
# Conformance

What each route does in each protocol that clients speak. Every cell is a test in `tests/conformance`, through one
running proxy with simulated providers: whole and streamed. `python -m tests.conformance` writes this page.

- ✓: whole and streamed. A number: not supported, for the reason below; "whole" or "streamed" where that is one of both.
- **text, reasoning, images**: arrive unchanged. **Parallel tools**: two calls, each with its own id, in order.
  **Empty arguments**: a call without arguments has `{}`.
- **Error before**: a provider's 503 is a 503 in the protocol's own shape, with `x-should-retry`, after one attempt.
  **Error inside**: an error after the first word is an error event, and a failure in the audit row.
- **Usage**: the provider's own numbers, in the answer and in the row. **Cancel**: when the client disconnects, so does
  the proxy from the provider.
"""
_NAMES = {"chat": "Chat completions", "messages": "Messages", "responses": "Responses"}


def text() -> str:
    """The page as it should be."""
    return "\n".join((_HEAD, *(_table(protocol) for protocol in PATHS), _reasons()))


def _table(protocol: str) -> str:
    rows = [
        f"## {_NAMES[protocol]}",
        "",
        f"| route | {' | '.join(FEATURES.values())} |",
        "|---" * (len(FEATURES) + 1) + "|",
    ]
    rows += [f"| {route.title} | {' | '.join(_cell(route, protocol, name) for name in FEATURES)} |" for route in ROUTES]
    return "\n".join(rows) + "\n"


def _cell(route: Route, protocol: str, feature: str) -> str:
    modes = MODES[1:] if feature == "inside" else MODES
    limits = {mode: limit_of(Cell(route=route, protocol=protocol, feature=feature, mode=mode)) for mode in modes}
    if set(limits.values()) == {None}:
        return "✓"
    if len(set(limits.values())) == 1:
        return " ".join({f"[{number + 1}]" for number in limits.values() if number is not None})
    return ", ".join(f"{mode} {'✓' if number is None else f'[{number + 1}]'}" for mode, number in limits.items())


def _reasons() -> str:
    reasons = [f"[{number}] {limit.why}" for number, limit in enumerate(LIMITS, start=1)]
    return "\n".join(("## Not supported", "", "\n\n".join(reasons) or "Nothing.", ""))
