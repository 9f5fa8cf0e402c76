"""``pointsman keys set``: stores a key in the ``.env`` file, and reports what may keep it from working."""

from __future__ import annotations

from custom_providers.keys.redaction import last4
from pointsman.console import report
from pointsman.keys import entry, key_shapes
from pointsman.sources import env_file
from pointsman.sources.sources import Sources


def store(sources: Sources, variable: str, key: str, *, force: bool) -> None:
    """Writes ``variable=key`` to the ``.env`` next to the registry, and reports what may keep the key from working.

    Raises:
        ConfigError: it is another vendor's key, and ``force`` is false.
        RefusalError: the ``.env`` file cannot hold it.
        OSError: the file cannot be written.
        UnreadableKeyError: it cannot be read.
    """
    providers = [provider for provider in sources.registry.providers if provider.auth_env == variable]
    wrongs = [key_shapes.misplaced(provider, sources.base_url(provider), key, variable) for provider in providers]
    if not force and (wrong := next(filter(None, wrongs), None)):
        raise entry.refused(variable, wrong, "nothing was changed; --force stores it anyway")
    before = env_file.store(sources.env_path, variable, key)
    for provider, wrong in zip(providers, wrongs, strict=True):
        base_url = sources.base_url(provider)
        if wrong:
            report.say(f"warning: {wrong}")
            continue
        report.say(entry.saved(provider, base_url, key))
        if doubt := entry.doubt(provider, base_url, key):
            report.say(f"warning: {doubt}")
    replaced = f", replacing ...{last4(before)}" if before not in {"", key} else ""
    report.say(f"{variable} (...{last4(key)}) is in {sources.env_path}{replaced}; `pointsman reload` applies it")
    if sources.env.get(variable, "").strip() and variable not in sources.filed:
        report.say(f"warning: {variable} is also set in the environment, which comes first")
    if sources.env_path.stat().st_mode & 0o077:
        report.say(f"warning: others can read {sources.env_path}: chmod 600 {sources.env_path}")
