"""Formats findings as GitHub workflow commands, which GitHub shows at the lines of a pull request."""

from __future__ import annotations

from custom_providers.registry.problems import Problem
from pointsman.console.report import inert


def annotation(problem: Problem) -> str:
    """Formats a problem as one line: ``::error file=providers.toml,line=3,title=...::message``.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    places = {"file": problem.file, "line": str(problem.line or ""), "title": problem.where}
    properties = ",".join(f"{name}={_property(value)}" for name, value in places.items() if value)
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    return f"::{problem.severity} {properties}::{_data(problem.message + hint)}"


def _data(text: str) -> str:
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
