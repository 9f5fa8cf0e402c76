from __future__ import annotations

import asyncio
import logging

import pytest

from custom_providers.observability.alerts import webhooks
from tests.observability.alerts.receiver import Receiver
from tests.running import free_port

SETTINGS = {"slack_webhook_env": "S", "discord_webhook_env": "D"}


@pytest.mark.parametrize(
    ("env", "found"),
    [
        ({"S": "https://hooks.slack.com/services/a", "D": ""}, ["https://hooks.slack.com/services/a"]),
        ({"D": "https://discord.com/api/webhooks/1/a"}, ["https://discord.com/api/webhooks/1/a/slack"]),
        ({"D": "https://discord.com/api/webhooks/1/a/slack/"}, ["https://discord.com/api/webhooks/1/a/slack"]),
        ({"D": "https://discord.com/w/1/a?thread_id=7"}, ["https://discord.com/w/1/a/slack?thread_id=7"]),
        ({"S": "https://s", "D": "https://d"}, ["https://s", "https://d/slack"]),
        ({"": "https://nobody", "S": " "}, []),
    ],
)
def test_which_webhooks_there_are(env: dict[str, str], found: list[str]):
    assert webhooks.urls(SETTINGS, env) == found


def test_an_alert_is_sent_again_when_the_chat_service_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(webhooks, "_PAUSES", (0.0, 0.0))
    with Receiver() as receiver:
        receiver.failing = [500, 429]
        asyncio.run(webhooks.send([f"{receiver.url}/a"], "incident"))
        assert receiver.texts("/a", "incident") == ["incident"]


def test_an_alert_that_cannot_be_delivered_is_in_the_log_without_the_webhook(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(webhooks, "_PAUSES", (0.0,))
    with Receiver() as receiver, caplog.at_level(logging.ERROR, "pointsman"):
        dead = f"http://127.0.0.1:{free_port()}/secret-path"
        asyncio.run(webhooks.send([dead, f"{receiver.url}/b"], "incident"))
        assert receiver.texts("/b", "incident") == ["incident"], "one that fails holds up no other"
    assert "alert not delivered to 127.0.0.1 (no connection): incident" in caplog.text
    assert "secret-path" not in caplog.text
