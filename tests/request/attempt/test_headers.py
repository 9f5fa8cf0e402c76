"""The client's headers combined with those of the registry, the key and the connection."""

from __future__ import annotations

import pytest

from custom_providers.request.attempt.headers import layered, of_client
from custom_providers.request.attempt.preparation import with_headers


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "content-length", "Transfer-Encoding", "Content-Encoding", "Connection", "Accept-Encoding"),
        *("AUTHORIZATION", "X-Api-Key", "x-goog-api-key", "OpenAI-Organization", "User-Agent"),
    ],
)
def test_what_the_transport_or_the_key_owns_is_dropped_in_any_case(name: str):
    assert of_client({name: "x", "X-A": "b"}) == {"X-A": "b"}


def test_of_one_name_the_last_layer_counts_whatever_its_case():
    assert layered({"x-team": "a", "X-A": "b"}, {"X-Team": "c"}) == {"X-Team": "c", "X-A": "b"}


@pytest.mark.parametrize(
    ("sent", "own", "expected"),
    [
        ({"extra_headers": {"X-A": "b", "x-team": "mine"}}, {"X-Team": "ours"}, {"X-Team": "ours", "X-A": "b"}),
        ({"extra_headers": {"User-Agent": "ours/1"}}, {"User-Agent": "ours/1"}, {"User-Agent": "ours/1"}),
        ({"extra_headers": None}, {"User-Agent": "ours/1"}, {"User-Agent": "ours/1"}),
        ({"extra_headers": {"Host": "evil.example"}}, {}, {}),
    ],
    ids=["merged", "the deployment's, as LiteLLM puts them in", "null", "nothing left"],
)
def test_the_deployments_headers_stay(sent: dict[str, object], own: dict[str, str], expected: dict[str, str]):
    assert with_headers(sent, own) == {"extra_headers": expected}


def test_a_call_without_headers_gets_none():
    assert with_headers({"model": "openai/x"}, {}) == {"model": "openai/x"}
