"""``pointsman doctor``: problems of this machine, each with a remedy."""

from __future__ import annotations

import http.server
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pointsman.config.committed import CONFIG
from pointsman.config.render import render
from pointsman.console.refusal import RefusalError
from pointsman.doctor import admin_ui
from pointsman.simulator import Simulator
from pointsman.sources import sources
from tests.conftest import REGISTRY
from tests.pointsman.conftest import Command
from tests.running import BIN, MASTER_KEY, clean_environment, free_port, running

KIMI = "sk-kimi-canary0kimi0canary0kimi0wxyz"
PASSWORD = "canary-password"


@pytest.fixture
def port(folder: Path) -> int:
    """A free port, set in the registry, whose config is rendered."""
    port = free_port()
    _settle(folder, f"[gateway]\nport = {port}\n")
    return port


def _settle(folder: Path, more: str) -> None:
    from custom_providers.registry import loading

    path = folder / "providers.toml"
    path.write_text(f"{REGISTRY.read_text()}\n{more}")
    (folder / "litellm_config.yaml").write_text(render(loading.load(path), path.name))


def examine(pointsman: Command, env: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The findings by name, after checks that apply to all of them."""
    done = pointsman("doctor", "--json", env=env)
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["ok"] else 1)
    assert told["ok"] == all(finding["status"] != "error" for finding in told["findings"])
    assert all(finding["hint"] for finding in told["findings"] if finding["status"] != "ok")
    assert "canary" not in done.stdout + done.stderr
    return {finding["name"]: finding for finding in told["findings"]}


def test_a_machine_on_which_nothing_is_wrong(pointsman: Command, port: int):
    found = examine(pointsman)

    assert {name: finding["status"] for name, finding in found.items()} == dict.fromkeys(
        ("python", "litellm", "providers.toml", "port"), "ok"
    )
    assert found["port"]["detail"] == f"127.0.0.1:{port} is free; no proxy runs"


def test_for_people_each_finding_is_a_line_with_its_remedy_below(pointsman: Command, folder: Path, port: int):
    (folder / ".env").write_text(f"KIMI_API_KEY={KIMI}\n")
    (folder / ".env").chmod(0o644)

    done = pointsman("doctor")

    assert done.returncode == 1
    assert "error    .env: everybody can read or change it (mode 0644)\n    hint: chmod 600 .env" in done.stdout
    assert re.search(r"^\d+ ok, 0 warnings, 1 error$", done.stderr, re.MULTILINE)


def test_without_a_registry_the_machine_is_looked_at_all_the_same(pointsman: Command, folder: Path):
    (folder / "providers.toml").unlink()

    found = examine(pointsman)

    assert found["litellm"]["status"] == "ok"
    assert found["providers.toml"] == {
        "name": "providers.toml",
        "status": "error",
        "detail": "no such file or directory",
        "hint": "run `pointsman init`, or name one with --registry",
    }


def _folder(path: Path) -> None:
    path.mkdir()


def _broken_link(path: Path) -> None:
    path.symlink_to("gone")


@pytest.mark.parametrize(
    ("make", "detail"), [(_folder, "is a directory"), (_broken_link, "is a link to gone, which does not exist")]
)
def test_a_registry_that_cannot_be_read_is_not_to_be_made_anew(
    pointsman: Command, folder: Path, make: Callable[[Path], None], detail: str
):
    (folder / "providers.toml").unlink()
    make(folder / "providers.toml")

    found = examine(pointsman)["providers.toml"]

    assert (found["status"], found["detail"]) == ("error", detail)
    assert "init" not in found["hint"]
    assert detail in pointsman("check").stderr
    assert "init" not in pointsman("check").stderr


def test_a_broken_registry_is_a_finding(pointsman: Command, folder: Path):
    (folder / "providers.toml").write_text("[[provider]]\nname = 7\n")

    assert any(finding["status"] == "error" for name, finding in examine(pointsman).items() if "providers" in name)


def test_an_env_file_that_cannot_be_read_is_a_finding(pointsman: Command, folder: Path, port: int):
    (folder / ".env").mkdir()

    assert examine(pointsman)[".env"]["detail"] == "is not a regular file"


def test_a_config_that_is_out_of_date_is_a_finding(pointsman: Command, folder: Path, port: int):
    (folder / "litellm_config.yaml").write_text(f"# {CONFIG.mark}\nmodel_list: []\n")

    assert examine(pointsman)["litellm_config.yaml"]["detail"] == "is out of date with providers.toml"


class _Stranger(http.server.BaseHTTPRequestHandler):
    """A server that is not LiteLLM, and records the received headers."""

    seen: tuple[str, ...] = ()

    def do_GET(self) -> None:
        type(self).seen += (str(self.headers),)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


def test_a_stranger_on_the_port_is_told_and_never_sent_the_master_key(pointsman: Command, port: int):
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), _Stranger) as server:
        threading.Thread(target=server.serve_forever).start()
        found = examine(pointsman, {"LITELLM_MASTER_KEY": MASTER_KEY})
        server.shutdown()

    assert found["port"]["status"] == "error"
    assert "is used by something other than LiteLLM (answers 200)" in found["port"]["detail"]
    assert _Stranger.seen
    assert MASTER_KEY not in "".join(_Stranger.seen)


def test_an_address_of_another_machine_is_a_finding(pointsman: Command, folder: Path):
    _settle(folder, '[gateway]\nhost = "192.0.2.1"\n')

    assert "cannot assign requested address" in examine(pointsman)["port"]["detail"]


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_postgres_and_redis_are_tried_where_the_registry_names_them(pointsman: Command, folder: Path, listening: int):
    more = 'database_url_env = "DATABASE_URL"\nredis_url_env = "REDIS_URL"\n[audit]\nurl_env = "AUDIT_URL"\n'
    _settle(folder, f"[gateway]\nport = {free_port()}\n{more}")
    closed = free_port()
    env = {
        "DATABASE_URL": f"postgresql://me:{PASSWORD}@127.0.0.1:{listening}/db",
        "REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1:{closed}/0",
    }

    found = examine(pointsman, env)

    silent = f"127.0.0.1:{listening}: connection timeout expired"
    assert (found["Postgres"]["status"], found["Postgres"]["detail"]) == ("error", silent)
    assert (found["Redis"]["status"], found["Redis"]["detail"]) == ("error", f"127.0.0.1:{closed}: connection refused")
    assert found["Postgres of the audit"]["detail"] == "AUDIT_URL is not set"


def test_what_the_admin_ui_needs_is_looked_for_where_there_is_a_database(pointsman: Command, folder: Path):
    _settle(folder, f"[gateway]\nport = {free_port()}\n")
    assert not {"Prisma", "admin UI"} & examine(pointsman).keys()

    _settle(folder, f'[gateway]\nport = {free_port()}\ndatabase_url_env = "DATABASE_URL"\n')
    found = examine(pointsman)

    # This environment has no generated client, because every start of LiteLLM would take four times as long.
    assert found["Prisma"]["status"] == "warning"
    assert "prisma generate --schema /" in found["Prisma"]["hint"]
    assert "LITELLM_SALT_KEY is not set" in found["admin UI"]["detail"]
    assert "admin UI" not in examine(pointsman, {"LITELLM_SALT_KEY": "sk-canary-salt"})


def test_a_start_with_a_database_is_refused_without_a_client(folder: Path):
    _settle(folder, '[gateway]\ndatabase_url_env = "DATABASE_URL"\n')

    with pytest.raises(RefusalError) as refused:
        admin_ui.require_client(sources.load(folder / "providers.toml", {}))

    assert "Prisma's client is not generated" in str(refused.value)
    assert "prisma generate" in refused.value.hint


def test_a_url_without_host_and_port_is_not_guessed_at(pointsman: Command, folder: Path):
    _settle(folder, f'[gateway]\nport = {free_port()}\ndatabase_url_env = "DATABASE_URL"\n')

    for url in ("postgresql:///db?host=/run/postgresql", f"postgresql://me:{PASSWORD}@a:x/db"):
        assert examine(pointsman, {"DATABASE_URL": url})["Postgres"]["status"] == "warning"


@pytest.mark.parametrize(
    ("said", "state", "detail"),
    [
        ("ActiveState=active\nSubState=running\nNRestarts=0", "ok", "active (running), enabled"),
        ("ActiveState=failed\nSubState=failed\nNRestarts=5", "error", "failed (failed), enabled, restarted 5 times"),
        ("ActiveState=inactive\nSubState=dead\nNRestarts=0", "warning", "inactive (dead), enabled"),
        (
            "ActiveState=active\nSubState=running\nNRestarts=2",
            "warning",
            "active (running), enabled, restarted 2 times",
        ),
        (
            "ActiveState=active\nSubState=running\nNRestarts=0\nNeedDaemonReload=yes",
            "warning",
            "active (running), enabled; its file has changed since",
        ),
    ],
)
def test_the_systemd_unit_is_looked_at(
    pointsman: Command, tmp_path: Path, port: int, said: str, state: str, detail: str
):
    env = _systemctl(tmp_path, f"printf 'LoadState=loaded\\nUnitFileState=enabled\\n{said}\\n'")

    found = examine(pointsman, env)["systemd"]

    assert (found["status"], found["detail"]) == (state, f"pointsman.service: {detail}")


@pytest.mark.parametrize(
    "script",
    ["printf 'LoadState=not-found\\nActiveState=inactive\\n'", "echo 'not been booted with systemd' >&2; exit 1"],
)
def test_without_systemd_or_the_unit_nothing_is_said(pointsman: Command, tmp_path: Path, port: int, script: str):
    assert "systemd" not in examine(pointsman, _systemctl(tmp_path, script))


def _systemctl(folder: Path, script: str) -> dict[str, str]:
    (folder / "bin").mkdir()
    (folder / "bin" / "systemctl").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "systemctl").chmod(0o755)
    return {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}


@pytest.mark.proxy
def test_the_running_proxy_is_compared_with_the_registry(
    pointsman: Command, folder: Path, port: int, simulator: Simulator, tmp_path: Path
):
    """One proxy, checked with a matching setup, another registry, other keys, and another master key."""
    path, config, url = folder / "providers.toml", folder / "litellm_config.yaml", f"http://127.0.0.1:{port}"
    env = {**simulator.environ(), "LITELLM_MASTER_KEY": MASTER_KEY, "POINTSMAN_STATE_DIR": str(tmp_path / "state")}
    command = [str(BIN / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    with running(command, {**clean_environment(), **env}, url, tmp_path / "proxy.log", cwd=folder):
        same = examine(pointsman, env)
        more = examine(pointsman, {**env, "KEYLESS_API_KEY": KIMI})
        fewer = examine(pointsman, {**env, "KIMI_API_KEY": ""})
        stranger = examine(pointsman, {**env, "LITELLM_MASTER_KEY": "sk-another-master-key-0123456789"})
        unknown = examine(pointsman, {**env, "LITELLM_MASTER_KEY": ""})
        path.write_text(f"# A remark.\n{path.read_text()}")
        remarked = examine(pointsman, env)
        path.write_text(path.read_text().replace("keys/openrouter.env", "keys/another.env"))
        reset = examine(pointsman, env)
        path.write_text(path.read_text().replace('fast = "openai/gpt-4o-mini"', 'fast = "kimi/k3"'))
        rerouted = examine(pointsman, env)

    assert same["port"]["detail"] == f"{url}: LiteLLM listens"
    assert [same[name]["status"] for name in ("proxy", "providers", "config")] == ["ok", "ok", "ok"]
    assert "kimi" in same["providers"]["detail"]
    assert more["providers"]["status"] == "error"
    assert more["providers"]["detail"] == "the proxy runs without keyless, whose key is there now"
    assert fewer["providers"]["status"] == "warning"
    assert fewer["providers"]["detail"] == "the proxy also serves kimi, whose key is not found from here"
    assert "refuses the master key" in stranger["providers"]["detail"]
    assert "config" not in stranger, "it was not told"
    assert unknown["proxy"]["detail"] == "not asked what it serves: LITELLM_MASTER_KEY is not set here"
    assert remarked["config"]["status"] == "ok", "a comment changes nothing"
    assert (reset["config"]["status"], reset["config"]["detail"]) == (
        "warning",
        "the proxy runs these routes, but other settings of the registry have changed since",
    )
    assert (rerouted["config"]["status"], rerouted["config"]["detail"]) == (
        "error",
        "the proxy runs other routes or models than the registry says now",
    )
