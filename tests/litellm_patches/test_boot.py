"""With an unexpected LiteLLM, the proxy starts with one line about it, or refuses and names releases that work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_providers.litellm_patches import releases
from custom_providers.registry.model import Registry
from pointsman.config.render import config
from pointsman.simulator import Simulator
from tests.running import REPOSITORY, litellm

ALTERED = """
import sys

from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils import core_helpers
from litellm.proxy.auth import auth_checks, model_checks
{change}
instance = CustomLogger()
"""

_WITHOUT = "sys.modules['{}'] = None"
"""Makes every import of this module fail, as if a release had moved it."""


def _altered(folder: Path, registry: Registry, change: str) -> Path:
    """A config whose first callback changes LiteLLM before our code loads."""
    (folder / "altered.py").write_text(ALTERED.format(change=change))
    settings: dict[str, Any] = config(registry)
    settings["litellm_settings"]["callbacks"].insert(0, "altered.instance")
    path = folder / "litellm_config.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("del auth_checks.can_user_call_model", "can_user_call_model is missing"),
        ("auth_checks.check_model_access_helper = lambda name, models: True", "takes (name, models), and not (model,"),
        ("del core_helpers.process_response_headers", "core_helpers:process_response_headers is missing"),
        (_WITHOUT.format("litellm.proxy.auth.auth_checks"), "litellm.proxy.auth.auth_checks"),
        (_WITHOUT.format("litellm.proxy.auth.route_checks"), "litellm.proxy.auth.route_checks is missing"),
    ],
)
def test_the_proxy_does_not_start_without_what_it_depends_on(
    upstreams: Simulator, example_registry: Registry, tmp_path: Path, change: str, place: str
):
    path = _altered(tmp_path, example_registry, change)

    with (
        pytest.raises(RuntimeError, match="the proxy ended with status") as ended,
        litellm(path, {**upstreams.environ(), "PYTHONPATH": str(REPOSITORY)}, tmp_path / "log"),
    ):
        pass

    said = str(ended.value)
    assert place in said
    assert f"Releases that work: {', '.join(releases.TESTED)}. To install one: pip install" in said


@pytest.mark.parametrize(
    "change",
    [
        "model_checks.get_known_models_from_wildcard = lambda pattern: []",
        _WITHOUT.format("litellm.proxy.auth.model_checks"),
    ],
    ids=["another signature", "moved"],
)
def test_the_proxy_starts_where_a_listing_has_changed_and_says_what_is_missing(
    upstreams: Simulator, example_registry: Registry, tmp_path: Path, change: str
):
    path = _altered(tmp_path, example_registry, change)
    env = {**upstreams.environ(), "PYTHONPATH": str(REPOSITORY)}

    with litellm(path, env, tmp_path / "log") as proxy, proxy.client() as client:
        body = {"model": "fast", "messages": [{"role": "user", "content": "Reply PONG"}]}
        assert client.post("/v1/chat/completions", json=body).status_code == 200
        log = proxy.log()

    lines = [line for line in log.splitlines() if "get_known_models_from_wildcard" in line and "without it" in line]
    assert len(lines) == 1, log


def _called(folder: Path, version: str) -> dict[str, str]:
    """An environment in which LiteLLM's metadata name another release."""
    metadata = folder / f"litellm-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n")
    return {"PYTHONPATH": f"{folder}:{REPOSITORY}:{REPOSITORY / 'scripts'}"}


def test_a_release_that_was_not_tested_starts_with_one_line(
    upstreams: Simulator, example_registry: Registry, tmp_path: Path
):
    major, minor, _ = str(releases.installed()).split(".")
    env = {**upstreams.environ(), **_called(tmp_path, f"{major}.{minor}.999")}
    path = _altered(tmp_path, example_registry, "")

    with litellm(path, env, tmp_path / "log") as proxy:
        log = proxy.log()

    assert log.count("was not tested with this package") == 1


def test_a_release_that_must_not_run_does_not(upstreams: Simulator, example_registry: Registry, tmp_path: Path):
    env = {**upstreams.environ(), **_called(tmp_path, "1.107.0")}

    with (
        pytest.raises(RuntimeError, match=r"LiteLLM 1\.107\.0 must not run"),
        litellm(_altered(tmp_path, example_registry, ""), env, tmp_path / "log"),
    ):
        pass
