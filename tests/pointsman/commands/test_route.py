"""``pointsman route`` and ``pointsman providers`` show what the proxy does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pointsman.conftest import Command

KEYS = {"OLLAMA_CLOUD_KEY": "0123456789abcdef0123456789abcdef.canary-cloud-key-abcdefgh"}


def test_a_route_is_printed_with_its_rule(pointsman: Command):
    done = pointsman("route", "gpt-oss:120b-cloud", env=KEYS)

    assert (done.returncode, done.stdout) == (0, "gpt-oss:120b-cloud -> ollama_cloud/gpt-oss:120b (suffix, 200)\n")


def test_a_route_as_json_has_every_field(pointsman: Command):
    assert json.loads(pointsman("route", "gpt-oss:120b-cloud", "--json", env=KEYS).stdout) == {
        "ok": True,
        "model": "gpt-oss:120b-cloud",
        "provider": "ollama_cloud",
        "upstream_model": "gpt-oss:120b",
        "deployment": "ollama_cloud/gpt-oss:120b",
        "rule": "suffix",
        "status": 200,
        "detail": "",
    }


def test_a_provider_without_a_key_is_a_404_that_says_what_to_set(pointsman: Command):
    route = json.loads(pointsman("route", "kimi/k3", "--json").stdout)

    assert (route["status"], route["rule"], route["deployment"]) == (404, "prefix", "kimi/k3")
    assert "KIMI_API_KEY" in route["detail"]


def test_the_provider_field_is_an_option(pointsman: Command):
    done = pointsman("route", "gpt-oss:120b", "--provider", "ollama_cloud", "--json", env=KEYS)

    assert json.loads(done.stdout)["rule"] == "provider"


@pytest.mark.parametrize(
    ("name", "expected", "code"),
    [("fast", "openai/gpt-4o-mini", 0), ("fast", "openai/gpt-4o", 1), ("kimi/", "kimi/k3", 1)],
)
def test_an_expectation_decides_the_exit_code(pointsman: Command, name: str, expected: str, code: int):
    assert pointsman("route", name, "--expect", expected).returncode == code


def test_a_name_that_is_no_name_is_explained(pointsman: Command):
    done = pointsman("route", "a,b")

    assert done.returncode == 0
    assert done.stdout.startswith("a,b -> nowhere (invalid, 400: this is not a model name")


def test_the_registry_option_may_stand_before_or_after_the_command(pointsman: Command, folder: Path):
    other = folder / "other.toml"
    (folder / "providers.toml").rename(other)

    assert pointsman("--registry", "other.toml", "route", "x").returncode == 0
    assert pointsman("route", "x", "--registry", "other.toml").returncode == 0
    assert pointsman("route", "x", env={"POINTSMAN_REGISTRY": str(other)}).returncode == 0
    assert pointsman("route", "x").returncode == 3


def test_providers_as_json_have_every_field(pointsman: Command):
    listed = {
        row["provider"]: row for row in json.loads(pointsman("providers", "--json", env=KEYS).stdout)["providers"]
    }

    assert listed["ollama_cloud"] == {
        "provider": "ollama_cloud",
        "status": "registered",
        "detail": "key from $OLLAMA_CLOUD_KEY, ...efgh",
        "base_url": "https://ollama.com",
        "auth": "bearer",
        "source": "$OLLAMA_CLOUD_KEY",
        "last4": "efgh",
        "prefixes": ["ollama_cloud/", "cloud/"],
        "suffixes": [":cloud", "-cloud"],
        "default_model": "gpt-oss:120b",
    }
    assert (listed["ollama"]["status"], listed["ollama"]["source"]) == ("registered", None)
    assert (listed["keyless"]["status"], listed["keyless"]["source"]) == ("missing", None)
    assert (listed["retired"]["status"], listed["retired"]["detail"]) == ("off", "enabled = false")


def test_the_text_lists_every_provider_in_the_registrys_order(pointsman: Command):
    lines = pointsman("providers", env=KEYS).stdout.splitlines()

    assert [line.split()[1] for line in lines][:3] == ["ollama", "ollama_cloud", "openrouter"]
    assert len(lines) == 12
    assert "canary" not in str(lines)


def test_a_base_url_from_the_environment_is_shown(pointsman: Command):
    done = pointsman("providers", "--json", env={"OLLAMA_BASE_URL": "http://127.0.0.1:9/"})

    assert json.loads(done.stdout)["providers"][0]["base_url"] == "http://127.0.0.1:9"


def test_a_key_in_the_env_file_beside_the_registry_counts(pointsman: Command, folder: Path):
    (folder / ".env").write_text(f"OLLAMA_CLOUD_KEY={KEYS['OLLAMA_CLOUD_KEY']}\n")

    assert json.loads(pointsman("route", "x:cloud", "--json").stdout)["status"] == 200


@pytest.mark.parametrize("arguments", [["route"], ["nonsense"], ["route", "x", "--nope"], ["serve", "--port", "0"]])
def test_wrong_usage_is_exit_code_2(pointsman: Command, arguments: list[str]):
    assert pointsman(*arguments).returncode == 2
