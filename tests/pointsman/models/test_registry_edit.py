"""Edits ``models`` in the text of a registry, in any TOML form."""

from __future__ import annotations

import tomllib

import pytest

from custom_providers.registry.model import Model
from pointsman.models.registry_edit import rewritten

TOLD = Model(id="m", context_window=5)
TOLD_TEXT = 'models = [\n    {id = "m", context_window = 5},\n]\n'
HEAD = '[[provider]]\nname = "a"\ndefault_model = "m"\n'
NEXT = '\n# about b\n[[provider]]\nname = "b"\ndefault_model = "m"\n'


def test_models_that_are_not_there_yet_come_after_the_default_model():
    """They do not come after the comment of the next table."""
    assert rewritten(HEAD + NEXT, "a", [TOLD], ()) == HEAD + TOLD_TEXT + NEXT
    assert rewritten(HEAD + NEXT, "b", [TOLD], ()) == HEAD + NEXT + TOLD_TEXT


def test_a_text_that_ends_without_a_line_end_is_whole_all_the_same():
    assert rewritten(HEAD.rstrip("\n"), "a", [TOLD], ()) == HEAD + TOLD_TEXT


def test_windows_line_ends_stay():
    changed = rewritten((HEAD + NEXT).replace("\n", "\r\n"), "b", [TOLD], ())

    assert changed.startswith((HEAD + NEXT).replace("\n", "\r\n") + "models = [")


def test_nothing_to_say_leaves_the_text_as_it_is():
    text = HEAD + 'models = ["x",   "y"] # as I like it\n' + NEXT

    assert rewritten(text, "a", [], ()) == text


def test_removing_keeps_one_line_one_line():
    assert (
        rewritten(HEAD + 'models = ["x", "y", "z"]  # all\n', "a", [], {"y"}) == HEAD + 'models = ["x", "z"]  # all\n'
    )


@pytest.mark.parametrize(
    "written",
    [
        HEAD + 'models = ["gone", "m"]\n',
        HEAD + '[[provider.models]]\nid = "gone"\n\n[[provider.models]]\nid = "m"\n\n[aliases]\nx = "y"\n',
        'provider = [{ name = "a", default_model = "m", models = ["gone", "m"] }]\n',
        HEAD.replace('"a"', "'a'") + 'models = [{ id = "gone" }, { id = "m" }]\n',
    ],
    ids=["array", "tables", "inline rows", "inline tables"],
)
def test_every_way_to_write_models_is_understood(written: str):
    changed = tomllib.loads(rewritten(written, "a", [TOLD, Model(id="new", vision=True)], {"gone"}))

    expected = [{"id": "m", "context_window": 5}, {"id": "new", "vision": True}]
    assert changed == {**tomllib.loads(written), "provider": [{"name": "a", "default_model": "m", "models": expected}]}


def test_rows_within_one_array_get_models_too():
    changed = rewritten('provider = [{ name = "a", default_model = "m" }]\n', "a", [TOLD], ())

    assert tomllib.loads(changed)["provider"][0]["models"] == [{"id": "m", "context_window": 5}]
