"""Settings in clients' files are set and removed, and everything else is unchanged."""

from __future__ import annotations

import json
import tomllib

import pytest
import yaml

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
        (Form.TOML, 'servers.mine.url = "http://mine"', "written in an unusual form"),
        (Form.FLAT_YAML, "{model: old}", "written in an unusual form"),
        (Form.FLAT_YAML, "model: >-\n  old\n", "written in an unusual form"),
        (Form.FLAT_YAML, "dark-mode: true\n...\n", "written in an unusual form"),
    ],
)
def test_what_cannot_be_changed_without_loss_is_refused(form: Form, text: str, said: str):
    settings = SETTINGS[:1] if form is Form.FLAT_YAML else SETTINGS
    with pytest.raises(RefusalError, match=said):
        changed(text, form, settings)


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_json_keeps_its_indentation_and_its_end(indent: str, end: str):
    text = json.dumps(json.loads(JSON), indent=indent) + end

    after = changed(text, Form.JSON, SETTINGS[:1])

    assert after == text.replace('"old"', '"kimi/k3"')


@pytest.mark.parametrize("value", ["openai/qwen3.5:latest", "*key", "a: b", "a #b", "123", "yes", "'quoted\"", "é"])
def test_yaml_reads_each_value_as_it_was_meant(value: str):
    after = changed("dark-mode: true\n", Form.FLAT_YAML, [Setting(path=("key",), value=value)])

    assert yaml.safe_load(after) == {"dark-mode": True, "key": value}


@pytest.mark.parametrize(
    "text",
    [
        'servers = { mine = { url = "http://mine" } }\n',
        'theme = "dark"\n[servers]\n[servers.mine]\nurl = "http://mine"\n[other]\nx = 1',
        '[servers.mine]\nurl = "http://mine"\n\n[[other]]\nx = 1\n\n[servers.last]\nurl = "http://last"\n',
    ],
)
def test_each_way_to_write_a_table_in_toml_keeps_its_values(text: str):
    before = tomllib.loads(text)

    after = tomllib.loads(changed(text, Form.TOML, SETTINGS))

    assert after == {
        **before,
        "model": "kimi/k3",
        "servers": {**before["servers"], "pointsman": {"url": "http://h"}},
    }
