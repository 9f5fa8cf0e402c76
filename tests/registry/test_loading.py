"""Validation of the registry: golden cases, each an invalid ``.toml`` with the full error text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custom_providers.registry import loading
from custom_providers.registry.model import Registry
from custom_providers.registry.problems import ConfigError
from custom_providers.routing.resolver import ProviderRoute, RouteTable

CASES = Path(__file__).with_name("cases")


@pytest.mark.parametrize("case", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_broken_registry_is_refused_with_all_its_problems(case: Path):
    with pytest.raises(ConfigError) as caught:
        loading.parse(case.read_bytes(), "providers.toml")

    assert str(caught.value) + "\n" == case.with_suffix(".err").read_text()


@pytest.mark.parametrize("name", ["inlined_header", "inlined_key"])
def test_no_message_repeats_an_inlined_key(name: str):
    assert "canary" in (CASES / f"{name}.toml").read_text()
    assert "canary" not in (CASES / f"{name}.err").read_text()


def _parse(text: str) -> Registry:
    return loading.parse(text.encode(), "providers.toml")


SOURCE_FIELDS = """
[[provider]]
name = "ollama"
base_url = "http://localhost:3200"
auth = "none"
default_model = "qwen3.5:latest"

[[provider]]
name = "kimi"
base_url = "https://api.kimi.com/coding/v1/"
auth = "bearer"
auth_env = "KIMI_API_KEY"
auth_fallback_files = ["/etc/source/kimi.env"]
default_model = "kimi-for-coding"
"""


def test_the_hash_is_of_what_the_registry_says():
    """So a comment or another layout does not count as drift of the generated config."""
    plain = _parse(SOURCE_FIELDS).sha256

    assert _parse(f"# A remark.\n{SOURCE_FIELDS.replace(' = ', '  =  ')}\n").sha256 == plain
    assert _parse(SOURCE_FIELDS.replace("source/kimi.env", "source/other.env")).sha256 != plain


def test_a_known_provider_needs_only_the_source_systems_fields():
    kimi = _parse(SOURCE_FIELDS).provider("kimi")

    assert (kimi.wire_family, kimi.base_url) == ("kimi", "https://api.kimi.com/coding/v1")
    assert (kimi.prefixes, kimi.bare) == (("kimi/",), ("kimi-for-coding*",))
    assert (kimi.timeout, kimi.stream_timeout, kimi.retries) == (600, 600, 3)
    assert (kimi.unattended, kimi.max_tokens_floor) == (False, 1500)
    assert kimi.auth_fallback_files == ("/etc/source/kimi.env",)


def test_a_custom_provider_of_a_family_takes_its_behaviour_and_none_of_its_names():
    row = 'name = "work_kimi"\nkind = "kimi"\nbase_url = "auto"\nauth = "bearer"\nauth_env = "K"\ndefault_model = "k3"'

    custom = _parse(f"{SOURCE_FIELDS}\n[[provider]]\n{row}\n").provider("work_kimi")

    assert (custom.timeout, custom.unattended, custom.max_tokens_floor) == (600, False, 1500)
    assert (custom.prefixes, custom.suffixes, custom.bare) == (("work_kimi/",), (), ())


def test_the_default_provider_is_ollama_or_else_the_first_one():
    assert _parse(SOURCE_FIELDS).gateway.default_provider == "ollama"
    assert _parse(SOURCE_FIELDS[SOURCE_FIELDS.rindex("[[provider]]") :]).gateway.default_provider == "kimi"


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    assert loading.parse(b"\xef\xbb\xbf" + SOURCE_FIELDS.replace("\n", "\r\n").encode(), "x").providers


def test_bytes_that_are_not_utf8_are_refused_with_their_line():
    with pytest.raises(ConfigError) as caught:
        loading.parse(b'[[provider]]\nname = "\xff"\n', "providers.toml")

    assert str(caught.value) == "providers.toml:2: is not UTF-8\n    hint: save the file as UTF-8"


def test_a_file_of_ten_megabytes_is_refused_unparsed():
    with pytest.raises(ConfigError, match="is larger than 4 MB"):
        loading.parse(b"#" * 10_000_000, "providers.toml")


def test_deeply_nested_values_are_refused():
    with pytest.raises(ConfigError, match="is not TOML"):
        loading.parse(b"a = " + b"[" * 100_000, "providers.toml")


NAMES = [
    *(f"a{chr(code)}b" for code in range(32, 127)),
    "a/..",
    "../a",
    "a/./b",
    "a..b",
    "a\u00a0b",
    "a\u200bb",
    "模型",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_alias_is_accepted_if_and_only_if_the_proxy_takes_its_name(name: str):
    try:
        accepted = _parse(f"{SOURCE_FIELDS}\n[aliases]\n{json.dumps(name)} = 'ollama/m'\n").aliases
    except ConfigError:
        accepted = {}

    providers = (ProviderRoute(name="ollama", default_model="m"),)
    routes = RouteTable(providers=providers, aliases={}, default_provider="ollama", registered=frozenset({"ollama"}))
    assert bool(accepted) == (routes.resolve(name.replace("*", "x")).status == 200)
