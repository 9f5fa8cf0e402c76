"""The deployment limits an intruder: no egress, no writable space, no privileges."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from custom_providers.server.gate.open_routes import listed
from tests.deploy.conftest import DEPLOY
from tests.deploy.reverse_proxy import CONFIG
from tests.running import free_port

COMPOSE = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())["services"]
KUBERNETES = DEPLOY / "kubernetes"
POLICY = yaml.safe_load((KUBERNETES / "networkpolicy.yaml").read_text())
DEPLOYMENT = yaml.safe_load((KUBERNETES / "deployment.yaml").read_text())
UNIT = (DEPLOY / "systemd" / "pointsman.service").read_text()


def test_the_pods_root_filesystem_is_read_only_and_what_is_written_has_its_volume():
    pod = DEPLOYMENT["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    security = container["securityContext"]

    assert (security["readOnlyRootFilesystem"], security["allowPrivilegeEscalation"]) == (True, False)
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is False
    assert {"/tmp", "/var/lib/pointsman"} < {mount["mountPath"] for mount in container["volumeMounts"]}
    assert all(item["value"].startswith(("/tmp", "1")) for item in container["env"])


def test_the_network_policy_is_the_proxys_and_leaves_the_metadata_service_out():
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    blocks = [to["ipBlock"] for rule in POLICY["spec"]["egress"] for to in rule["to"] if "ipBlock" in to]

    assert POLICY["spec"]["podSelector"]["matchLabels"] == labels
    assert POLICY["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert all("169.254.0.0/16" in block["except"] for block in blocks)
    assert "networkpolicy.yaml" in yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]


@pytest.mark.parametrize("service", COMPOSE)
def test_a_service_of_compose_has_its_bounds_and_no_capabilities(service: str):
    settings = COMPOSE[service]

    assert settings["mem_limit"]
    assert settings["pids_limit"]
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_composes_redis_asks_for_the_password_and_does_not_show_it():
    shell, flag, line = COMPOSE["redis"]["command"]
    port = free_port()
    script = line.replace("$$", "$").replace("redis-server -", f"redis-server - --port {port}")
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "REDISCLI_AUTH": "canaryPassword7"}
    with subprocess.Popen([shell, flag, script], env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        for said in server.stdout:
            if "Ready to accept connections" in said:
                break
        asked = ["redis-cli", "-p", str(port), "ping"]
        known = subprocess.run(asked, env=env, capture_output=True, text=True, check=False, timeout=60)
        unknown = subprocess.run(
            asked, env={"PATH": env["PATH"]}, capture_output=True, text=True, check=False, timeout=60
        )
        shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True, timeout=60).stdout
        subprocess.run(["redis-cli", "-p", str(port), "shutdown", "nosave"], env=env, check=False, timeout=60)

    assert known.stdout == "PONG\n"
    assert "NOAUTH" in unknown.stdout
    assert "canaryPassword7" not in shown


def test_the_unit_bounds_memory_and_keeps_the_metadata_service_out():
    settings = dict(line.split("=", 1) for line in UNIT.splitlines() if "=" in line and not line.startswith("#"))

    assert settings["MemoryMax"] == "4G"
    assert settings["TasksMax"]
    assert settings["IPAddressDeny"].split() == ["169.254.0.0/16", "fd00:ec2::254", "fd20:ce::254"]


def _for_clients(path: str) -> bool:
    patterns = re.findall(r"^    ~(\S+) 1;$", CONFIG, re.MULTILINE)
    assert len(patterns) > 8
    return any(re.search(pattern, path) for pattern in patterns)


def test_nginx_lets_through_every_route_that_names_a_model_and_none_that_is_not_listed():
    named = {entry.path.replace("{model}", "org/a-1.5:x") for entry in listed() if entry.names_models}
    rare = {path for path in named if path.startswith("/models/") or ("images" in path and "deployments" in path)}

    assert {path for path in named - rare if not _for_clients(path)} == set()
    for path in (
        "/anthropic/v1/messages",
        "/v1/files",
        "/key/generate",
        "/config/update",
        "/metrics",
        "/ui/",
        "/",
        "/health",
    ):
        assert not _for_clients(path)
    assert not _for_clients("/v1/models/../files")
