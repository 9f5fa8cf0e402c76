"""LiteLLM's own alerts reach Slack and Discord without active markup."""

from __future__ import annotations

import asyncio

import pytest

from custom_providers.litellm_patches.chat_alerts import inert, with_inert_text


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


def test_the_sender_gets_the_text_inert_and_the_rest_as_it_was():
    sent: list[tuple[object, object, int]] = []

    async def send_to_webhook(slackAlertingInstance: object, item: object, count: int) -> None:  # noqa: N803 -- LiteLLM's
        sent.append((slackAlertingInstance, item, count))

    item = {"url": "http://chat.example", "payload": {"text": "failed for `<!channel>`"}}
    asyncio.run(with_inert_text(send_to_webhook)(slackAlertingInstance="a", item=item, count=2))

    shown = {"url": "http://chat.example", "payload": {"text": "failed for `\u2039!channel>`"}}
    assert sent == [("a", shown, 2)]
