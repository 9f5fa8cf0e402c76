"""The line under a call in ``pointsman audit``: the cause, without the names of Python classes."""

from __future__ import annotations

from typing import Any

import pytest

from pointsman.audit.call_tables import explanation
from tests.observability.audit.rows import row

FAILED: dict[str, Any] = {"outcome": "failure", "status": 401, "error_class": "ProxyException", "first_attempts": None}


@pytest.mark.parametrize(
    ("different", "text"),
    [
        ({"error_message": "this key is not the master key"}, "1 retry: this key is not the master key"),
        ({"error_kind": "quota", "error_message": "the balance is used up"}, "quota: 1 retry: the balance is used up"),
        ({"retries": 0}, "ProxyException"),
        ({"retries": 0, "error_class": None}, "failed"),
        ({"retries": 0, "outcome": "success"}, ""),
    ],
)
def test_a_class_is_named_only_if_nothing_else_is_known(different: dict[str, Any], text: str):
    assert explanation(row("1", **{**FAILED, **different})) == text
