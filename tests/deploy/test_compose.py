"""Compose: exposed ports, pinned images, and the sources of secrets."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pointsman.serve.supervisor import DRAIN_SECONDS, START_SECONDS
from tests.deploy.conftest import DEPLOY, UNPINNED
from tests.patience import SECONDS
from tests.running import REPOSITORY

FOLDER = DEPLOY / "compose"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def _has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return (
        subprocess.run(["docker", "compose", "version"], capture_output=True, check=False, timeout=SECONDS).returncode
        == 0
    )


@pytest.mark.skipif(not _has_compose(), reason="docker compose is not installed")
def test_compose_accepts_the_file(tmp_path: Path):
    folder = tmp_path / "deploy" / "compose"
    shutil.copytree(FOLDER, folder)
    (folder / "pointsman.env").write_text((DEPLOY / "env.example").read_text())
    (folder / "postgres.env").write_text("POSTGRES_PASSWORD=x\n")
    command = ["docker", "compose", "--file", str(folder / "compose.yaml"), "config", "--quiet"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)

    assert done.returncode == 0, done.stderr


def test_nothing_is_published_beyond_loopback():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert sorted(ports) == ["127.0.0.1:4000:4000", "127.0.0.1:9090:9090"]
    assert not any(service.get("network_mode") for service in SERVICES.values())


def test_postgres_and_redis_are_on_a_network_that_leads_nowhere():
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "data" in service["networks"]} == {
        "proxy",
        "postgres",
        "redis",
    }
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


@pytest.mark.parametrize("name", [name for name in SERVICES if "build" not in SERVICES[name]])
def test_every_foreign_image_is_pinned_by_a_digest_to_fill_in(name: str):
    assert re.fullmatch(rf"[\w./-]+:[\w.-]+@({UNPINNED}|sha256:[0-9a-f]{{64}})", SERVICES[name]["image"])


def test_secrets_come_from_files_alone():
    set_here = {name: value for service in SERVICES.values() for name, value in service.get("environment", {}).items()}

    assert SERVICES["proxy"]["env_file"] == "pointsman.env"
    assert SERVICES["postgres"]["env_file"] == "postgres.env"
    assert not [name for name in set_here if re.search("KEY|PASSWORD|TOKEN|SECRET", name)]


def test_what_it_refers_to_is_there():
    build = SERVICES["proxy"]["build"]

    assert (FOLDER / build["context"]).resolve() == REPOSITORY
    assert (REPOSITORY / build["dockerfile"]).is_file()
    made_by_the_operator = {"./metrics.key"}
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())]
    for source in mounts:
        assert source in COMPOSE["volumes"] or source in made_by_the_operator or (FOLDER / source).is_file(), source
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_the_config_is_mounted_where_the_image_reads_it():
    command = re.search(r'^CMD .*"--config", "([^"]+)"', (DEPLOY / "image" / "Dockerfile").read_text(), re.MULTILINE)

    assert command
    assert f"../../litellm_config.yaml:{command[1]}:ro" in SERVICES["proxy"]["volumes"]


def _seconds(duration: str) -> int:
    parts = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", duration)
    assert parts, duration
    return int(parts[1] or 0) * 60 + int(parts[2] or 0)


def test_a_stop_gives_streams_the_time_that_a_reload_gives_them():
    assert _seconds(SERVICES["proxy"]["stop_grace_period"]) > DRAIN_SECONDS


def test_a_start_is_not_called_unhealthy_before_its_time_is_up():
    assert _seconds(SERVICES["proxy"]["healthcheck"]["start_period"]) > START_SECONDS


def test_prometheus_asks_the_proxy_with_a_key_of_its_own():
    (job,) = yaml.safe_load((FOLDER / "prometheus.yaml").read_text())["scrape_configs"]
    secret = job["authorization"]["credentials_file"]

    assert job["metrics_path"] == "/metrics/"
    assert job["static_configs"] == [{"targets": ["proxy:4000"]}]
    assert f"./metrics.key:{secret}:ro" in SERVICES["prometheus"]["volumes"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_accepts_its_file(tmp_path: Path):
    secret = tmp_path / "metrics.key"
    secret.write_text("x")
    config = tmp_path / "prometheus.yaml"
    config.write_text((FOLDER / "prometheus.yaml").read_text().replace("/run/secrets/metrics.key", str(secret)))

    done = subprocess.run(
        ["promtool", "check", "config", config], capture_output=True, text=True, check=False, timeout=SECONDS
    )

    assert done.returncode == 0, done.stdout + done.stderr
