"""``pointsman usage``: each provider's report, and the output for providers without one."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pointsman.simulator import Simulator
from pointsman.simulator.answers import json_answer
from tests.patience import SECONDS
from tests.pointsman.conftest import Command
from tests.running import BIN, clean_environment


def _account(pointsman: Command, simulator: Simulator, provider: str) -> Any:
    done = pointsman("usage", provider, "--json", env=simulator.environ_of(provider))
    (account,) = json.loads(done.stdout)["accounts"]
    return account


def _brief(account: Any) -> list[tuple[Any, ...]]:
    return [
        (window["name"], window["used"], window["remaining"], window["limit"], window["unit"], window["resets_at"])
        for window in account["windows"]
    ]


@pytest.mark.parametrize(
    ("provider", "windows"),
    [
        (
            "kimi",
            [
                ("5 hours", 0.46, 54, 100, "", "2026-11-21T09:10:02+00:00"),
                ("7 days", 0.26, 74, 100, "", "2026-11-26T12:10:02+00:00"),
            ],
        ),
        ("moonshot", [("balance", None, 49.58, None, "USD", None)]),
        (
            "openrouter",
            [
                ("key limit, monthly", 0.255, 74.5, 100, "USD", None),
                ("free models, daily", 0.06, 47, 50, "requests", None),
                ("credits", 0.233032, 84.75, 110.5, "USD", None),
            ],
        ),
        (
            "ollama_cloud",
            [
                ("included", 0.275, 72.5, 100, "USD", "2026-12-01T00:00:00+00:00"),
                ("purchased", None, 25, None, "USD", None),
            ],
        ),
        (
            "opencode_go",
            [
                ("5 hours", 0.15, 85, 100, "%", "2026-11-21T12:00:00+00:00"),
                ("7 days", 0.4, 60, 100, "%", "2026-11-23T00:00:00+00:00"),
                ("month", 0.22, 78, 100, "%", "2026-12-01T00:00:00+00:00"),
            ],
        ),
    ],
)
def test_what_a_provider_tells_is_one_form(
    pointsman: Command, simulator: Simulator, provider: str, windows: list[tuple[Any, ...]]
):
    account = _account(pointsman, simulator, provider)

    assert (account["status"], account["detail"]) == ("reported", "")
    assert _brief(account) == windows


@pytest.mark.parametrize(
    ("provider", "answer", "name", "used"),
    [
        ("ollama_cloud", "balance_empty", "included", 1.0),
        ("ollama_cloud", "balance_old_plan", "session", 0.4),
        ("openrouter", "key_exhausted", "key limit, monthly", 1.0),
        ("openrouter", "key_unlimited", "free models, daily", 0.06),
    ],
)
def test_other_answers_of_the_same_provider(
    pointsman: Command, simulator: Simulator, provider: str, answer: str, name: str, used: float
):
    simulator.script_probe(provider, answer)

    first = _account(pointsman, simulator, provider)["windows"][0]

    assert (first["name"], first["used"]) == (name, used)


@pytest.mark.parametrize(
    ("provider", "answer", "status", "detail"),
    [
        ("opencode_go", "zen_only", "silent", "this key's account has no Go subscription"),
        ("opencode_go", "bad_key_usage", "failed", "the key was refused (401)"),
        ("moonshot", "bad_key", "failed", "the key was refused (401)"),
        ("ollama_cloud", "balance_limited", "failed", "too many requests (429), again in 42 s"),
        ("kimi", "html_502", "failed", "answered 502"),
        ("kimi", "not_json", "failed", "answered 200 without JSON"),
        ("moonshot", "cut_before_headers", "failed", "RemoteProtocolError"),
    ],
)
def test_what_it_does_not_tell_is_explained(
    pointsman: Command, simulator: Simulator, provider: str, answer: str, status: str, detail: str
):
    simulator.script_probe(provider, answer)

    done = pointsman("usage", provider, "--json", env=simulator.environ_of(provider))
    (account,) = json.loads(done.stdout)["accounts"]

    assert (account["status"], account["windows"]) == (status, [])
    assert detail in account["detail"]
    assert done.returncode == (status == "failed")


def test_an_answer_of_another_shape_is_said_to_be_one(pointsman: Command, simulator: Simulator):
    simulator.script_probe("kimi", json_answer({"usage": "gone", "limits": None}))

    assert "unknown format" in _account(pointsman, simulator, "kimi")["detail"]


def test_the_rest_is_told_when_a_part_is_refused(pointsman: Command, simulator: Simulator):
    simulator.script_probe("openrouter", "bad_key")

    account = _account(pointsman, simulator, "openrouter")

    assert account["status"] == "reported"
    assert len(account["windows"]) in {1, 2}  # depends on which request came first
    assert "refused (401)" in account["detail"]


def test_every_provider_is_asked_or_named_as_telling_nothing(pointsman: Command, simulator: Simulator):
    done = pointsman("usage", "--json", env=simulator.environ())

    statuses = {account["provider"]: account["status"] for account in json.loads(done.stdout)["accounts"]}
    assert done.returncode == 0, done.stderr
    assert statuses == {
        **dict.fromkeys(("ollama_cloud", "openrouter", "opencode_go", "kimi", "moonshot"), "reported"),
        **dict.fromkeys(("ollama", "opencode", "gemini", "claude", "openai", "keyless"), "silent"),
    }
    asked = {(request.provider, request.path) for request in simulator.received}
    assert asked == {
        ("ollama_cloud", "/api/balance"),
        ("openrouter", "/api/v1/key"),
        ("openrouter", "/api/v1/credits"),
        ("opencode_go", "/zen/go/v1/usage"),
        ("kimi", "/coding/v1/usages"),
        ("moonshot", "/v1/users/me/balance"),
    }
    # Kimi's terms forbid any other name as tampering, and OpenCode's firewall refuses an HTTP library's.
    assert all(request.headers["User-Agent"].startswith("litellm-pointsman/") for request in simulator.received)


def test_a_missing_key_counts_only_where_it_was_asked_for(pointsman: Command):
    assert pointsman("usage").returncode == 0

    done = pointsman("usage", "kimi")

    assert done.returncode == 1
    assert done.stdout == "kimi: no key (`pointsman keys -v` shows where it was looked for)\n"


def test_a_key_of_the_other_kimi_system_is_not_sent(pointsman: Command, simulator: Simulator):
    env = simulator.environ()

    done = pointsman("usage", "kimi", env={**env, "KIMI_API_KEY": env["MOONSHOT_API_KEY"]})

    assert done.returncode == 1
    assert "a key of the Moonshot platform" in done.stdout
    assert simulator.received == []


def test_a_base_url_of_auto_goes_by_the_key(pointsman: Command, folder: Path, simulator: Simulator):
    registry = folder / "providers.toml"
    registry.write_text(registry.read_text().replace('"https://api.kimi.com/coding/v1"', '"auto"'))

    done = pointsman("usage", "kimi", env={"KIMI_API_KEY": "not-of-any-shape"})

    assert "neither Kimi system" in done.stdout


def test_the_text_has_a_line_for_each_window(pointsman: Command, simulator: Simulator):
    done = pointsman("usage", "opencode_go", "moonshot", "gemini", env=simulator.environ())

    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines == [
        "opencode_go 5 hours 15% used 85% left resets 2026-11-21 12:00 UTC",
        "opencode_go 7 days 40% used 60% left resets 2026-11-23 00:00 UTC",
        "opencode_go month 22% used 78% left resets 2026-12-01 00:00 UTC",
        "moonshot balance 49.58 USD left",
        "gemini: does not report quota or credit",
    ]


def _on_a_terminal(folder: Path, simulator: Simulator, columns: int) -> str:
    """The output of ``usage`` on a terminal, without colours."""
    env = {**clean_environment(), **simulator.environ(), "TERM": "xterm-256color", "COLUMNS": str(columns)}
    ours, theirs = pty.openpty()
    with subprocess.Popen([str(BIN / "pointsman"), "usage"], cwd=folder, env=env, stdout=theirs) as process:
        os.close(theirs)
        printed = b""
        try:
            while chunk := os.read(ours, 65536):
                printed += chunk
        except OSError:  # Linux reports the end this way, once the other side is closed
            pass
        assert process.wait(timeout=SECONDS) == 0
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", printed.decode())


@pytest.mark.parametrize("columns", [40, 60, 71])
def test_on_a_narrow_terminal_every_line_fits(folder: Path, simulator: Simulator, columns: int):
    """With bars, the amounts would be cut off."""
    text = _on_a_terminal(folder, simulator, columns)

    assert "openrouter key limit, monthly: 26% used, 74.50 of 100.00 USD left" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= columns
    assert "…" not in text


def test_a_terminal_gets_bars(folder: Path, simulator: Simulator):
    """The output draws the fraction, shows the time until the reset, and fits into 80 columns."""
    text = _on_a_terminal(folder, simulator, 80)

    (line,) = (line for line in text.splitlines() if line.startswith("  key limit, monthly"))
    assert re.fullmatch(r"  key limit, monthly [━╸╺]+ +26% 74.50 of 100.00 USD left *", line)
    assert text.count("resets in") == 6
    assert "…" not in text
    assert "gemini: does not report quota or credit" in text


def test_no_key_is_ever_printed(pointsman: Command, simulator: Simulator):
    env = simulator.environ()
    for arguments in (["usage"], ["usage", "--json"]):
        for provider in simulator.providers():
            simulator.script_probe(provider, "bad_key" if provider != "ollama" else "server_error")
        done = pointsman(*arguments, env=env)
        for name, value in env.items():
            assert name.endswith("_BASE_URL") or value not in done.stdout + done.stderr


def test_an_unknown_provider_is_wrong_usage(pointsman: Command):
    done = pointsman("usage", "kimmi")

    assert done.returncode == 2
    assert 'no enabled provider is named "kimmi"' in done.stderr
