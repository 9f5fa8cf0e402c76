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
    accounts = {known.setup.base_url: known.account for known in KNOWN.values() if known.setup and known.account}
    nearest = max(filter(base_url.startswith, accounts), key=len, default=None)
    return accounts[nearest] if nearest else by_model_list(profile)
