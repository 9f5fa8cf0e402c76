"""LiteLLM's response cache is a callback only where one is configured."""

from __future__ import annotations

import litellm
import pytest

from custom_providers.litellm_patches import unused_cache

_LISTS = ("input_callback", "success_callback", "_async_success_callback")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _LISTS:
        monkeypatch.setattr(litellm, name, ["langfuse", "cache"])


def test_without_a_cache_its_callback_goes_and_others_stay(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(litellm, "cache", None)

    unused_cache.remove()

    assert [getattr(litellm, name) for name in _LISTS] == [["langfuse"]] * 3


def test_a_configured_cache_stays(monkeypatch: pytest.MonkeyPatch):
    cache = litellm.Cache()
    monkeypatch.setattr(litellm, "cache", cache)

    unused_cache.remove()

    assert litellm.cache is cache
    assert [getattr(litellm, name) for name in _LISTS] == [["langfuse", "cache"]] * 3
