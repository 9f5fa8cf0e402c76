"""Writes an imported registry, and the keys that were in the config."""

from __future__ import annotations

from pathlib import Path

from custom_providers.registry.problems import ConfigError, Problem
from pointsman.console.files import write_atomically
from pointsman.console.generated import keep_copy
from pointsman.console.refusal import RefusalError
from pointsman.importer.document import MOST_CHARACTERS
from pointsman.importer.registry_text import Imported, imported
from pointsman.sources import env_file
from pointsman.sources.sources import ENV_FILE, read_key_file


def write(source: Path, registry: Path, *, replace: bool) -> Imported:
    """Imports the LiteLLM config at ``source`` into ``registry`` and the ``.env`` next to it.

    Args:
        source: a LiteLLM config.
        registry: the registry to write.
        replace: whether an existing registry may be overwritten; a copy is kept.

    Raises:
        ConfigError: ``source`` is not a LiteLLM config that can be imported.
        RefusalError: ``registry`` exists and ``replace`` is false, or ``.env`` holds another value already.
        OSError: a file cannot be read or written.
        UnreadableKeyError: ``.env`` cannot be read.
    """

    def included(name: str) -> str:
        return _text(source.parent / name)

    try:
        content = _text(source)
    except UnicodeDecodeError:
        hint = "name a LiteLLM config, the file that `litellm --config` reads"
        raise ConfigError([Problem(file=str(source), line=None, where="", message="is not UTF-8", hint=hint)]) from None
    done = imported(content, str(source), included)
    if registry.exists() and not replace:
        raise RefusalError(f"{registry}: exists", "name another one with --registry, or add --replace: a copy is kept")
    env = registry.with_name(ENV_FILE)
    text = read_key_file(env) or ""
    for name, value in done.variables.items():
        text = _with(env, text, name, value)
    if registry.exists():
        keep_copy(registry)
    if done.variables:
        write_atomically(env, text, mode=0o600)
    write_atomically(registry, done.text)
    return done


def _text(file: Path) -> str:
    """The text of a file; of a longer one than ``document.read`` accepts, such as /dev/zero, only the beginning."""
    with file.open(encoding="utf-8-sig") as opened:
        return opened.read(MOST_CHARACTERS + 1)


def _with(env: Path, text: str, name: str, value: str) -> str:
    from custom_providers.keys.lookup import variables

    known = variables(text).get(name, "")
    if known and known != value:
        raise RefusalError(f"{env}: {name} has another value already", "move the line aside, then import again")
    return env_file.with_variable(text, name, value)
