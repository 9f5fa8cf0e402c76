"""The requests that prove a key, for each known provider."""

from __future__ import annotations

from custom_providers.providers.account.account import Account
from custom_providers.providers.account.kimi_account import KIMI_ACCOUNT
from custom_providers.providers.known import KNOWN
from custom_providers.providers.profile import Profile
from custom_providers.providers.wire.key_proofs import by_model_list


def account_of(profile: Profile, base_url: str) -> Account:
    """The requests that prove a key at ``base_url``; for a known provider's host, that provider's."""
    if profile.wire_family == "kimi":
        return KIMI_ACCOUNT
    if profile.account:
        return profile.account
    there = [
        profile
        for profile in KNOWN.values()
        if profile.account and profile.setup and base_url.startswith(profile.setup.base_url)
    ]
    nearest = max(there, key=lambda profile: len(profile.setup.base_url if profile.setup else ""), default=None)
    return nearest.account if nearest and nearest.account else by_model_list(profile)
