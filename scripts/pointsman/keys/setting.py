"""``pointsman keys set``: one key into the ``.env`` file, and what is to be said about it."""

from __future__ import annotations

from custom_providers.keys.redaction import last4
from pointsman.console import report
from pointsman.keys import entry, key_shapes
from pointsman.sources import env_file
from pointsman.sources.sources import Sources


def store(sources: Sources, variable: str, key: str) -> None:
    """Stores ``key`` and tells where it is, whose it looks like and what stands in its way.

    Raises:
        RefusalError: the ``.env`` file cannot hold it.
        OSError: the file cannot be written.
        UnreadableError: it cannot be read.
    """
    env_file.store(sources.env_path, variable, key)
    for provider in (provider for provider in sources.registry.providers if provider.auth_env == variable):
        base_url = sources.base_url(provider)
        if wrong := key_shapes.misplaced(provider, base_url, key, variable):
            report.say(f"warning: {wrong}")
            continue
        report.say(entry.saved(provider, base_url, key))
        if doubt := entry.doubt(provider, base_url, key):
            report.say(f"warning: {doubt}")
    report.say(
        f"{variable} (...{last4(key)}) is in {sources.env_path}; a running proxy takes it with `pointsman reload`"
    )
    if sources.env.get(variable, "").strip() and variable not in sources.filed:
        report.say(f"warning: {variable} is also set in the environment, which comes first")
    if sources.env_path.stat().st_mode & 0o077:
        report.say(f"warning: others can read {sources.env_path}: chmod 600 {sources.env_path}")
