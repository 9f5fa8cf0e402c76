"""Kubernetes: the manifests are consistent, and a changed config rolls the pods."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_providers.observability.audit.storage.spool import MAX_BYTES
from pointsman.serve.supervisor import DRAIN_SECONDS, START_SECONDS
from tests.deploy.conftest import DEPLOY, UNPINNED
from tests.patience import SECONDS
from tests.running import REPOSITORY

FOLDER = DEPLOY / "kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS: dict[str, dict[str, Any]] = {
    item["kind"]: item for name in KUSTOMIZATION["resources"] for item in [yaml.safe_load((FOLDER / name).read_text())]
}
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]
(CONTAINER,) = POD["spec"]["containers"]


def test_each_object_is_of_the_version_that_clusters_serve():
    assert {kind: item["apiVersion"] for kind, item in OBJECTS.items()} == {
        "Deployment": "apps/v1",
        "Service": "v1",
        "HorizontalPodAutoscaler": "autoscaling/v2",
        "PodDisruptionBudget": "policy/v1",
        "NetworkPolicy": "networking.k8s.io/v1",
    }
    assert {path.name for path in FOLDER.glob("*.yaml")} - {"litellm_config.yaml"} == {
        "kustomization.yaml",
        *KUSTOMIZATION["resources"],
    }


def test_every_selector_finds_the_pods():
    labels = POD["metadata"]["labels"]

    assert OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert OBJECTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert OBJECTS["Service"]["spec"]["selector"] == labels
    (spread,) = POD["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == labels


def test_the_autoscaler_scales_this_deployment_alone_decides_how_many_and_leaves_one_when_a_node_goes():
    target = OBJECTS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    deployment = OBJECTS["Deployment"]

    assert target == {
        "apiVersion": deployment["apiVersion"],
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }
    assert "replicas" not in deployment["spec"]
    least = OBJECTS["HorizontalPodAutoscaler"]["spec"]["minReplicas"]
    assert least > OBJECTS["PodDisruptionBudget"]["spec"]["maxUnavailable"]


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_probes_ask_nobody_behind_the_process(probe: str):
    """Probes use neither providers nor the database; test_probes shows the effect on the pods."""
    assert CONTAINER[probe]["httpGet"] == {"path": "/health/liveliness", "port": "http"}


def test_a_start_may_take_as_long_as_serve_lets_it():
    probe = CONTAINER["startupProbe"]
    patience = probe["periodSeconds"] * probe["failureThreshold"]

    assert patience > START_SECONDS
    assert OBJECTS["Deployment"]["spec"]["progressDeadlineSeconds"] > patience


def test_the_service_and_the_probes_name_the_containers_port():
    assert [port["name"] for port in CONTAINER["ports"]] == ["http"]
    assert [port["targetPort"] for port in OBJECTS["Service"]["spec"]["ports"]] == ["http"]


def test_secrets_are_referred_to_and_never_written():
    assert CONTAINER["envFrom"] == [{"secretRef": {"name": "pointsman-keys"}}]
    assert {item["name"] for item in CONTAINER["env"]} == {"HOME", "LITELLM_MIGRATION_DIR", "PYTHONDONTWRITEBYTECODE"}
    assert "Secret" not in OBJECTS
    assert "secretGenerator" not in KUSTOMIZATION


def test_every_mount_has_its_volume_and_the_config_its_generator():
    volumes = {volume["name"]: volume for volume in POD["spec"]["volumes"]}
    (generator,) = KUSTOMIZATION["configMapGenerator"]

    assert {mount["name"] for mount in CONTAINER["volumeMounts"]} == set(volumes)
    assert volumes["config"]["configMap"]["name"] == generator["name"]
    assert generator["files"] == ["litellm_config.yaml"]
    assert "disableNameSuffixHash" not in KUSTOMIZATION.get("generatorOptions", {})


def test_a_stop_gives_streams_the_time_that_a_reload_gives_them():
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1])

    assert POD["spec"]["terminationGracePeriodSeconds"] > pause + DRAIN_SECONDS


def _bytes(quantity: str) -> int:
    assert quantity.endswith("Gi"), quantity
    return int(quantity.removesuffix("Gi")) * 1024**3


def test_the_spools_of_restarted_containers_do_not_evict_the_pod():
    """A process leaves its spool to the next one, which fills its own spool while the database is down."""
    (state,) = [volume["emptyDir"] for volume in POD["spec"]["volumes"] if volume["name"] == "state"]
    room, resources = _bytes(state["sizeLimit"]), CONTAINER["resources"]

    assert room >= 3 * MAX_BYTES
    assert _bytes(resources["requests"]["ephemeral-storage"]) >= room
    assert _bytes(resources["limits"]["ephemeral-storage"]) > room


def test_the_image_is_pinned_by_a_digest_to_fill_in():
    (image,) = KUSTOMIZATION["images"]

    assert CONTAINER["image"] == image["name"]
    assert image["digest"] == UNPINNED


def _built(folder: Path) -> dict[str, dict[str, Any]]:
    command = ["kubectl", "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS)
    return {item["kind"]: item for item in yaml.safe_load_all(done.stdout)}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_another_config_is_another_config_map_for_the_pods(tmp_path: Path):
    folder = tmp_path / "kubernetes"
    shutil.copytree(FOLDER, folder)
    config = folder / "litellm_config.yaml"
    config.write_text((REPOSITORY / "litellm_config.yaml").read_text())
    before = _built(folder)
    config.write_text(config.read_text() + "\n")

    after = _built(folder)

    for built in (before, after):
        (volume, *_) = built["Deployment"]["spec"]["template"]["spec"]["volumes"]
        assert volume["configMap"]["name"] == built["ConfigMap"]["metadata"]["name"]
        assert {item["metadata"]["namespace"] for item in built.values()} == {"pointsman"}
    assert before["ConfigMap"]["metadata"]["name"] != after["ConfigMap"]["metadata"]["name"]
