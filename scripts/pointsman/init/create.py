"""``pointsman init``: creates a registry and a ``.env`` file, both or neither."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from custom_providers.kimi.account.identity import risk_variable
from custom_providers.registry import loading
from custom_providers.registry.problems import ConfigError, Problem
from pointsman.console import report
from pointsman.console.refusal import RefusalError
from pointsman.init import interview, registry_text
from pointsman.init.interview import Answers, InitOptions
from pointsman.keys import entry, master_key
from pointsman.sources import env_file, registration, sources
from pointsman.sources.sources import ENV_FILE, Sources

_ENV_HEAD = """\
# The keys of this machine: for its owner only (mode 0600), never committed.
# `pointsman keys set NAME` changes a line; variables of the environment come before these.
"""


def run(path: Path, options: InitOptions, env: Mapping[str, str]) -> bool:
    """Writes the registry to ``path`` and the keys next to it, and reports the result.

    Returns:
        Whether to verify the keys now.

    Raises:
        ConfigError: one of the files exists, or an answer is not valid.
        RefusalError: nothing can be written there.
        OSError: writing failed; nothing is left behind.
    """
    env_path = path.with_name(ENV_FILE)
    _require_room(path, env_path)
    answers = interview.answers(options, env)
    text = registry_text.registry_text(answers.providers, answers.kimi)
    gateway = loading.parse(text.encode(), path.name).gateway
    secrets = {gateway.master_key_env: master_key.new(), **answers.keys, **_acceptance(answers)}
    env_file.create(env_path, _ENV_HEAD + env_file.assignments(secrets), mode=0o600)
    try:
        env_file.create(path, text, mode=0o644)
    except BaseException:
        env_path.unlink()
        raise
    report.say(f"{path}: written\n{env_path}: written, for you only: {', '.join(secrets)}")
    _report(sources.load(path, env), answers)
    return answers.verify


def _acceptance(answers: Answers) -> dict[str, str]:
    """The variable that accepts the Kimi risk; stored with the keys, because this machine's operator decides."""
    return {risk_variable("kimi"): answers.kimi.accepted} if answers.kimi.accepted else {}


def _require_room(path: Path, env_path: Path) -> None:
    """Raises if the files cannot be created; called before the first question."""
    hints = {
        path: "edit it, or name another one with --registry",
        env_path: "move it aside, or write the registry by hand; the keys in it stay in use",
    }
    taken = [
        Problem(file=str(file), line=None, where="", message="already exists; init never overwrites a file", hint=hint)
        for file, hint in hints.items()
        if os.path.lexists(file)
    ]
    if taken:
        raise ConfigError(taken)
    if not path.parent.is_dir():
        raise RefusalError(f"{path.parent}: no such folder", f"mkdir -p {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise RefusalError(f"{path.parent.resolve()}: permission denied", "choose a folder of yours, with --registry")


def _report(written: Sources, answers: Answers) -> None:
    found = registration.registrations(written)
    for item in found:
        provider = item.provider
        if provider.auth_env in answers.keys:
            report.say(entry.saved(provider, item.base_url, answers.keys[provider.auth_env]))
        elif not item.registered:
            report.say(f"{provider.name}: no key yet: pointsman keys set {provider.name}")
    for line in registration.identities(found):
        report.say(line)
    report.say("next: pointsman render, pointsman check --live, pointsman serve")
