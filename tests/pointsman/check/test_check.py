"""``pointsman check`` offline: problems are found, reported with their position, and set the exit code."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from custom_providers.litellm_patches import releases
from pointsman.check import offline
from pointsman.simulator import Simulator
from tests.pointsman.conftest import Command
from tests.running import free_port

MASTER = {"LITELLM_MASTER_KEY": "sk-canary-master-Zq7Wn3Lk9Tx2"}


@pytest.fixture
def rendered(folder: Path, pointsman: Command) -> Path:
    """The folder, with a config rendered from its registry."""
    pointsman("render")
    return folder


def _problems(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found = json.loads(done.stdout)["problems"]
    assert isinstance(found, list)
    return found


def _only(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    (problem,) = _problems(done)
    return problem


@pytest.mark.usefixtures("rendered")
def test_a_sound_registry_without_any_key_is_ok(pointsman: Command):
    done = pointsman("check")

    assert (done.returncode, done.stderr) == (0, "ok: 0 keys\n")
    assert "missing  openai\n" in done.stdout


@pytest.mark.usefixtures("rendered")
def test_what_kimi_is_sent_is_shown_when_there_is_a_key_for_it(pointsman: Command, simulator: Simulator):
    assert "identity of kimi" not in pointsman("check").stdout
    shown = pointsman("check", env=simulator.environ_of("kimi")).stdout
    assert "identity of kimi" in shown
    assert "risk accepted by the test suite, 2026-11-21" in shown


@pytest.mark.usefixtures("rendered")
def test_nothing_is_shown_where_every_client_is_admitted(pointsman: Command, simulator: Simulator):
    shown = pointsman("check", env=simulator.environ_of("moonshot")).stdout
    assert "moonshot" in shown
    assert "identity of" not in shown


@pytest.mark.parametrize("place", ["environment", ".env", "key file"])
def test_the_risk_can_be_accepted_in_three_places_outside_the_registry(
    pointsman: Command, folder: Path, simulator: Simulator, place: str
):
    registry = folder / "providers.toml"
    line = 'user_agent_risk_accepted = "the test suite, 2026-11-21"\n'
    registry.write_text(registry.read_text().replace(line, 'auth_fallback_files = ["kimi.env"]\n'))
    pointsman("render")
    env = simulator.environ_of("kimi")
    variable = "KIMI_USER_AGENT_RISK_ACCEPTED"

    assert f'{variable}="name, date" would send "claude-code/1.0.0"' in pointsman("check", env=env).stdout
    if place == "environment":
        env |= {variable: "ops, 2026-11-27"}
    else:
        (folder / {".env": ".env", "key file": "kimi.env"}[place]).write_text(f"{variable}='ops, 2026-11-27'\n")
    assert "another product's name: risk accepted by ops, 2026-11-27" in pointsman("check", env=env).stdout


def test_an_acceptance_without_a_date_is_a_warning(pointsman: Command, folder: Path, simulator: Simulator):
    registry = folder / "providers.toml"
    registry.write_text(registry.read_text().replace('user_agent_risk_accepted = "the test suite, 2026-11-21"\n', ""))
    pointsman("render")
    env = simulator.environ_of("kimi") | {"KIMI_USER_AGENT_RISK_ACCEPTED": "yes"}

    done = pointsman("check", env=env)

    assert "environment: KIMI_USER_AGENT_RISK_ACCEPTED: has no effect: it must be a name and a date" in done.stderr
    assert done.returncode == 0


@pytest.mark.usefixtures("rendered")
def test_json_has_exactly_these_fields(pointsman: Command, simulator: Simulator):
    found = json.loads(pointsman("check", "openai", "--json", env=simulator.environ()).stdout)

    assert found == {
        "ok": True,
        "problems": [],
        "keys": [
            {
                "provider": "openai",
                "status": "unverified",
                "detail": "not asked; --live does",
                "source": "$OPENAI_API_KEY",
                "last4": "oai1",
                "quota": None,
            }
        ],
    }


def test_problems_of_the_registry_are_told_with_their_lines(pointsman: Command, folder: Path):
    path = folder / "providers.toml"
    path.write_text(path.read_text().replace('auth = "none"', 'auth = "nine"', 1))

    text, data = pointsman("check"), pointsman("check", "--json")

    assert text.returncode == data.returncode == 1
    assert 'providers.toml:6: provider "ollama": auth' in text.stderr
    assert _only(data) | {"detail": "", "hint": ""} == {
        "status": "error",
        "file": "providers.toml",
        "line": 6,
        "where": 'provider "ollama": auth',
        "detail": "",
        "hint": "",
    }
    assert json.loads(data.stdout)["keys"] == []


def test_a_place_that_cannot_be_read_is_told_at_the_field_that_names_it(pointsman: Command, folder: Path):
    path = folder / "providers.toml"
    places = 'auth_fallback_files = ["folder"]\nauth_ref = "op://vault/item/field"'
    path.write_text(path.read_text().replace('auth_env = "GEMINI_API_KEY"', f'auth_env = "GEMINI_API_KEY"\n{places}'))
    (folder / "folder").mkdir()

    told = {problem["where"]: problem["detail"] for problem in _problems(pointsman("check", "--json"))}

    assert told['provider "gemini": auth_fallback_files'] == "folder: is not a regular file"
    assert told['provider "gemini": auth_ref'].startswith("op://vault/item/field: ")


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("arguments", [["--require-all"], ["openai"], ["openai", "claude"]])
def test_a_missing_key_is_an_error_only_where_it_is_asked_for(pointsman: Command, arguments: list[str]):
    done = pointsman("check", *arguments)

    assert done.returncode == 1
    assert 'provider "openai": auth_env: no key: $OPENAI_API_KEY (not set)' in done.stderr


@pytest.mark.usefixtures("rendered")
def test_only_the_named_providers_are_looked_at(pointsman: Command):
    listed = json.loads(pointsman("check", "openai", "claude", "--json").stdout)["keys"]

    assert [row["provider"] for row in listed] == ["claude", "openai"]


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("name", ["nonsense", "retired"])
def test_a_provider_that_is_not_there_is_wrong_usage(pointsman: Command, name: str):
    done = pointsman("check", name)

    assert done.returncode == 2
    assert f'no enabled provider is named "{name}"' in done.stderr


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize(
    ("variable", "value", "words", "severity"),
    [
        ("OPENAI_API_KEY", "sk-proj-canary gap", "contains white space", "error"),
        ("OPENAI_API_KEY", "sk-proj-canary\u2013dash", "a non-ASCII character", "error"),
        ("OPENAI_API_KEY", "sk-proj-canary\x07bell", "a control character", "error"),
        ("OPENAI_API_KEY", "canary-of-no-shape", "does not have the shape", "warning"),
        ("GEMINI_API_KEY", "AIza" + "canary-" * 5, "Google has been switching off", "warning"),
        ("ANTHROPIC_API_KEY", "sk-ant-oat01-canary", "an OAuth token of a Claude subscription", "error"),
        ("OPENAI_API_KEY", "sk-admin-canary", "an OpenAI admin key", "error"),
        ("KIMI_API_KEY", "sk-or-v1-canary", "KIMI_API_KEY holds an OpenRouter key", "error"),
        ("KIMI_API_KEY", "sk-canary-of-the-platform-0123456789", "a key of the Moonshot platform", "error"),
        ("OPENROUTER_API_KEY", "oc_sk_0123456789ab_canary", "holds an OpenCode key", "error"),
    ],
)
def test_a_key_that_looks_wrong_is_a_finding_at_its_row_and_is_not_shown(
    pointsman: Command, variable: str, value: str, words: str, severity: str
):
    done = pointsman("check", "--json", env={variable: value})

    problem = _only(done)
    assert words in problem["detail"]
    assert (problem["status"], problem["where"].endswith(": auth_env")) == (severity, True)
    assert problem["line"]
    assert done.returncode == (severity == "error")
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.usefixtures("rendered")
def test_keys_of_the_usual_shapes_are_no_finding(pointsman: Command, simulator: Simulator):
    done = pointsman("check", "--json", env=simulator.environ())

    assert (_problems(done), done.returncode) == ([], 0)
    assert len([row for row in json.loads(done.stdout)["keys"] if row["status"] == "unverified"]) == 9


@pytest.mark.usefixtures("rendered")
def test_copied_white_space_and_quotes_around_a_key_are_no_finding(pointsman: Command, simulator: Simulator):
    key = simulator.environ()["OPENAI_API_KEY"]

    assert _problems(pointsman("check", "--json", env={"OPENAI_API_KEY": f' "{key}"\r\n'})) == []


@pytest.mark.parametrize(
    ("mode", "severity"), [(0o600, None), (0o400, None), (0o640, "warning"), (0o644, "error"), (0o666, "error")]
)
def test_a_key_file_that_others_can_read_is_a_finding(
    pointsman: Command, rendered: Path, mode: int, severity: str | None
):
    keys = rendered / "keys"
    keys.mkdir()
    for path in (rendered / ".env", keys / "openrouter.env"):
        path.write_text("OPENROUTER_API_KEY=sk-or-v1-" + "0" * 64 + "\n")
        path.chmod(mode)

    found = _problems(pointsman("check", "--json"))

    expected = [(".env", severity), ("keys/openrouter.env", severity)] if severity else []
    assert [(problem["file"], problem["status"]) for problem in found] == expected
    assert all(f"mode {mode:04o}" in problem["detail"] for problem in found)


@pytest.mark.parametrize("name", ["LITELLM_MASTER_KEY", "UI_PASSWORD", "LITELLM_SALT_KEY"])
def test_an_env_file_with_any_secret_is_for_its_owner(pointsman: Command, rendered: Path, name: str):
    (rendered / ".env").write_text(f"{name}=sk-0123456789abcdef\n")
    (rendered / ".env").chmod(0o644)

    (found,) = _problems(pointsman("check", "--json"))

    assert (found["file"], found["status"]) == (".env", "error")


def test_an_env_file_without_secrets_may_be_read_by_all(pointsman: Command, rendered: Path):
    (rendered / ".env").write_text("OLLAMA_BASE_URL=http://127.0.0.1:9\nOPENAI_API_KEY=\n")

    assert _problems(pointsman("check", "--json")) == []


def test_key_files_that_cannot_be_read_are_findings(pointsman: Command, rendered: Path):
    (rendered / "keys").mkdir()
    (rendered / "keys" / "openrouter.env").mkdir()
    (rendered / "keys" / "team.json").symlink_to("gone")

    found = _problems(pointsman("check", "--json"))

    assert {problem["where"] for problem in found} == {'provider "openrouter": auth_fallback_files'}
    assert "not a regular file" in found[0]["detail"]
    assert "which does not exist" in found[1]["detail"]


def test_an_env_file_that_cannot_be_read_is_a_finding(pointsman: Command, rendered: Path):
    (rendered / ".env").mkdir()

    done = pointsman("check", "--json")

    assert (_only(done)["file"], _only(done)["detail"]) == (".env", "is not a regular file")
    assert done.returncode == 1


def test_a_config_that_is_out_of_date_is_an_error_and_a_missing_one_a_warning(pointsman: Command, rendered: Path):
    config = rendered / "litellm_config.yaml"
    config.write_text(config.read_text() + "# edited\n")
    drifted = pointsman("check", "--json")
    config.unlink()
    missing = pointsman("check", "--json")

    assert (_only(drifted)["detail"], drifted.returncode) == ("is out of date with providers.toml", 1)
    assert (_only(missing)["status"], missing.returncode) == ("warning", 0)


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("value", ["soon", "-1", "nan"])
def test_a_timeout_that_is_none_is_an_error(pointsman: Command, value: str):
    done = pointsman("check", "--json", env={"KIMI_TIMEOUT_SECS": value})

    assert "KIMI_TIMEOUT_SECS" in _only(done)["detail"]


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("value", ["sk-short", "a-long-key-without-its-prefix"])
def test_a_weak_master_key_is_an_error_and_is_not_shown(pointsman: Command, value: str):
    done = pointsman("check", "--json", env={"LITELLM_MASTER_KEY": value})

    assert "LITELLM_MASTER_KEY" in _only(done)["detail"]
    assert value not in done.stdout
    assert pointsman("check", env=MASTER).returncode == 0


@pytest.mark.usefixtures("rendered")
def test_a_key_that_would_travel_in_the_clear_is_a_warning(pointsman: Command, simulator: Simulator):
    env = {**simulator.environ_of("openai"), "OPENAI_BASE_URL": "http://10.1.2.3/v1"}

    problem = _only(pointsman("check", "--json", env=env))

    assert (problem["status"], problem["where"]) == ("warning", 'provider "openai": base_url')
    assert "10.1.2.3 over plain http" in problem["detail"]


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("name", ["openai", "claude", "kimi"])
def test_a_key_that_goes_to_another_host_than_its_vendors_is_a_warning(
    pointsman: Command, simulator: Simulator, name: str
):
    """A variable may redirect a provider and its key to another host, but loopback belongs to this machine."""
    env = {**simulator.environ_of(name), f"{name.upper()}_BASE_URL": "https://llm.example.com/v1"}

    problem = _only(pointsman("check", "--json", env=env))

    assert (problem["status"], problem["where"]) == ("warning", f'provider "{name}": base_url')
    assert problem["detail"] == (
        f"{name.upper()}_BASE_URL sends the key of {name} to llm.example.com, which is not a host of its vendor"
    )
    assert "host of its vendor" not in pointsman("check", env=simulator.environ_of(name)).stderr


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("url", ["http://[bad", "http://x:99999999/v1", "https://"])
@pytest.mark.parametrize("name", ["KIMI", "OPENAI"])
def test_a_base_url_that_is_no_address_is_an_error(pointsman: Command, simulator: Simulator, name: str, url: str):
    done = pointsman("check", "--live", "--json", env={**simulator.environ(), f"{name}_BASE_URL": url})

    assert (_only(done)["detail"], done.returncode) == (f"{name}_BASE_URL is not a valid URL", 1)
    assert simulator.received == []


@pytest.mark.parametrize(
    ("version", "severity", "words"),
    [
        ("1.82.7", "error", "malicious"),
        ("1.82.8", "error", "malicious"),
        ("1.107.0", "error", "compromised"),
        ("1.108.0", "warning", "was not tested"),
        (None, "error", "is not installed"),
    ],
)
def test_releases_of_litellm_that_must_not_run_are_errors(version: str | None, severity: str, words: str):
    (problem,) = offline.release(version)

    assert (problem.severity, words in problem.message) == (severity, True)


def test_the_installed_release_is_a_tested_one():
    assert releases.installed() in releases.TESTED


def test_images_without_a_digest_are_one_problem_with_compose_only(pointsman: Command, rendered: Path):
    compose = rendered / "deploy" / "compose"
    compose.mkdir(parents=True)
    image = f"    image: redis:7@sha256:{offline.PLACEHOLDER}\n"
    (compose / "compose.yaml").write_text(f"# {offline.PLACEHOLDER}\nservices:\n{image}{image}")

    assert _problems(pointsman("check", "--json")) == []
    problem = _only(pointsman("check", "--compose", "--json"))

    assert (problem["file"], problem["line"], problem["status"]) == ("deploy/compose/compose.yaml", 3, "error")
    assert "2 of its images" in problem["detail"]


@pytest.mark.parametrize(
    ("file", "line"), [("compose/compose.yaml", "    image: redis:7"), ("image/Dockerfile", "FROM litellm")]
)
def test_who_deploys_with_compose_may_not_deploy_such_images(pointsman: Command, rendered: Path, file: str, line: str):
    path = rendered / "deploy" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{line}@sha256:{offline.PLACEHOLDER}\n")

    assert pointsman("check").returncode == 0
    refused = pointsman("check", "--compose", "--json")

    assert refused.returncode == 1
    assert _only(refused)["status"] == "error"


@pytest.mark.usefixtures("rendered")
def test_github_gets_annotations_instead_of_text(pointsman: Command, folder: Path):
    lines = (folder / "providers.toml").read_text().splitlines()
    number = lines.index('auth_env = "OPENAI_API_KEY"') + 1
    done = pointsman("check", "openai", "--github")

    (line,) = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert line.startswith(f'::error file=providers.toml,line={number},title=provider "openai"%3A auth_env::no key')
    assert "%0Ahint: `pointsman keys set openai`, set OPENAI_API_KEY" in line
    assert done.stderr == ""


@pytest.mark.usefixtures("rendered")
def test_github_beside_json_leaves_the_json_alone(pointsman: Command):
    done = pointsman("check", "openai", "--github", "--json")

    assert json.loads(done.stdout)["ok"] is False
    assert done.stderr.startswith("::error ")


def test_a_registry_that_cannot_be_read_could_not_be_checked(pointsman: Command, folder: Path):
    (folder / "providers.toml").unlink()

    assert pointsman("check").returncode == 3


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("[aliases]\n", '[aliases]\nold = "retired/some-model"\n', "aliases.old"),
        ('name = "openrouter"\n', 'name = "openrouter"\nfallbacks = ["retired/x"]\n', "fallbacks"),
    ],
)
def test_a_name_that_leads_to_a_provider_that_is_switched_off_is_a_warning(
    pointsman: Command, folder: Path, old: str, new: str, where: str
):
    registry = folder / "providers.toml"
    registry.write_text(registry.read_text().replace(old, new))
    pointsman("render")

    done = pointsman("check")

    assert done.returncode == 0
    assert 'leads to "retired", which is switched off (enabled = false)' in done.stderr
    assert where in done.stderr


@pytest.mark.usefixtures("rendered")
def test_a_default_provider_that_does_not_answer_is_a_warning_with_live(pointsman: Command):
    done = pointsman("check", "--live", env={"OLLAMA_BASE_URL": f"http://127.0.0.1:{free_port()}"})

    assert "every name that matches no rule goes to ollama" in done.stderr
    assert "hint: start it, or name another default_provider in [gateway]" in done.stderr
    assert done.returncode == 0
