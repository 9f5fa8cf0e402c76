"""LiteLLM's own alerts reach Slack and Discord with nothing in them that a chat obeys."""

from __future__ import annotations

import asyncio

import pytest

from custom_providers.litellm_patches.chat_alerts import inert, with_inert_text
from tests.alerts.receiver import Receiver


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            "<!channel> <@U1> <https://evil.example|your bank>",
            "\u2039!channel> \u2039@U1> \u2039https://evil.example|your bank>",
        ),
        ("@everyone @HERE, me@example.com", "@\u200beveryone @\u200bHERE, me@example.com"),
        ("[your bank](https://evil.example)", "[your bank] (https://evil.example)"),
        ("Level: `High`\n*Budget* of a < b", "Level: `High`\n*Budget* of a \u2039 b"),
    ],
)
def test_a_chat_finds_neither_mention_nor_link(sent: str, shown: str):
    assert inert(sent) == shown


def test_every_alert_of_litellms_passes(monkeypatch: pytest.MonkeyPatch):
    from litellm.integrations.SlackAlerting import slack_alerting
    from litellm.types.integrations.slack_alerting import AlertType

    monkeypatch.setattr(slack_alerting, "send_to_webhook", with_inert_text(slack_alerting.send_to_webhook))

    async def alert(url: str) -> None:
        sender = slack_alerting.SlackAlerting(alerting=["slack"], default_webhook_url=url)
        sender.alert_types = [AlertType.llm_exceptions]
        await sender.send_alert(
            message="failed for model `<!channel>`",
            level="High",
            alert_type=AlertType.llm_exceptions,
            alerting_metadata={"user": "<@U1>"},
        )
        await sender.flush_queue()

    with Receiver() as receiver:
        asyncio.run(alert(receiver.url))

    assert len(receiver.delivered) == 1
    assert "channel" in receiver.delivered[0].text
    assert "<" not in receiver.delivered[0].text
