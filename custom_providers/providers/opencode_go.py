"""OpenCode Go, the subscription."""

from __future__ import annotations

from custom_providers.providers import opencode
from custom_providers.providers.account.account import Account, Replies, Status, Target, Verdict
from custom_providers.providers.account.judging import left, spent_window, until
from custom_providers.providers.profile import Profile, Setup


def _judge(target: Target, replies: Replies) -> Verdict:
    ((_, reply),) = replies.items()
    if opencode.NO_GO.fits(reply):
        return Verdict(status=Status.LIMITED, detail="a valid key for Zen, but the account has no Go subscription")
    verdict = opencode.judge(target, replies)
    windows = opencode.usage(reply.json) if verdict.status is Status.VERIFIED else ()
    if not windows:
        return verdict
    if spent := spent_window(windows):
        return Verdict(status=Status.EXHAUSTED, detail=f"Go's {spent.name} are used up{until(spent)}", windows=windows)
    return Verdict(status=Status.VERIFIED, detail=left(windows), windows=windows)


PROFILE = Profile(
    name="opencode_go",
    source="https://opencode.ai/docs/go, 2026-11-27",
    wire_family="openai",
    litellm="openai",
    prefixes=("opencode_go/",),
    keys=opencode.KEYS,
    setup=Setup(
        about="OpenCode Go, the subscription",
        base_url="https://opencode.ai/zen/go/v1",
        auth_env="OPENCODE_API_KEY",
        default_model="glm-5.3",
    ),
    public_models=True,
    # Which API serves which model: Go's model list, November 2026.
    apis=(
        ("claude-haiku-5-5", "anthropic"),
        ("minimax-m3", "anthropic"),
        ("qwen3.7-plus", "anthropic"),
        ("qwen3.8-flash", "anthropic"),
        ("qwen3.8-max", "anthropic"),
        ("qwen4-max", "anthropic"),
        ("gemini-4-argon", "gemini"),
        ("gpt-5.6-luna", "openai/responses"),
        ("gpt-6-luna", "openai/responses"),
        ("grok-4.7", "openai/responses"),
        ("muse-spark-*", "openai/responses"),
    ),
    # They have their own API (read on 2026-11-27).
    refuses=("jev-*",),
    session_header="x-opencode-session",
    own_user_agent=True,
    account=Account(asks=lambda target: opencode.asks(target, go=True), judge=_judge, nothing=opencode.NO_GO),
    refusals=opencode.REFUSALS,
    spent=opencode.SPENT,
    no_such_model=opencode.NO_SUCH_MODEL,
)
