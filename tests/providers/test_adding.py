"""A new provider of a known wire family needs one module; all commands, the router and the alerts then support it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import yaml

from tests.pointsman.listening import answer, listening
from tests.running import REPOSITORY, clean_environment

KEY = "acme_" + "k" * 8

Acme = Callable[..., subprocess.CompletedProcess[str]]

WITH_ACME = """
from custom_providers.providers import known
from tests.providers import acme
known.KNOWN["acme"] = acme.PROFILE
"""
COMMAND = f"""{WITH_ACME}
from pointsman.cli import run
run()
"""


def _respond(handler: BaseHTTPRequestHandler) -> None:
    if handler.headers["Authorization"] != f"Bearer {KEY}":
        answer(handler, b'{"error": "who?"}', 401)
    elif handler.path == "/v1/wallet":
        answer(handler, b'{"left": "12.5"}')
    else:
        answer(handler, b'{"data": [{"id": "acme-large", "context_length": 4096}, {"id": "acme-small"}]}')


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Acme]:
    """Runs the command in a new folder, with Acme as a known provider and its API on this machine."""
    with listening(_respond) as url:

        def run(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-c", COMMAND, *arguments],
                cwd=tmp_path,
                env={**clean_environment(), "PYTHONPATH": str(REPOSITORY), "ACME_BASE_URL": f"{url}/v1", **env},
                input=stdin,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )

        done = run("init", "--provider", "acme", "--key-stdin", stdin=KEY)
        assert done.returncode == 0, done.stderr
        yield run


def test_init_writes_its_row_and_stores_its_key(acme: Acme, tmp_path: Path):
    text = (tmp_path / "providers.toml").read_text()

    assert '# Acme\'s models.\n[[provider]]\nname = "acme"\nbase_url = "https://api.acme.example/v1"\n' in text
    assert f"ACME_API_KEY={KEY}" in (tmp_path / ".env").read_text()
    assert "acme" in acme("init", "--provider", "nobody").stderr


@pytest.mark.parametrize("name", ["acme/x", "ac/x", "acme-x"])
def test_its_names_are_routed_to_it(acme: Acme, name: str):
    upstream = name.partition("/")[2] or name

    assert acme("route", name, "--expect", f"acme/{upstream}").returncode == 0


def test_the_config_has_its_deployments(acme: Acme, tmp_path: Path):
    assert acme("render").returncode == 0

    config = yaml.safe_load((tmp_path / "litellm_config.yaml").read_text())
    (deployment,) = [row for row in config["model_list"] if row["model_name"] == "acme/*"]
    assert deployment["litellm_params"]["model"] == "openai/*"
    assert deployment["litellm_params"]["api_key"] == "os.environ/ACME_API_KEY"


def test_check_proves_its_key_and_warns_of_a_model_that_ends(acme: Acme, tmp_path: Path):
    acme("render")
    registry = tmp_path / "providers.toml"
    registry.write_text(registry.read_text() + 'models = ["acme-small"]\n')

    done = acme("check", "--live", "--json")

    found = json.loads(done.stdout)
    (key,) = found["keys"]
    assert (key["status"], key["detail"]) == ("verified", "wallet: 12.5 USD left")
    assert '"acme-small" is served until 2027-03-31' in [problem["detail"] for problem in found["problems"]]


def test_a_wrong_key_is_refused_and_a_strange_one_recognised(acme: Acme):
    rejected = json.loads(acme("check", "--live", "--json", ACME_API_KEY="acme_" + "w" * 8).stdout)
    misplaced = json.loads(acme("check", "--json", ACME_API_KEY="sk-or-v1-" + "0" * 64).stdout)

    assert rejected["keys"][0]["status"] == "rejected"
    assert any("an OpenRouter key" in problem["detail"] for problem in misplaced["problems"])


def test_models_compares_with_its_list(acme: Acme):
    (look,) = json.loads(acme("models", "--live", "--json").stdout)["providers"]

    assert look["live"]["detail"] == ""
    assert [model["id"] for model in look["live"]["new"]] == ["acme-small"]


def test_usage_reads_its_wallet(acme: Acme):
    (account,) = json.loads(acme("usage", "--json").stdout)["accounts"]

    assert (account["status"], account["windows"][0]["remaining"]) == ("reported", 12.5)


def test_its_empty_wallet_is_final_and_another_429_is_not():
    program = f"""{WITH_ACME}
from custom_providers.server.failures.final_failures import is_final
print(is_final(429, "your wallet is empty"), is_final(429, "slower"))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "True False\n"
