"""Sets and removes settings in the text of a client's file, and leaves the rest unchanged. Pure."""

from __future__ import annotations

import copy
import enum
import json
import math
import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, cast

from pointsman.console.refusal import RefusalError

BY_HAND = "add the settings by hand: run this again without --write"
"""The hint if a file cannot be changed without losing something."""


class Form(enum.Enum):
    """A file's format."""

    NONE = ""
    JSON = "json"
    TOML = "toml"
    FLAT_YAML = "yaml"
    """YAML in which only top-level scalars are set, line by line, so that comments and order stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value in a client's file."""

    path: tuple[str, ...]
    """The keys that lead to it."""
    value: Any


def changed(text: str, form: Form, settings: Iterable[Setting]) -> str:
    """``text`` with ``settings`` in it.

    Raises:
        RefusalError: ``text`` cannot be read as ``form``, or not be changed without damage.
    """
    wanted = tuple(settings)
    if form is Form.FLAT_YAML:
        after = _with_lines(text, {setting.path[0]: str(setting.value) for setting in wanted})
    else:
        document = _read(text, form)
        for setting in wanted:
            owner = document
            for key in setting.path[:-1]:
                owner = _child(owner, key)
            owner[setting.path[-1]] = setting.value
        after = _written(document, form, text)
    found = values(after, form)
    if any(_at(found, setting.path) != setting.value for setting in wanted):
        raise RefusalError("cannot be changed safely: its settings are written in an unusual form", BY_HAND)
    return after


def values(text: str, form: Form) -> Any:
    """The data in ``text``; None if it cannot be read."""
    import tomllib

    import yaml

    try:
        if form is Form.TOML:
            return tomllib.loads(text)
        # JSON is read as such, because YAML takes more than JSON.
        return (json.loads(text) if text.strip() else {}) if form is Form.JSON else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return None


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def restored(text: str, before: str, form: Form, settings: Iterable[Setting]) -> str:
    """``text`` with each of ``settings`` as it was in ``before``; later changes to other settings stay.

    Raises:
        RefusalError: one of the texts cannot be read as ``form``.
    """
    if form is Form.FLAT_YAML:
        keys = [setting.path[0] for setting in settings]
        kept = {key: line for line in before.splitlines() if (key := _key(line)) in keys}
        rest = [kept.get(_key(line), "") if _key(line) in keys else line for line in text.splitlines()]
        return "".join(f"{line}\n" for line, old in zip(rest, text.splitlines(), strict=True) if line or not old)
    document, old = _read(text, form), _read(before, form)
    for setting in settings:
        _restore(document, old, setting.path)
    return _written(document, form, text)


def _restore(document: MutableMapping[str, Any], old: MutableMapping[str, Any], path: tuple[str, ...]) -> None:
    key, rest = path[0], path[1:]
    if not rest:
        if key in old:
            document[key] = copy.deepcopy(old[key])
        else:
            document.pop(key, None)
        return
    owner, former = document.get(key), old.get(key)
    if isinstance(owner, MutableMapping):
        _restore(owner, former if isinstance(former, MutableMapping) else {}, rest)
        if not owner and former is None:
            del document[key]


def _read(text: str, form: Form) -> MutableMapping[str, Any]:
    try:
        document = json.loads(text) if form is Form.JSON and text.strip() else {} if form is Form.JSON else _toml(text)
    except json.JSONDecodeError as error:
        why = f"line {error.lineno} is not plain JSON (a comment, or a missing or extra comma?)"
        raise RefusalError(f"cannot be changed safely: {why}", BY_HAND) from None
    except ValueError as error:
        raise RefusalError(f"cannot be changed safely: {error}", BY_HAND) from None
    if not isinstance(document, MutableMapping):
        raise RefusalError("is not a JSON object", BY_HAND)
    return document


def _toml(text: str) -> MutableMapping[str, Any]:
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(text)
    except ParseError as error:
        raise ValueError(str(error)) from None


def _written(document: MutableMapping[str, Any], form: Form, before: str) -> str:
    """``document`` as text, in JSON with the indentation and the end of ``before``."""
    import tomlkit

    if form is not Form.JSON:
        return tomlkit.dumps(document)
    indent = re.search(r'\n([ \t]+)"', before)
    end = "" if before.strip() and not before.endswith("\n") else "\n"
    return json.dumps(document, indent=indent[1] if indent else 2, ensure_ascii=False) + end


def _child(owner: MutableMapping[str, Any], key: str) -> MutableMapping[str, Any]:
    """The table at ``key``, created if it is missing."""
    child = owner.get(key)
    if child is None:
        owner[key] = {}
        child = owner[key]
    if not isinstance(child, MutableMapping):
        raise RefusalError(f'"{key}" is not a table', BY_HAND)
    return cast("MutableMapping[str, Any]", child)


def _with_lines(text: str, wanted: dict[str, str]) -> str:
    rest = {key: _yaml_line(key, value) for key, value in wanted.items()}
    lines = [rest.pop(key) if (key := _key(line)) in rest else line for line in text.splitlines()]
    return "".join(f"{line}\n" for line in (*lines, *rest.values()))


def _yaml_line(key: str, value: str) -> str:
    """``key: value``, with quotes if YAML would not read ``value`` as this text."""
    import yaml

    return yaml.safe_dump({key: value}, width=math.inf, allow_unicode=True).rstrip("\n")


def _key(line: str) -> str:
    """The top-level key that ``line`` sets; empty if it sets none."""
    match = re.match(r"([A-Za-z0-9_-]+)\s*:", line)
    return match[1] if match else ""
