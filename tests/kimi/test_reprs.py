"""No key appears in a repr, since reprs end up in tracebacks, debug logs and failed assertions."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest

from custom_providers import engine, kimi
from custom_providers.engine.connection.transport import Post
from custom_providers.engine.provider_call import Order
from custom_providers.kimi import deployment
from custom_providers.kimi.errors import meanings
from custom_providers.kimi.errors.judge import KimiJudge
from custom_providers.kimi.handler import WIRES
from custom_providers.kimi.request.upstream_headers import headers

KEY = "sk-kimi-canary0123456789canary"
SECRET_FIELDS = {"key", "headers"}


def _classes() -> list[type]:
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for package in (kimi, engine)
        for found in pkgutil.iter_modules(package.__path__)
    ]
    modules.append(meanings)
    found = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    return sorted(filter(dataclasses.is_dataclass, found), key=lambda one: one.__qualname__)


HOLDERS = [one for one in _classes() if SECRET_FIELDS & {field.name for field in dataclasses.fields(one)}]


def test_the_classes_that_hold_keys_are_found():
    """Otherwise the next test would pass without testing anything."""
    assert {"FailedCall", "KimiDeployment", "Post"} <= {one.__name__ for one in HOLDERS}


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_field_that_holds_a_key_is_not_printed(holder: Any):
    """Holds for every dataclass of the package, including future ones."""
    assert not [one.name for one in dataclasses.fields(holder) if one.name in SECRET_FIELDS and one.repr]


def test_no_object_on_the_way_of_a_call_prints_its_key():
    """Checks the deployment, the call, the request and the order, also with a key in the extra headers."""
    arguments = {"model": "k3", "api_key": KEY, "headers": {"X-Team-Key": KEY}}
    where = deployment.read(arguments, timeout=None, env={})
    call = where.call("k3")
    sent = headers(user_agent="us/1", protocol=where.identity.protocol, key=where.key, extra=where.headers)
    assert KEY in repr(sent)
    post = Post(url=where.url, headers=sent, body=b"{}", timeout=1.0, judge=KimiJudge(call=call))
    for one in (where, call, post, Order(post=post, wire=WIRES["openai"], retries=0)):
        assert KEY not in repr(one)
