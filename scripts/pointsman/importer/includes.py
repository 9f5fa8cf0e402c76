"""The files that a config names under ``include``, merged into it as LiteLLM does. Pure: the caller reads them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace

from custom_providers.json_parts import listed
from custom_providers.registry.problems import Problem
from custom_providers.registry.shapes import Path
from pointsman.importer.document import Document, read

SECTION = "include"

ReadFile = Callable[[str], str]
"""Returns the text of a file; its name is relative to the folder of the config.

Raises:
    OSError: it cannot be read.
"""


def with_includes(document: Document, read_file: ReadFile) -> tuple[Document, list[Problem]]:
    """The document with all included files, and a problem for each that cannot be read.

    Raises:
        ConfigError: an included file is not YAML, or not a mapping.
    """
    lost: list[Problem] = []
    seen: set[str] = set()
    pending = _named(document, "")
    merged = _without_section(document)
    while pending:
        place, name = pending.pop(0)
        if name in seen:
            continue
        seen.add(name)
        try:
            included = read(read_file(name), name)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "is not UTF-8"
            hint = "put the file there, then import again"
            lost.append(document.lost(place, f'"{name}" cannot be read: {why.lower()}', hint))
            continue
        pending += [(place, inner) for _, inner in _named(included, name)]
        merged = _merged(merged, _without_section(included))
    return merged, lost


def _named(document: Document, declared_in: str) -> list[tuple[Path, str]]:
    """The files in the document's include list, each with its place; names are relative to the declaring file."""
    folder = posixpath.dirname(declared_in)
    return [
        ((SECTION, position), posixpath.normpath(posixpath.join(folder, name)))
        for position, name in enumerate(listed(document.data.get(SECTION)))
        if isinstance(name, str)
    ]


def _without_section(document: Document) -> Document:
    return replace(document, data={name: value for name, value in document.data.items() if name != SECTION})


def _merged(document: Document, included: Document) -> Document:
    """Lists of the same name are joined; any other value of ``included`` replaces that of ``document``."""
    data, origins = dict(document.data), dict(document.origins)
    lines = dict(document.lines)
    for name, value in included.data.items():
        known = data.get(name)
        if isinstance(known, list) and isinstance(value, list):
            moved: dict[Path, Path] = {
                (name, position): (name, len(known) + position) for position in range(len(value))
            }
            data[name] = [*known, *value]
        else:
            moved = {(name,): (name,)}
            data[name] = value
        for old, new in moved.items():
            origins[new] = (included.file, old)
            lines |= {
                (*new, *path[len(old) :]): line for path, line in included.lines.items() if path[: len(old)] == old
            }
    return replace(document, data=data, lines=lines, origins=origins)
