"""``pointsman doctor`` with a real Redis and a real Postgres."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cluster.redis_server import PASSWORD, RedisServer
from tests.conftest import REGISTRY
from tests.observability.audit.cluster import Cluster
from tests.pointsman.conftest import Command
from tests.pointsman.conftest import folder as folder  # noqa: PLC0414 -- a fixture
from tests.pointsman.conftest import pointsman as pointsman  # noqa: PLC0414 -- as above
from tests.running import free_port

WRONG = "canary-wrong-Jd7Rk2Wm"


@pytest.fixture(autouse=True)
def _names_both(folder: Path) -> None:
    gateway = f'[gateway]\nport = {free_port()}\ndatabase_url_env = "DATABASE_URL"\nredis_url_env = "REDIS_URL"\n'
    (folder / "providers.toml").write_text(f"{REGISTRY.read_text()}\n{gateway}")


def _found(pointsman: Command, env: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    done = pointsman("doctor", "--json", env=env)
    assert PASSWORD not in done.stdout + done.stderr
    assert WRONG not in done.stdout + done.stderr
    return {item["name"]: (item["status"], item["detail"]) for item in json.loads(done.stdout)["findings"]}


def test_databases_that_let_the_proxy_in_are_ok(pointsman: Command, postgres: Cluster, redis_server: RedisServer):
    found = _found(pointsman, {"DATABASE_URL": postgres.url, "REDIS_URL": redis_server.url})

    assert found["Postgres"][0] == found["Redis"][0] == "ok"


def test_a_wrong_password_or_user_is_told_in_the_databases_words(
    pointsman: Command, postgres: Cluster, redis_server: RedisServer
):
    stranger = postgres.url.replace("postgres@", f"nobody:{WRONG}@")

    found = _found(pointsman, {"DATABASE_URL": stranger, "REDIS_URL": redis_server.url.replace(PASSWORD, WRONG)})

    assert found["Postgres"][0] == found["Redis"][0] == "error"
    assert 'role "nobody" does not exist' in found["Postgres"][1]
    assert "invalid username-password pair" in found["Redis"][1]


def test_a_missing_password_is_told(pointsman: Command, redis_server: RedisServer):
    found = _found(pointsman, {"REDIS_URL": redis_server.url.replace(f":{PASSWORD}@", "")})

    assert found["Redis"][0] == "error"
    assert "Authentication required" in found["Redis"][1]
