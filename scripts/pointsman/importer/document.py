"""A LiteLLM config as plain data with line numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_providers.json_parts import mapping
from custom_providers.keys.redaction import looks_like_key
from custom_providers.registry.problems import ConfigError, Problem

Path = tuple[str | int, ...]


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
        line = next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
        file, place = self._origin(path)
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


def dotted(path: Path) -> str:
    """``model_list[0].litellm_params.rpm``; a part that looks like a key is not shown."""
    text = ""
    for part in path:
        shown = "(looks like a key)" if isinstance(part, str) and looks_like_key(part) else part
        text += f"[{shown}]" if isinstance(part, int) else f".{shown}"
    return text.removeprefix(".")


def read(text: str, file: str) -> Document:
    """Reads the YAML of a LiteLLM config.

    Raises:
        ConfigError: it is not YAML, or not a mapping.
    """
    import yaml

    def refused(message: str, line: int | None = None) -> ConfigError:
        hint = "name a LiteLLM config, the file that `litellm --config` reads"
        return ConfigError([Problem(file=file, line=line, where="", message=message, hint=hint)])

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
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
    _collect(node, (), lines, set())
    return Document(file=file, data=data, lines=lines)


def _collect(node: Any, path: Path, lines: dict[Path, int], above: set[int]) -> None:
    import yaml

    if id(node) in above:  # an anchor that contains itself
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[*path, str(key.value)] = key.start_mark.line + 1
            _collect(value, (*path, str(key.value)), lines, above | {id(node)})
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            lines[*path, position] = item.start_mark.line + 1
            _collect(item, (*path, position), lines, above | {id(node)})
