"""Places in LiteLLM are found by name and parameters; a changed one is skipped, or the proxy refuses to start."""

from __future__ import annotations

import logging
import sys
from types import ModuleType
from typing import Any

import pytest

from custom_providers.litellm_patches import place, releases
from custom_providers.litellm_patches.place import Place, UnsupportedReleaseError
from custom_providers.routing.resolver import RouteTable


def _double(original: Any) -> Any:
    return lambda number: 2 * original(number)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module with one function, in place of LiteLLM."""
    module = ModuleType("library_of_the_test")
    module.next_number = lambda number, step=1: number + step  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The captured log."""
    monkeypatch.setattr(logging.getLogger("pointsman"), "propagate", True)
    caplog.set_level(logging.WARNING, "pointsman")
    return caplog


def _place(**fields: Any) -> Place:
    defaults = {"target": "library_of_the_test:next_number", "parameters": ("number",), "why": "numbers stay small"}
    return Place(**{**defaults, "change": _double, **fields})


@pytest.mark.usefixtures("library")
def test_a_place_as_expected_is_changed(library: ModuleType):
    place.apply([_place()], "1.110.2")

    assert library.next_number(1) == 4


BROKEN = {
    "gone": None,
    "another name": lambda count: count,
    "another order": lambda step, number: step + number,
    "one more that has to be given": lambda number, why: number,
    "keywords only": lambda *, number: number,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_optional_place_that_has_changed_is_left_alone_with_one_line(
    library: ModuleType, log: pytest.LogCaptureFixture, broken: str
):
    if BROKEN[broken] is None:
        del library.next_number
    else:
        library.next_number = BROKEN[broken]  # type: ignore[attr-defined]

    place.apply([_place()], "1.112.0")

    assert getattr(library, "next_number", None) is BROKEN[broken]
    (line,) = log.messages
    assert "LiteLLM 1.112.0" in line
    assert "library_of_the_test:next_number" in line
    assert "numbers stay small" in line


@pytest.mark.parametrize("broken", BROKEN)
def test_a_required_place_that_has_changed_is_an_error_that_names_the_releases_that_work(
    library: ModuleType, broken: str
):
    if BROKEN[broken] is None:
        del library.next_number
    else:
        library.next_number = BROKEN[broken]  # type: ignore[attr-defined]
    library.other = lambda number: number  # type: ignore[attr-defined]
    other = library.other

    with pytest.raises(UnsupportedReleaseError) as raised:
        place.apply([_place(target="library_of_the_test:other"), _place(required=True)], "1.112.0")

    assert "LiteLLM 1.112.0 does not work with this package: library_of_the_test:next_number" in str(raised.value)
    assert f"Releases that work: {', '.join(releases.TESTED)}. To install one: pip install" in str(raised.value)
    assert library.other is other


def test_a_place_that_is_only_called_is_checked_and_stays(library: ModuleType):
    before = library.next_number

    place.apply([_place(change=None, required=True)], "1.110.2")

    assert library.next_number is before


@pytest.mark.parametrize(
    ("version", "needed"), [("1.106.12", True), ("1.109.9", True), ("1.110.0", False), ("2.0.0", False)]
)
def test_a_place_belongs_to_releases(version: str, needed: bool):
    assert _place(before=(1, 110)).is_for(version) is needed
    assert _place(since=(1, 110)).is_for(version) is not needed


def test_a_version_that_is_none_has_every_place():
    assert _place(before=(1, 110)).is_for("unknown")


def test_the_installed_litellm_has_every_place(route_table: RouteTable):
    from custom_providers.litellm_patches import changes, seams

    version = releases.installed()
    assert version is not None
    places = [*changes.patches(route_table, ()), *seams.SEAMS]
    places = [item for item in places if item.is_for(version)]

    assert {item.target: place.flaw(item) for item in places} == dict.fromkeys(item.target for item in places)


MISSING = {
    "a module": ("import litellm.moved_in_this_test", "litellm.moved_in_this_test is missing"),
    "a name": (
        "from litellm.constants import MOVED_IN_THIS_TEST",
        "litellm.constants:MOVED_IN_THIS_TEST is missing",
    ),
    "a package's name": ("from litellm import moved_in_this_test", "litellm:moved_in_this_test is missing"),
}


@pytest.mark.parametrize(("statement", "says"), MISSING.values(), ids=MISSING)
def test_an_import_that_litellm_no_longer_has_is_the_same_error(statement: str, says: str):
    with pytest.raises(UnsupportedReleaseError) as raised, place.required_imports():
        exec(statement, {"__name__": "custom_providers.some_room.some_module"})

    assert f"LiteLLM {releases.installed()} does not work with this package: {says}" in str(raised.value)
    assert "without it, custom_providers.some_room.some_module cannot be loaded" in str(raised.value)
    assert f"Releases that work: {', '.join(releases.TESTED)}. To install one: pip install" in str(raised.value)


def test_the_failure_of_another_import_stays_as_it_is():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"), place.required_imports():
        exec("import no_such_package", {})
