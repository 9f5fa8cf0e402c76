"""OpenAI's API."""

from __future__ import annotations

from custom_providers.providers.profile import Profile

PROFILE = Profile(
    name="openai",
    wire_family="openai",
    litellm="openai",
    prefixes=("openai/",),
    # Not "gpt-*": gpt-oss belongs to whoever hosts it.
    responses_api=True,
    bare=("gpt-4*", "gpt-5*", "gpt-6*", "chatgpt-*", "o3*", "o4*", "text-embedding-3-*"),
    key_shapes=(r"^sk-(proj|svcacct|admin)-[\w-]+$", r"^sk-\w{20}T3BlbkFJ\w{20}$"),
    source="https://platform.openai.com/docs/api-reference",
)
