"""The sources of a key, their order, and how a key is cleaned; reads no file."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from custom_providers.environment.text import cleaned, key_flaws
from custom_providers.keys.lookup import Key, Search, find_key
from custom_providers.keys.unreadable_key import UnreadableKeyError
from custom_providers.registry.loading import parse
from custom_providers.registry.model import Provider

KEY = "sk-or-v1-canary0canary0canary0wxyz"
ROW = """
[[provider]]
name = "openrouter"
base_url = "https://openrouter.ai/api/v1"
auth = "bearer"
auth_env = "OPENROUTER_API_KEY"
default_model = "m"
"""


def provider(more: str = "") -> Provider:
    return parse(f"{ROW}{more}".encode(), "providers.toml").providers[0]


def find(
    row: Provider,
    *,
    env: Mapping[str, str] | None = None,
    files: Mapping[str, str | UnreadableKeyError] | None = None,
    refs: Mapping[str, str] | None = None,
) -> Search:
    def read_file(file: str) -> str | None:
        text = (files or {}).get(file)
        if isinstance(text, UnreadableKeyError):
            raise text
        return text

    return find_key(row, env or {}, read_file, (refs or {}).get)


EVERYWHERE = provider(
    'auth_fallback_files = ["a.env", "b.json", "c.toml"]\nauth_ref = "op://Private/OpenRouter/credential"'
)
LAYERS = [
    ("$OPENROUTER_API_KEY", {"env": {"OPENROUTER_API_KEY": KEY}}),
    ("a.env", {"files": {"a.env": f"OPENROUTER_API_KEY={KEY}"}}),
    ("b.json", {"files": {"b.json": f'{{"OPENROUTER_API_KEY": "{KEY}"}}'}}),
    ("c.toml", {"files": {"c.toml": f'OPENROUTER_API_KEY = "{KEY}"'}}),
    ("op://Private/OpenRouter/credential", {"refs": {"op://Private/OpenRouter/credential": KEY}}),
]


@pytest.mark.parametrize("first", range(len(LAYERS)))
def test_the_first_place_that_has_a_key_wins(first: int):
    merged: dict[str, dict[str, str]] = {"env": {}, "files": {}, "refs": {}}
    for _, layer in LAYERS[first:]:
        for kind, values in layer.items():
            merged[kind].update(values)

    found = find(EVERYWHERE, env=merged["env"], files=merged["files"], refs=merged["refs"])

    assert found.key == Key(value=KEY, source=LAYERS[first][0])


@pytest.mark.parametrize("blank", ["", " ", "\t\n", '""', "' '", "\r\n"])
def test_a_blank_variable_is_not_set_and_the_next_place_is_asked(blank: str):
    found = find(EVERYWHERE, env={"OPENROUTER_API_KEY": blank}, files={"a.env": f"OPENROUTER_API_KEY={KEY}"})

    assert found.key == Key(value=KEY, source="a.env")


def test_what_was_looked_for_where_is_told_when_nothing_is_found():
    assert find(EVERYWHERE).looked == (
        "$OPENROUTER_API_KEY (not set)",
        "a.env (no OPENROUTER_API_KEY, or no file)",
        "b.json (no OPENROUTER_API_KEY or openrouter.api_key, or no file)",
        "c.toml (no OPENROUTER_API_KEY or openrouter.api_key, or no file)",
        "op://Private/OpenRouter/credential (empty)",
    )


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", "  {}  ", '"{}"', "'{}'", '"{}"\n', "\t{}"])
def test_what_copying_leaves_around_a_key_is_trimmed(around: str):
    assert cleaned(around.format(KEY)) == KEY


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.env", f"export OPENROUTER_API_KEY='{KEY}' # mine\n"),
        ("a.env", f'OTHER=1\r\nOPENROUTER_API_KEY="{KEY}"\r\n'),
        ("b.json", f'{{"openrouter": {{"api_key": "{KEY}"}}}}'),
        ("c.toml", f'[openrouter]\napi_key = "{KEY}"'),
    ],
)
def test_a_key_is_found_in_every_format_of_file(file: str, text: str):
    assert find(EVERYWHERE, files={file: text}).key == Key(value=KEY, source=file)


def test_the_member_named_as_the_variable_comes_before_the_providers_table():
    text = f'{{"OPENROUTER_API_KEY": "{KEY}", "openrouter": {{"api_key": "other"}}}}'

    assert find(EVERYWHERE, files={"b.json": text}).key == Key(value=KEY, source="b.json")


@pytest.mark.parametrize("text", ["[]", "7", '{"OPENROUTER_API_KEY": 7}', '{"openrouter": "x"}', "null"])
def test_json_of_another_shape_has_no_key(text: str):
    found = find(EVERYWHERE, files={"b.json": text})

    assert (found.key, found.problems) == (None, ())


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("b.json", f'{{"OPENROUTER_API_KEY": "{KEY}"', "b.json: is not JSON"),
        ("b.json", "[" * 100_000, "b.json: is not JSON"),
        ("c.toml", f"OPENROUTER_API_KEY = {KEY}", "c.toml: is not TOML"),
    ],
)
def test_a_broken_file_is_a_problem_that_does_not_repeat_it(file: str, text: str, problem: str):
    found = find(EVERYWHERE, files={file: text})

    assert (found.key, found.problems) == (None, (problem,))
    assert f"{file} (unreadable)" in found.looked


def test_a_place_that_cannot_be_read_is_told_and_the_next_is_asked():
    files: dict[str, str | UnreadableKeyError] = {
        "a.env": UnreadableKeyError("permission denied"),
        "b.json": f'{{"OPENROUTER_API_KEY": "{KEY}"}}',
    }

    found = find(EVERYWHERE, files=files)

    assert found.key == Key(value=KEY, source="b.json")
    assert found.problems == ("a.env: permission denied",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (KEY, ()),
        ("sk-or-v1-canary 0canary", ("contains white space",)),
        ("sk-or-v1\nsk-or-v2", ("contains white space",)),
        ("sk-or-v1-\u0441anary0canary", ("contains a non-ASCII character, such as a typographic dash or quote",)),
        ("sk-or-v1-canary\x1b[31m", ("has a control character",)),
        (
            "sk-or\u00a0v1",
            ("contains white space", "contains a non-ASCII character, such as a typographic dash or quote"),
        ),
    ],
)
def test_what_cannot_be_a_key_is_found_and_its_flaws_told(value: str, expected: tuple[str, ...]):
    assert key_flaws(value) == expected
    assert find(provider(), env={"OPENROUTER_API_KEY": value}).flaws == expected


def test_a_provider_without_auth_is_looked_for_nowhere():
    row = ROW.replace('"bearer"', '"none"').replace('auth_env = "OPENROUTER_API_KEY"\n', "")

    assert find(parse(row.encode(), "providers.toml").providers[0]).looked == ()


def test_a_key_does_not_show_itself():
    search = find(provider(), env={"OPENROUTER_API_KEY": KEY})

    assert search.key is not None
    assert search.key.last4 == "wxyz"
    assert KEY not in f"{search!r} {search.key} {search.key!r}"
    assert Key(value="short", source="x").last4 == ""
    assert Key(value="canary-canary-\x1b[\udc80z", source="x").last4 == "?[?z"
