"""Lets Python 3.11 load kosong, which requires 3.12: rewrites its type statements to the older syntax.

Only the syntax of PEP 695 is rewritten while a module loads; otherwise Moonshot's code runs unchanged.
"""

from __future__ import annotations

import re
import sys
import typing
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

_PRELUDE = """
from typing import Any as _Any, Generic as _Generic, ParamSpec as _ParamSpec, TypeVar as _TypeVar
"""
_ALIAS = re.compile(r"^type (\w+)(?:\[([^\]]*)\])? = ", re.MULTILINE)
_CLASS = re.compile(r"^class (\w+)\[(\w+): \w+\]\(ABC\):", re.MULTILINE)
_FUNCTION = re.compile(r"^(async def|def) (\w+)\[([^\]]*)\]\(", re.MULTILINE)


def install() -> None:
    """Makes kosong importable on this Python; does nothing on 3.12 and newer."""
    if sys.version_info >= (3, 12):
        return
    import typing_extensions

    typing.override = typing_extensions.override  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] != "kosong":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def source_to_code(  # type: ignore[override]
        self, data: Any, path: Any, *, _optimize: int = -1
    ) -> CodeType:
        return super().source_to_code(_older(bytes(data).decode()).encode(), path)

    def get_code(self, fullname: str) -> CodeType | None:
        # Not from the bytecode cache, which is compiled from the original source.
        return self.source_to_code(self.get_data(self.path), self.path)


def _older(source: str) -> str:
    """The source with type statements as assignments and type parameters as variables."""
    variables = {part.strip() for match in _ALIAS.finditer(source) for part in (match[2] or "").split(",")}
    variables |= {part.strip() for match in _FUNCTION.finditer(source) for part in match[3].split(",")}
    variables |= {match[2] for match in _CLASS.finditer(source)}
    source = _ALIAS.sub(r"\1 = ", source)
    # The only recursive alias.
    source = re.sub(r"^JsonType = .*$", "JsonType = _Any", source, flags=re.MULTILINE)
    source = _CLASS.sub(r"class \1(ABC, _Generic[\2]):", source)
    source = _FUNCTION.sub(r"\1 \2(", source)
    made = [
        f'{name.lstrip("*")} = {"_ParamSpec" if name.startswith("**") else "_TypeVar"}("{name.lstrip("*")}")'
        for name in sorted(variables - {""})
    ]
    future = "from __future__ import annotations\n"
    head = future if source.startswith(future) else ""
    return head + _PRELUDE + "\n".join(made) + "\n" + source.removeprefix(future)
