"""Completion in the shell: names from the registry, and silence when there is none to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.switchyard.conftest import Command


def offered(switchyard: Command, words: str, **env: str) -> list[str]:
    """What Tab offers for the last of ``words``, as fish is told it."""
    last = "" if words.endswith(" ") else words.rsplit(maxsplit=1)[-1]
    done = switchyard(env={"_SWITCHYARD_COMPLETE": "fish_complete", "COMP_WORDS": words, "COMP_CWORD": last, **env})
    assert done.stderr == ""
    # A kind, a comma, the word; then perhaps a tab and its help. Nothing to offer is an empty line.
    return [line.split(",", 1)[1].split("\t")[0] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("switchyard route --provider op", ["openrouter", "opencode", "opencode_go", "openai"]),
        ("switchyard audit --provider ge", ["gemini"]),
        ("switchyard usage ki", ["kimi"]),
        ("switchyard keys set o", ["ollama_cloud", "openrouter", "opencode", "opencode_go", "openai"]),
        ("switchyard keys set OP", ["OPENAI_API_KEY", "OPENCODE_API_KEY", "OPENROUTER_API_KEY"]),
        ("switchyard route fa", ["fast"]),
        ("switchyard route moonshot/", ["moonshot/kimi-house-model", "moonshot/kimi-k2.6", "moonshot/kimi-k3"]),
        ("switchyard init --provider mo", ["moonshot"]),
    ],
)
def test_names_come_from_the_registry(switchyard: Command, words: str, expected: list[str]):
    assert offered(switchyard, words) == expected


def test_the_registry_may_be_named_before_in_the_line_or_in_the_environment(switchyard: Command, folder: Path):
    (folder / "providers.toml").rename(folder / "other.toml")

    assert offered(switchyard, "switchyard --registry other.toml route fa") == ["fast"]
    assert offered(switchyard, "switchyard route --registry other.toml fa") == ["fast"]
    assert offered(switchyard, "switchyard route fa", SWITCHYARD_REGISTRY="other.toml") == ["fast"]


@pytest.mark.parametrize("content", ["", "not toml", "[[provider]]\nname = 7\n", None])
def test_a_registry_that_cannot_be_read_offers_nothing_and_says_nothing(
    switchyard: Command, folder: Path, content: str | None
):
    if content is None:
        (folder / "providers.toml").unlink()
    else:
        (folder / "providers.toml").write_text(content)

    assert offered(switchyard, "switchyard route fa") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_script(switchyard: Command, shell: str):
    done = switchyard(env={"_SWITCHYARD_COMPLETE": f"{shell}_source"})

    assert done.returncode == 0
    assert "_SWITCHYARD_COMPLETE" in done.stdout
