"""Every value of a TOML text has its line, in any layout."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from custom_providers.registry.toml_lines import lines_of
from tests.conftest import REGISTRY
from tests.running import REPOSITORY

CASES = [path for path in Path(__file__).with_name("cases").glob("*.toml") if not path.stem.startswith("not_toml")]

SPECIMEN = '''\
a = 1 # = [x]
b."c.d".e = 1979-05-27 07:32:00
"f\\u0067" = """
[h]
i = 1 \\"""
x""""
'j"' = [ [1, 2], [
    { k = "[[l]]", m.n = [
       -1e3 ] }
  ], """
  ]"""  , 0x1F,
]
[o . 'p']
q = \'\'\'
r = '' ''\'\'\'
[[s]]
[s.t]
u = {}
[[s.v]]
[[s.v]]
w = inf
[s.v.x]
y = true
[[s]]
z = []
[[s.v]]
'''


def test_each_path_has_the_line_on_which_a_person_finds_it():
    assert lines_of(SPECIMEN) == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c.d"): 2,
        ("b", "c.d", "e"): 2,
        ("fg",): 3,
        ('j"',): 7,
        ('j"', 0): 7,
        ('j"', 0, 0): 7,
        ('j"', 0, 1): 7,
        ('j"', 1): 7,
        ('j"', 1, 0): 8,
        ('j"', 1, 0, "k"): 8,
        ('j"', 1, 0, "m"): 8,
        ('j"', 1, 0, "m", "n"): 8,
        ('j"', 1, 0, "m", "n", 0): 9,
        ('j"', 2): 10,
        ('j"', 3): 11,
        ("o",): 13,
        ("o", "p"): 13,
        ("o", "p", "q"): 14,
        ("s",): 16,
        ("s", 0): 16,
        ("s", 0, "t"): 17,
        ("s", 0, "t", "u"): 18,
        ("s", 0, "v"): 19,
        ("s", 0, "v", 0): 19,
        ("s", 0, "v", 1): 20,
        ("s", 0, "v", 1, "w"): 21,
        ("s", 0, "v", 1, "x"): 22,
        ("s", 0, "v", 1, "x", "y"): 23,
        ("s", 1): 24,
        ("s", 1, "z"): 25,
        ("s", 1, "v"): 26,
        ("s", 1, "v", 0): 26,
    }


def test_windows_line_ends_change_no_line():
    assert lines_of(SPECIMEN.replace("\n", "\r\n")) == lines_of(SPECIMEN)


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _paths(item, (*path, position))


@pytest.mark.parametrize("path", [REGISTRY, REPOSITORY / "providers.toml", *CASES], ids=lambda path: path.stem)
def test_every_path_that_tomllib_reads_has_a_line_and_no_other(path: Path):
    text = path.read_text()

    assert {place for place, _ in _paths(tomllib.loads(text))} == {(), *lines_of(text)}


_KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
_VALUES = st.recursive(
    st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=6))
def test_a_value_that_is_written_once_is_found_where_it_is_written(table: dict[str, object]):
    numbers = count(10**6)

    def marked(value: object) -> object:
        if isinstance(value, dict):
            return {key: marked(item) for key, item in value.items()}
        return [marked(item) for item in value] if isinstance(value, list) else next(numbers)

    text = tomlkit.dumps(marked(table))  # type: ignore[arg-type]  # it is a dictionary
    lines = lines_of(text)

    for path, value in _paths(tomllib.loads(text)):
        if isinstance(value, int):
            assert lines[path] == text[: text.index(str(value))].count("\n") + 1
