"""``--json``, as ``docs/json.md`` describes it."""

from __future__ import annotations

import json
import re

import pytest

from tests.pointsman.conftest import Command
from tests.running import REPOSITORY

_ROWS = dict(re.findall(r"^\| (`.*?) \| (`.*) \|$", (REPOSITORY / "docs" / "json.md").read_text(), re.MULTILINE))


def _documented(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", _ROWS[row]))


@pytest.mark.parametrize(
    ("arguments", "lists"),
    [
        (("check",), {"problems": "`problems`"}),
        (("check", "openai"), {"problems": "`problems`", "keys": "`keys` of `check`"}),
        (("keys",), {"keys": "`keys` of `keys`"}),
        (("providers",), {"providers": "`providers` of `providers`"}),
        (("models",), {"providers": "`providers` of `models`"}),
        (("route", "kimi/k3"), {}),
        (("doctor",), {"findings": "`findings`"}),
    ],
)
def test_each_object_has_the_documented_fields_and_ok_is_the_exit_code(
    pointsman: Command, arguments: tuple[str, ...], lists: dict[str, str]
):
    done = pointsman(*arguments, "--json")
    told = json.loads(done.stdout)

    assert list(told) == _documented(f"`{arguments[0]}`")
    assert told["ok"] is (done.returncode == 0)
    for name, row in lists.items():
        for item in told[name]:
            assert sorted(item) == sorted(_documented(row))
