"""``pointsman check --live`` verifies keys before a deploy, and never shows them."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from pointsman.simulator import Answer, Simulator
from tests.patience import SECONDS
from tests.pointsman.conftest import Command
from tests.pointsman.listening import answer, listening
from tests.pointsman.terminal import terminal
from tests.running import BIN, clean_environment, free_port


@pytest.fixture(autouse=True)
def _rendered(pointsman: Command) -> None:
    pointsman("render")


def _keys(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {row["provider"]: row for row in json.loads(done.stdout)["keys"]}


def test_all_good_keys_make_it_ok(pointsman: Command, simulator: Simulator):
    done = pointsman("check", "--live", env=simulator.environ())

    assert done.returncode == 0
    assert done.stderr.endswith("\nok: 9 keys, 9 verified\n")
    assert "verified  kimi          5 hours: 46% used, 7 days: 26% used  (...teds)" in done.stdout.splitlines()


def test_one_bad_key_fails_the_check_and_says_which(pointsman: Command, simulator: Simulator):
    simulator.script_probe("claude", "bad_key", "bad_key")

    done = pointsman("check", "--live", env=simulator.environ())

    assert done.returncode == 1
    assert "rejected  claude" in done.stdout
    assert 'provider "claude": auth_env: rejected: the provider refuses the key' in done.stderr
    assert "1 problem" in done.stderr.splitlines()[-1]


def test_a_bad_key_is_an_annotation_on_github(pointsman: Command, simulator: Simulator):
    simulator.script_probe("claude", "bad_key", "bad_key")

    done = pointsman("check", "--live", "--github", env=simulator.environ())

    (line,) = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert line.startswith("::error file=providers.toml,line=")
    assert 'title=provider "claude"%3A auth_env::rejected' in line


def test_a_key_that_fails_is_a_problem_in_json_too(pointsman: Command, simulator: Simulator):
    simulator.script_probe("openrouter", "key_exhausted", "key_exhausted")

    done = pointsman("check", "--live", "--json", env=simulator.environ())

    found = json.loads(done.stdout)
    assert (found["ok"], done.returncode) == (False, 1)
    (problem,) = [problem for problem in found["problems"] if problem["status"] == "error"]
    assert "openrouter" in problem["where"]
    assert problem["hint"]
    assert _keys(done)["openrouter"]["status"] == "exhausted"
    assert _keys(done)["openrouter"]["last4"] == "0e01"


def test_missing_keys_fail_only_where_they_are_required(pointsman: Command, simulator: Simulator):
    env = simulator.environ_of("openai")

    assert pointsman("check", "--live", env={**env, **_ollama(simulator)}).returncode == 0
    assert pointsman("check", "--live", "openai", env=env).returncode == 0
    assert pointsman("check", "--live", "--require-all", env={**env, **_ollama(simulator)}).returncode == 1


def test_a_provider_without_a_key_must_answer_only_where_it_is_named(pointsman: Command):
    env = {"OLLAMA_BASE_URL": f"http://127.0.0.1:{free_port()}"}

    everybody, named = pointsman("check", "--live", env=env), pointsman("check", "--live", "ollama", env=env)

    assert (everybody.returncode, named.returncode) == (0, 1)
    assert "unreachable  ollama" in everybody.stdout
    assert 'provider "ollama": base_url: unreachable: no connection to 127.0.0.1:' in named.stderr


def test_a_key_that_nothing_free_can_prove_does_not_fail_the_check(pointsman: Command, simulator: Simulator):
    simulator.script_probe("openai", "missing_scope", "missing_scope")

    done = pointsman("check", "openai", "--live", env=simulator.environ())

    assert done.returncode == 0
    assert done.stderr.endswith("\nok: 1 key, 0 verified\n")


def test_spend_asks_live_and_proves_that_key_too(pointsman: Command, simulator: Simulator):
    simulator.script_probe("openai", "missing_scope", "missing_scope")

    done = pointsman("check", "openai", "--spend", env=simulator.environ())

    assert done.returncode == 0
    assert done.stderr.endswith("\nok: 1 key, 1 verified\n")


def test_a_dead_provider_is_unreachable_and_the_others_are_proven(pointsman: Command, simulator: Simulator):
    env = {**simulator.environ(), "GEMINI_BASE_URL": f"http://127.0.0.1:{free_port()}/v1beta"}

    done = pointsman("check", "--live", "--json", env=env)

    statuses = {name: row["status"] for name, row in _keys(done).items()}
    assert statuses.pop("gemini") == "unreachable"
    assert statuses.pop("keyless") == "missing"
    assert set(statuses.values()) == {"verified"}
    assert done.returncode == 1


def test_a_silent_provider_is_given_up_while_the_others_are_proven(pointsman: Command, simulator: Simulator):
    simulator.script_probe("openai", "hang", "hang")
    simulator.script_probe("kimi", "hang", "hang")

    keys = _keys(pointsman("check", "--live", "--json", env=simulator.environ()))

    assert keys["openai"]["detail"] == keys["kimi"]["detail"] == "no answer within 10 s"
    assert keys["claude"]["status"] == "verified"


def test_a_redirect_takes_no_key_to_another_host(pointsman: Command, simulator: Simulator):
    seen: list[str] = []

    def elsewhere(asked: BaseHTTPRequestHandler) -> None:
        seen.append(asked.path)
        answer(asked)

    with listening(elsewhere) as other, listening(lambda it: answer(it, status=301, Location=other)) as url:
        env = {**simulator.environ(), "OPENROUTER_BASE_URL": url}
        row = _keys(pointsman("check", "openrouter", "--live", "--json", env=env))["openrouter"]

    assert (row["status"], seen) == ("unreachable", [])
    assert "it redirects to 127.0.0.1, and keys are not sent along" in row["detail"]


def test_plain_http_to_another_machine_is_not_asked(pointsman: Command, simulator: Simulator):
    env = {**simulator.environ(), "MOONSHOT_BASE_URL": "http://192.0.2.1/v1"}

    row = _keys(pointsman("check", "moonshot", "--live", "--json", env=env))["moonshot"]

    assert row["status"] == "unreachable"
    assert row["detail"].startswith("not asked: plain http")


def test_on_a_terminal_it_is_shown_who_is_waited_for(folder: Path, simulator: Simulator):
    simulator.script_probe("ollama", Answer(faithful=True, delay=1.0))

    with terminal(folder, "check", "--live", env={**simulator.environ(), "TERM": "xterm"}) as run:
        run.expect("asking the providers")
        run.expect("ok: 9 keys, 9 verified")
        assert run.end() == 0


def _echo(asked: BaseHTTPRequestHandler) -> None:
    """Simulates a provider whose responses repeat the request, including the key, in every place."""
    statuses = {"models": 401, "usages": 403, "key": 429, "credits": 500, "balance": 400, "usage": 302}
    path = asked.path.partition("?")[0].rpartition("/")[2]
    said = " ".join(value for name, value in asked.headers.items() if name.lower() not in {"host", "accept"})
    body = json.dumps({"error": {"message": f"no: {said}", "type": said, "code": said}})
    answer(asked, body.encode(), statuses.get(path, 418), Location=f"https://{said[-12:]}/", **{"Retry-After": said})


CANARIES = {
    "OLLAMA_CLOUD_KEY": "0123456789abcdef" * 2 + ".canary-cloud-0123456789a",
    "OPENROUTER_API_KEY": "sk-or-v1-" + "ca4a41" * 10 + "beef",
    "OPENCODE_API_KEY": "sk-" + "Canary0Zen" * 6 + "beef",
    "KIMI_API_KEY": "sk-kimi-" + "Canary0Kimi" * 5,
    "MOONSHOT_API_KEY": "sk-" + "Canary0Moon" * 4,
    "GEMINI_API_KEY": "AQ.Ab8RN6" + "Canary-Gem" * 4 + "beef",
    "ANTHROPIC_API_KEY": "sk-ant-api03-" + "Canary-Ant-" * 8 + "beefxAA",
    "OPENAI_API_KEY": "sk-proj-" + "Canary0Oai" * 7 + "T3BlbkFJ" + "Canary0Oai" * 7,
    "LITELLM_MASTER_KEY": "sk-canary-master-Zq7Wn3Lk9Tx2",
}
BASES = {
    "OLLAMA": "", "OLLAMA_CLOUD": "", "OPENROUTER": "/api/v1", "OPENCODE": "/zen/v1", "OPENCODE_GO": "/zen/go/v1",
    "KIMI": "/coding/v1", "MOONSHOT": "/moonshot/v1", "GEMINI": "/v1beta", "CLAUDE": "/v1", "OPENAI": "/v1",
}  # fmt: skip
LOUD = {"PYTHONFAULTHANDLER": "1", "LITELLM_LOG": "DEBUG"}


@pytest.mark.parametrize(
    ("flags", "arguments"),
    [([], []), ([], ["--json"]), ([], ["--github"]), (["-X", "dev"], []), (["-X", "dev"], ["--json", "--spend"])],
)
def test_no_key_is_shown_whatever_the_providers_say(folder: Path, flags: list[str], arguments: list[str]):
    """Not even a part of a key, except the last four characters."""
    before = {path: path.read_bytes() for path in folder.iterdir()}

    with listening(_echo) as url:
        bases = {f"{name}_BASE_URL": f"{url}{path}" for name, path in BASES.items()}
        done = subprocess.run(
            [sys.executable, *flags, str(BIN / "pointsman"), "check", "--live", *arguments],
            cwd=folder,
            env={**clean_environment(), **LOUD, **bases, **CANARIES},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    for key in CANARIES.values():
        assert not [at for at in range(len(key) - 12) if key[at : at + 12] in said]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def _ollama(simulator: Simulator) -> dict[str, str]:
    return simulator.environ_of("ollama")
