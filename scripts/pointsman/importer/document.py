"""A LiteLLM config as plain data with line numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.registry.positions import dotted, nearest_line
from custom_providers.registry.problems import ConfigError, Problem
from custom_providers.registry.shapes import Path

MOST_CHARACTERS = 4_000_000
"""The most characters of one file; a config of 1,000 models has about 300,000."""
_MOST_NODES = 200_000
"""The most keys and values of one file with its aliases expanded: ten lines of aliases can expand to billions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of one file, and of those that it includes."""

    file: str
    data: Mapping[str, Any]
    lines: Mapping[Path, int]
    """The 1-based line of each key and each list item."""
    origins: Mapping[Path, tuple[str, Path]] = field(default_factory=dict)
    """What comes from an included file: that file, and the place in it."""

    def lost(self, path: Path, message: str, hint: str) -> Problem:
        """The problem that something cannot be carried over: where, why, and what to do instead."""
        file, place = self._origin(path)
        line = nearest_line(self.lines, path)
        return Problem(file=file, line=line, where=dotted(place), message=message, hint=hint, severity="warning")

    def _origin(self, path: Path) -> tuple[str, Path]:
        for end in range(len(path), 0, -1):
            if found := self.origins.get(path[:end]):
                file, start = found
                return file, (*start, *path[end:])
        return self.file, path

    def table(self, *path: str) -> Mapping[str, Any]:
        """The mapping at ``path``, empty when there is none."""
        value: Any = self.data
        for key in path:
            value = mapping(value).get(key)
        return mapping(value)


def read(text: str, file: str) -> Document:
    """Reads the YAML of a LiteLLM config.

    Raises:
        ConfigError: it is not YAML, or not a mapping, or too large.
    """
    import yaml

    def refused(message: str, line: int | None = None) -> ConfigError:
        hint = "name a LiteLLM config, the file that `litellm --config` reads"
        return ConfigError([Problem(file=file, line=line, where="", message=message, hint=hint)])

    if len(text) > MOST_CHARACTERS:
        raise refused(f"has more than {MOST_CHARACTERS:,} characters")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if _expanded(node, {}) > _MOST_NODES:
            raise refused(f"has more than {_MOST_NODES:,} keys and values, or an anchor that contains itself")
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        # Only the parser's message: the line itself may contain a key.
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise refused(f"is not YAML: {error.problem}", line) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise refused("is not YAML") from None
    if not isinstance(data, dict):
        raise refused("is not a mapping of sections such as model_list")
    lines: dict[Path, int] = {}
    _collect(node, (), lines)
    return Document(file=file, data=data, lines=lines)


def _expanded(node: Any, known: dict[int, float]) -> float:
    """The number of nodes in ``node`` with its aliases expanded; infinite if it contains itself."""
    if id(node) not in known:
        known[id(node)] = inf
        known[id(node)] = 1 + sum(_expanded(inner, known) for inner in _inner(node))
    return known[id(node)]


def _inner(node: Any) -> Iterator[Any]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        yield from (part for pair in node.value for part in pair)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _collect(node: Any, path: Path, lines: dict[Path, int]) -> None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[*path, str(key.value)] = key.start_mark.line + 1
            _collect(value, (*path, str(key.value)), lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            lines[*path, position] = item.start_mark.line + 1
            _collect(item, (*path, position), lines)
