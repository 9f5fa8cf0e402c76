"""Cleaning of values: what is removed and what is kept."""

from __future__ import annotations

import pytest

from custom_providers.environment.text import cleaned, key_flaws

KEY = "sk-or-v1-canary0canary0canary0wxyz="


@pytest.mark.parametrize(
    "around",
    [
        *("{}", "{}\n", "{}\r\n", " {}\t", "\ufeff{}", "\u200b{}\u200b", "\xa0{}", "{}\x00", "\u2028{}"),
        *('"{}"', "'{}'", '"{}"\r\n', "\u201c{}\u201d", "`{}`", "' {} '"),
        *("NAME={}", "export NAME={}", 'NAME="{}"', "NAME = {}", "export  NAME='{}'\r\n"),
        *("Bearer {}", "bearer  {}", "Authorization: Bearer {}", 'NAME="Bearer {}"', "bearer\t{}", "Bearer Bearer {}"),
        *("x-api-key: {}", "X-Goog-Api-Key:{}", '-H "Authorization: Bearer {}"', "authorization: {}"),
        *("{} # prod", "{}\t#prod", '"{}" # prod', "NAME='{}' # prod\n", "{}\n# prod", "{}\\n", "{}\\r\\n"),
        *("- NAME={}", "ENV NAME={}", 'declare -x NAME="{}"', "setx NAME {}", "set -x NAME {}", 'NAME="{}";'),
        *("Environment=NAME={}", 'Environment="NAME={}"', '"NAME": "{}",', 'api_key="{}",', "\u201e{}\u201c"),
        *("NAME: {}", '"NAME": "{}"', "$env:NAME = '{}'", "set NAME={}", "NAME=NAME={}"),
    ],
)
def test_what_copying_and_mounting_leave_around_a_value_goes(around: str):
    assert cleaned(around.format(KEY), "NAME") == KEY
    assert key_flaws(cleaned(around.format(KEY), "NAME")) == ()


@pytest.mark.parametrize(
    "value", ["OTHER=x", "a=b", "a#b", "#", "# x", "x,", "NAMEx", "NAMES=x", "x NAME=y", "bearerless", "Bearer"]
)
def test_what_only_looks_like_it_stays(value: str):
    assert cleaned(value, "NAME") == value


@pytest.mark.parametrize(
    "value",
    [
        "$KEY",
        "${KEY}",
        "{{ vault.key }}",
        "%KEY%",
        "os.environ/KEY",
        "op://vault/item/key",
        "$(cat key)",
        "{env:KEY}",
        "file:/run/secrets/key",
        "/run/secrets/key",
        "${KEY:-}",
    ],
)
def test_a_reference_that_nothing_has_replaced_is_no_key(value: str):
    assert "is a reference, such as ${NAME}, that was not replaced with the key" in key_flaws(value)


@pytest.mark.parametrize(
    "value",
    [
        "<API_KEY>",
        "sk-...",
        "your-api-key",
        "YOUR_OPENAI_API_KEY",
        "your-key-here",
        "your_token",
        "sk-ant-your-key",
        "xxx",
        "sk-xxxxxxxx",
        "sk-proj-xxx",
        "****",
        "null",
        "undefined",
    ],
)
def test_a_placeholder_is_no_key(value: str):
    assert key_flaws(value) == ("is a placeholder such as your-api-key, not a key",)


def test_a_url_is_no_key():
    assert key_flaws("https://api.openai.com/v1") == ("is a URL, not a key",)


@pytest.mark.parametrize("value", ["none", "EMPTY", "my-key", "changeme", "token-abc123", "yourkey1", "your-key-a1b2"])
def test_a_key_that_somebody_chose_is_one(value: str):
    assert key_flaws(value) == ()


@pytest.mark.parametrize("blank", ["", " ", "\r\n", '""', "''", '" "', "\ufeff", "NAME=", "export NAME=''"])
def test_a_blank_value_is_none(blank: str):
    assert cleaned(blank, "NAME") == ""


def test_cleaning_twice_changes_nothing_more():
    assert cleaned(cleaned("export NAME='Bearer \ufeffx'\n", "NAME"), "NAME") == "x"
