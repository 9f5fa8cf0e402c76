"""Settings in clients' files are set and removed, and everything else is unchanged."""

from __future__ import annotations

import json
import tomllib

import pytest

from pointsman.connect.settings import Form, Setting, changed, restored
from pointsman.console.refusal import RefusalError

SETTINGS = (Setting(path=("model",), value="kimi/k3"), Setting(path=("servers", "pointsman", "url"), value="http://h"))

JSON = '{"theme": "dark", "model": "old", "servers": {"mine": {"url": "http://mine"}}}'
TOML = """\
# my settings
model = "old"   # the good one
theme = "dark"

[servers.mine]
url = "http://mine"
"""


def test_json_keeps_all_else():
    after = json.loads(changed(JSON, Form.JSON, SETTINGS))

    assert after == {
        "theme": "dark",
        "model": "kimi/k3",
        "servers": {"mine": {"url": "http://mine"}, "pointsman": {"url": "http://h"}},
    }


def test_toml_keeps_comments_and_order():
    after = changed(TOML, Form.TOML, SETTINGS)

    assert after.startswith('# my settings\nmodel = "kimi/k3"   # the good one\ntheme = "dark"\n')
    assert tomllib.loads(after) == {
        "model": "kimi/k3",
        "theme": "dark",
        "servers": {"mine": {"url": "http://mine"}, "pointsman": {"url": "http://h"}},
    }


def test_a_new_key_at_the_top_of_a_toml_file_with_tables_stays_at_the_top():
    after = changed('[servers.mine]\nurl = "http://mine"\n', Form.TOML, SETTINGS)

    assert tomllib.loads(after)["model"] == "kimi/k3"


def test_flat_yaml_changes_its_own_lines_only():
    text = "# mine\nmodel: old\ndark-mode: true\n"

    after = changed(text, Form.FLAT_YAML, [Setting(path=("model",), value="a"), Setting(path=("api-base",), value="b")])

    assert after == "# mine\nmodel: a\ndark-mode: true\napi-base: b\n"


@pytest.mark.parametrize(("form", "before"), [(Form.JSON, JSON), (Form.TOML, TOML), (Form.JSON, ""), (Form.TOML, "")])
def test_undone_the_values_are_what_they_were(form: Form, before: str):
    def values(text: str) -> object:
        return tomllib.loads(text) if form is Form.TOML else json.loads(text or "{}")

    after = restored(changed(before, form, SETTINGS), before, form, SETTINGS)

    assert values(after) == values(before)


def test_undone_what_was_changed_since_stays():
    since = json.loads(changed(JSON, Form.JSON, SETTINGS)) | {"theme": "light"}

    after = json.loads(restored(json.dumps(since), JSON, Form.JSON, SETTINGS))

    assert after == json.loads(JSON) | {"theme": "light"}


def test_flat_yaml_undone_is_what_it_was():
    before = "# mine\nmodel: old\n\ndark-mode: true\n"
    settings = [Setting(path=("model",), value="a"), Setting(path=("api-base",), value="b")]

    assert restored(changed(before, Form.FLAT_YAML, settings), before, Form.FLAT_YAML, settings) == before


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        (Form.JSON, '{"a": 1, // a comment\n}', "cannot be changed safely: line 1 is not plain JSON"),
        (Form.JSON, "[1, 2]", "is not a JSON object"),
        (Form.TOML, "model = ", "cannot be changed safely"),
        (Form.JSON, '{"servers": 3}', '"servers" is not a table'),
    ],
)
def test_what_cannot_be_changed_without_loss_is_refused(form: Form, text: str, said: str):
    with pytest.raises(RefusalError, match=said):
        changed(text, form, SETTINGS)
