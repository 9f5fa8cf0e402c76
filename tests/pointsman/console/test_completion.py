"""Shell completion: names from the registry, and no output if it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pointsman.conftest import Command


def offered(pointsman: Command, words: str, **env: str) -> list[str]:
    """The completions of the last of ``words``, in fish's protocol."""
    last = "" if words.endswith(" ") else words.rsplit(maxsplit=1)[-1]
    done = pointsman(env={"_POINTSMAN_COMPLETE": "fish_complete", "COMP_WORDS": words, "COMP_CWORD": last, **env})
    assert done.stderr == ""
    # A kind, a comma, the word, then perhaps a tab and its help. No completions give an empty line.
    return [line.split(",", 1)[1].split("\t")[0] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pointsman route --provider op", ["openrouter", "opencode", "opencode_go", "openai"]),
        ("pointsman audit --provider ge", ["gemini"]),
        ("pointsman usage ki", ["kimi"]),
        ("pointsman keys set o", ["ollama_cloud", "openrouter", "opencode", "opencode_go", "openai"]),
        ("pointsman keys set OP", ["OPENAI_API_KEY", "OPENCODE_API_KEY", "OPENROUTER_API_KEY"]),
        ("pointsman route fa", ["fast"]),
        ("pointsman route moonshot/", ["moonshot/kimi-house-model", "moonshot/kimi-k2.6", "moonshot/kimi-k3"]),
        ("pointsman init --provider mo", ["moonshot"]),
    ],
)
def test_names_come_from_the_registry(pointsman: Command, words: str, expected: list[str]):
    assert offered(pointsman, words) == expected


def test_the_registry_may_be_named_before_in_the_line_or_in_the_environment(pointsman: Command, folder: Path):
    (folder / "providers.toml").rename(folder / "other.toml")

    assert offered(pointsman, "pointsman --registry other.toml route fa") == ["fast"]
    assert offered(pointsman, "pointsman route --registry other.toml fa") == ["fast"]
    assert offered(pointsman, "pointsman route fa", POINTSMAN_REGISTRY="other.toml") == ["fast"]


@pytest.mark.parametrize("content", ["", "not toml", "[[provider]]\nname = 7\n", None])
def test_a_registry_that_cannot_be_read_offers_nothing_and_says_nothing(
    pointsman: Command, folder: Path, content: str | None
):
    if content is None:
        (folder / "providers.toml").unlink()
    else:
        (folder / "providers.toml").write_text(content)

    assert offered(pointsman, "pointsman route fa") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_script(pointsman: Command, shell: str):
    done = pointsman(env={"_POINTSMAN_COMPLETE": f"{shell}_source"})

    assert done.returncode == 0
    assert "_POINTSMAN_COMPLETE" in done.stdout
