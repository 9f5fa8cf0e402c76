"""The attackers' keys as virtual keys in LiteLLM's database, with the same names and grants."""

from __future__ import annotations

from litellm.proxy.utils import hash_token

from tests.database.asking import manage
from tests.database.environment import query
from tests.running import Proxy
from tests.security.keys import GRANTS


def create(proxy: Proxy, database_url: str) -> None:
    """Creates all keys as the admin UI does; a session's key gets the team that LiteLLM assigns at login."""
    for key, grants in GRANTS.items():
        owner = {}
        if role := grants.get("user_role"):
            user = manage(proxy, "/user/new", user_role=role, auto_create_key=False)
            owner = {"user_id": user["user_id"]}
        given = {name: grants[name] for name in ("models", "key_alias") if name in grants}
        manage(proxy, "/key/generate", key=key, **given, **owner)
        if team := grants.get("team_id"):
            changed = f"UPDATE \"LiteLLM_VerificationToken\" SET team_id = '{team}' WHERE token = '{hash_token(key)}'"
            query(database_url, changed)
