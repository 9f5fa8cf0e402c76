"""``pointsman alerts test``: a message to every webhook, and the result of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.observability.alerts.receiver import Receiver
from tests.pointsman.conftest import Command
from tests.running import free_port

SLACK, DISCORD = "/services/T0/B0/slack-canary", "/api/webhooks/1/discord-canary"


@pytest.fixture
def alerting(folder: Path) -> Path:
    """A registry with both webhooks."""
    with (folder / "providers.toml").open("a") as registry:
        registry.write('\n[alerts]\nslack_webhook_env = "TEAM_SLACK"\ndiscord_webhook_env = "TEAM_DISCORD"\n')
    return folder


@pytest.mark.usefixtures("alerting")
def test_both_webhooks_get_a_message(pointsman: Command):
    with Receiver() as receiver:
        done = pointsman(
            "alerts", "test", env={"TEAM_SLACK": receiver.url + SLACK, "TEAM_DISCORD": receiver.url + DISCORD}
        )

    assert (done.returncode, done.stdout) == (0, "delivered  slack    $TEAM_SLACK\ndelivered  discord  $TEAM_DISCORD\n")
    assert [item.path for item in receiver.delivered] == [SLACK, f"{DISCORD}/slack"]
    assert "test message" in receiver.delivered[0].text


@pytest.mark.usefixtures("alerting")
def test_what_was_not_delivered_is_reported_without_the_url(pointsman: Command):
    with Receiver() as receiver:
        receiver.failing = [404]
        done = pointsman("alerts", "test", "--json", env={"TEAM_SLACK": receiver.url + SLACK})

    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "ok": False,
        "webhooks": [
            {"service": "slack", "variable": "TEAM_SLACK", "status": "failed", "detail": "$TEAM_SLACK: HTTP 404"},
            {
                "service": "discord",
                "variable": "TEAM_DISCORD",
                "status": "failed",
                "detail": "$TEAM_DISCORD is not set",
            },
        ],
    }
    gone = pointsman("alerts", "test", env={"TEAM_SLACK": f"http://127.0.0.1:{free_port()}{SLACK}"})
    assert "$TEAM_SLACK: no connection" in gone.stdout
    unfit = pointsman("alerts", "test", env={"TEAM_SLACK": f"hooks.example{SLACK}", "TEAM_DISCORD": "http://[canary"})
    assert "$TEAM_SLACK: is not a valid URL" in unfit.stdout
    assert "failed  discord  $TEAM_DISCORD: " in unfit.stdout
    assert "canary" not in unfit.stdout + unfit.stderr
    assert "canary" not in done.stdout + done.stderr + gone.stdout + gone.stderr


def test_without_webhooks_it_says_how_to_add_one(pointsman: Command):
    done = pointsman("alerts", "test")

    assert done.returncode == 1
    assert 'add slack_webhook_env = "SLACK_WEBHOOK_URL" to [alerts]' in done.stderr


@pytest.mark.usefixtures("alerting")
@pytest.mark.parametrize("command", ["check", "doctor"])
def test_a_webhook_whose_variable_is_missing_is_a_warning(pointsman: Command, command: str):
    pointsman("render")
    done = pointsman(command, env={"TEAM_SLACK": "https://hooks.slack.example/canary"})

    assert "alerts.discord_webhook_env: $TEAM_DISCORD is not set" in done.stdout + done.stderr
    assert "TEAM_SLACK" not in done.stdout + done.stderr
