"""The account system of a key or a URL, and its endpoints."""

from __future__ import annotations

import pytest

from custom_providers.kimi.account.systems import (
    KIMI_CODE,
    PLATFORM,
    System,
    balance_url,
    base_url_for_key,
    chat_url,
    messages_url,
    mismatch,
    models_url,
    system_for_key,
    system_for_url,
    usages_url,
)

CODE_KEY, PLATFORM_KEY = "sk-kimi-abc", "sk-abc"


@pytest.mark.parametrize(
    ("key", "system"), [(CODE_KEY, KIMI_CODE), (PLATFORM_KEY, PLATFORM), ("abc", None), ("", None)]
)
def test_a_keys_shape_tells_its_system(key: str, system: System | None):
    """`sk-kimi-` is Kimi Code's, any other `sk-` the platform's."""
    assert system_for_key(key) is system
    assert base_url_for_key(key) == (system.base_url if system else None)


@pytest.mark.parametrize(
    ("url", "system"),
    [
        ("https://api.kimi.com/coding/v1", KIMI_CODE),
        ("https://api.kimi.ai/coding/v1", KIMI_CODE),
        ("https://api.moonshot.ai/v1", PLATFORM),
        ("https://api.moonshot.cn/anthropic", PLATFORM),
        ("http://127.0.0.1:4100/kimi/coding/v1", KIMI_CODE),
        ("http://127.0.0.1:4100/moonshot/v1", PLATFORM),
        ("https://proxy.example/v1", None),
    ],
)
def test_a_urls_system_is_told_by_host_or_path(url: str, system: System | None):
    """The four hosts are known; at another host the path decides."""
    assert system_for_url(url) is system


@pytest.mark.parametrize(
    "base_url",
    ["https://api.kimi.com/coding", "https://api.kimi.com/coding/", "https://api.kimi.com/coding/v1", "https://api.kimi.com/coding/v1/"],
)  # fmt: skip
def test_the_coding_base_of_either_protocol_leads_to_both_endpoints(base_url: str):
    """Kimi's documentation has both `/coding` and `/coding/v1`."""
    assert chat_url(base_url) == "https://api.kimi.com/coding/v1/chat/completions"
    assert messages_url(base_url) == "https://api.kimi.com/coding/v1/messages"
    assert models_url(base_url) == "https://api.kimi.com/coding/v1/models"
    assert usages_url(base_url) == "https://api.kimi.com/coding/v1/usages"


@pytest.mark.parametrize(
    "base_url",
    ["https://api.moonshot.ai", "https://api.moonshot.ai/v1", "https://api.moonshot.ai/anthropic", "https://api.moonshot.ai/anthropic/v1/"],
)  # fmt: skip
def test_the_platform_keeps_its_anthropic_protocol_beside(base_url: str):
    """Either base URL leads to `/anthropic/v1/messages`."""
    assert chat_url(base_url) == "https://api.moonshot.ai/v1/chat/completions"
    assert messages_url(base_url) == "https://api.moonshot.ai/anthropic/v1/messages"
    assert balance_url(base_url) == "https://api.moonshot.ai/v1/users/me/balance"


def test_a_prefix_before_the_base_is_kept():
    """A simulator or a forward proxy may serve each system below a prefix."""
    assert messages_url("http://127.0.0.1:1/moonshot/v1") == "http://127.0.0.1:1/moonshot/anthropic/v1/messages"
    assert messages_url("http://127.0.0.1:1/kimi/coding/v1") == "http://127.0.0.1:1/kimi/coding/v1/messages"


@pytest.mark.parametrize(
    ("key", "url", "names"),
    [
        (PLATFORM_KEY, "https://api.kimi.com/coding/v1", ("a key of the Moonshot platform", "belongs to Kimi Code")),
        (CODE_KEY, "https://api.moonshot.ai/v1", ("a key of Kimi Code", "belongs to the Moonshot platform")),
    ],
)
def test_a_key_at_the_other_systems_url_is_told_in_one_sentence(key: str, url: str, names: tuple[str, str]):
    """The sentence names both systems, but not the key."""
    said = mismatch(key, url)
    assert said is not None
    assert all(name in said for name in names)
    assert key not in said.replace("sk-kimi-…", "").replace("sk-…", "")


@pytest.mark.parametrize(
    ("key", "url"),
    [(CODE_KEY, "https://api.kimi.ai/coding/v1"), (PLATFORM_KEY, "https://api.moonshot.cn/v1"),
     ("odd", "https://api.kimi.com/coding/v1"), (CODE_KEY, "https://proxy.example/v1")],
)  # fmt: skip
def test_what_may_fit_is_not_called_a_mismatch(key: str, url: str):
    """.ai and .cn share a key shape, and an unknown host may serve any system."""
    assert mismatch(key, url) is None
