"""``pointsman keys`` and ``keys set``: a key from a prompt or stdin goes only into one line of .env."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.pointsman.conftest import Command
from tests.pointsman.terminal import terminal

KIMI = "sk-kimi-canary0kimi0canary0kimi0wxyz"
PLATFORM = "sk-canary0platform0canary0platform0abcd"
OPENROUTER = f"sk-or-v1-{'0123456789abcdef' * 4}"


def test_every_provider_is_listed_with_its_source_and_never_its_key(pointsman: Command, folder: Path):
    (folder / ".env").write_text(f"OPENROUTER_API_KEY={OPENROUTER}\n")
    (folder / "keys").mkdir()

    done = pointsman("keys", "--json", env={"KIMI_API_KEY": KIMI, "OPENAI_API_KEY": "sk-can ary"})
    rows = {row["provider"]: row for row in json.loads(done.stdout)["keys"]}

    assert done.returncode == 0
    assert rows["kimi"] == {
        "provider": "kimi",
        "variable": "KIMI_API_KEY",
        "source": "$KIMI_API_KEY",
        "last4": "wxyz",
        "status": "found",
        "detail": "",
    }
    assert (rows["keyless"]["source"], rows["keyless"]["last4"]) == (None, None)
    assert rows["openrouter"]["source"] == "$OPENROUTER_API_KEY in .env"
    assert (rows["openai"]["status"], rows["openai"]["detail"]) == ("unusable", "contains white space")
    assert (rows["ollama"]["status"], rows["retired"]["status"]) == ("not_needed", "off")
    assert (rows["keyless"]["status"], rows["keyless"]["detail"]) == ("missing", "$KEYLESS_API_KEY (not set)")
    assert KIMI not in done.stdout + done.stderr
    assert OPENROUTER not in done.stdout + done.stderr


def test_the_list_is_a_table_for_people(pointsman: Command):
    lines = pointsman("keys", env={"KIMI_API_KEY": KIMI}).stdout.splitlines()

    assert lines[0].split() == ["PROVIDER", "VARIABLE", "KEY", "FROM"]
    cells = [line.split() for line in lines]
    assert ["kimi", "KIMI_API_KEY", "...wxyz", "environment"] in cells
    assert ["openai", "OPENAI_API_KEY", "missing"] in cells


def test_where_a_missing_key_was_looked_for_is_shown_on_request(pointsman: Command):
    shown = pointsman("keys", "-v").stdout

    assert "$OPENAI_API_KEY (not set)" in shown
    assert "(not set)" not in pointsman("keys").stdout


def test_a_key_file_that_cannot_be_read_is_a_state(pointsman: Command, folder: Path):
    (folder / "keys" / "openrouter.env").mkdir(parents=True)

    rows = {row["provider"]: row for row in json.loads(pointsman("keys", "--json").stdout)["keys"]}

    assert rows["openrouter"]["status"] == "unreadable"
    assert rows["openrouter"]["detail"] == "keys/openrouter.env: is not a regular file"


@pytest.mark.parametrize("name", ["kimi", "KIMI_API_KEY"])
def test_a_key_from_stdin_is_stored_under_its_variable(pointsman: Command, folder: Path, name: str):
    done = pointsman("keys", "set", name, stdin=f"{KIMI}\n")

    assert done.returncode == 0
    assert "Kimi API key saved (Kimi Coding endpoint: https://api.kimi.com/coding/v1)" in done.stderr
    assert "KIMI_API_KEY (...wxyz) is in .env" in done.stderr
    assert (folder / ".env").read_text() == f"KIMI_API_KEY={KIMI}\n"
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert KIMI not in done.stdout + done.stderr


def test_only_one_line_changes_and_the_mode_stays(pointsman: Command, folder: Path):
    (folder / ".env").write_text("# ours\nKIMI_API_KEY=old # until May\n\nOTHER=1\n")
    (folder / ".env").chmod(0o640)

    done = pointsman("keys", "set", "kimi", stdin=KIMI)

    assert (folder / ".env").read_text() == f"# ours\nKIMI_API_KEY={KIMI} # until May\n\nOTHER=1\n"
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o640
    assert "warning: others can read .env: chmod 600 .env" in done.stderr


@pytest.mark.parametrize(
    ("before", "said"), [("sk-kimi-old-canary-abcd", ", replacing ...abcd;"), (KIMI, ";"), ("", ";")]
)
def test_a_key_that_is_replaced_is_named_by_its_last_four_characters(
    pointsman: Command, folder: Path, before: str, said: str
):
    (folder / ".env").write_text(f"KIMI_API_KEY={before}\n")

    done = pointsman("keys", "set", "kimi", stdin=KIMI)

    assert f"KIMI_API_KEY (...wxyz) is in .env{said}" in done.stderr
    assert "sk-kimi" not in done.stderr


def test_a_key_that_is_set_is_found(pointsman: Command):
    pointsman("keys", "set", "claude", stdin='"sk-ant-api03-canary"\r\n')

    rows = {row["provider"]: row for row in json.loads(pointsman("keys", "--json").stdout)["keys"]}

    assert (rows["claude"]["status"], rows["claude"]["source"]) == ("found", "$ANTHROPIC_API_KEY in .env")


@pytest.mark.parametrize(
    ("provider", "key", "why"),
    [
        ("kimi", PLATFORM, "the key is shaped sk-…, which is a key of the Moonshot platform, but api.kimi.com"),
        ("openai", OPENROUTER, "OPENAI_API_KEY holds an OpenRouter key"),
        ("openrouter", KIMI, "OPENROUTER_API_KEY holds a Kimi Code key"),
    ],
)
def test_another_vendors_key_is_refused_unless_forced(
    pointsman: Command, folder: Path, provider: str, key: str, why: str
):
    refused = pointsman("keys", "set", provider, stdin=key)

    assert refused.returncode == 1
    assert why in refused.stderr
    assert refused.stderr.count("_API_KEY") == 1  # the variable is named once
    assert "nothing was changed; --force stores it anyway" in refused.stderr
    assert not (folder / ".env").exists()

    forced = pointsman("keys", "set", provider, "--force", stdin=key)
    assert forced.returncode == 0
    assert f"warning: {why}" in forced.stderr
    assert "saved" not in forced.stderr
    assert key in (folder / ".env").read_text()
    assert key not in refused.stderr + forced.stderr


def test_with_base_url_auto_the_key_decides_the_endpoint(pointsman: Command, folder: Path):
    registry = (folder / "providers.toml").read_text()
    (folder / "providers.toml").write_text(registry.replace('"https://api.kimi.com/coding/v1"', '"auto"'))

    assert (
        "(Kimi Coding endpoint: https://api.kimi.com/coding/v1)" in pointsman("keys", "set", "kimi", stdin=KIMI).stderr
    )
    platform = pointsman("keys", "set", "kimi", stdin=PLATFORM)
    assert "(Moonshot platform endpoint: https://api.moonshot.ai/v1)" in platform.stderr


def test_a_variable_that_the_environment_sets_too_is_pointed_out(pointsman: Command):
    done = pointsman("keys", "set", "kimi", stdin=KIMI, env={"KIMI_API_KEY": "sk-kimi-other"})

    assert "warning: KIMI_API_KEY is also set in the environment, which comes first" in done.stderr
    assert "warning" not in pointsman("keys", "set", "kimi", stdin=KIMI, env={"KIMI_API_KEY": ""}).stderr


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "the key is empty"),
        (' "" \n', "the key is empty"),
        ("sk-kimi-can ary", "the key contains white space"),
        ("sk-kimi-canary\nsk-kimi-canary", "the key contains white space"),
        ("sk-kimi-can\u0430ry", "the key contains a non-ASCII character"),
        ("x" * 70_000, "is longer than any key"),
    ],
)
def test_what_is_no_key_is_refused_and_nothing_changes(pointsman: Command, folder: Path, key: str, said: str):
    (folder / ".env").write_text("KIMI_API_KEY=old\n")

    done = pointsman("keys", "set", "kimi", stdin=key)

    assert done.returncode == 1
    assert said in done.stderr
    assert "sk-kimi" not in done.stderr
    assert (folder / ".env").read_text() == "KIMI_API_KEY=old\n"


def test_an_unknown_name_is_wrong_usage_and_a_key_in_its_place_is_not_repeated(pointsman: Command):
    unknown = pointsman("keys", "set", "kimmi", stdin=KIMI)
    pasted = pointsman("keys", "set", KIMI, stdin=KIMI)

    assert (unknown.returncode, pasted.returncode) == (2, 2)
    assert '"kimmi" is neither a provider with a key' in unknown.stderr
    assert "(looks like a key) is neither a provider" in pasted.stderr
    assert KIMI not in pasted.stderr


def test_the_registry_may_be_named_anywhere(pointsman: Command, folder: Path):
    (folder / "sub").mkdir()
    (folder / "providers.toml").rename(folder / "sub" / "other.toml")

    for arguments in (
        ("keys", "set", "kimi", "--registry", "sub/other.toml"),
        ("keys", "--registry", "sub/other.toml", "set", "kimi"),
        ("--registry", "sub/other.toml", "keys", "set", "kimi"),
    ):
        assert pointsman(*arguments, stdin=KIMI).returncode == 0
    assert (folder / "sub" / ".env").read_text() == f"KIMI_API_KEY={KIMI}\n"
    assert pointsman("keys", "--registry", "sub/other.toml").returncode == 0


def test_at_a_terminal_the_key_is_asked_for_without_echo(folder: Path):
    with terminal(folder, "keys", "set", "kimi") as run:
        run.expect("KIMI_API_KEY: ")
        run.type(KIMI)

        assert run.end() == 0
        assert "Kimi API key saved (Kimi Coding endpoint" in run.seen
        assert KIMI not in run.seen
    assert (folder / ".env").read_text() == f"KIMI_API_KEY={KIMI}\n"


def test_ctrl_c_at_the_prompt_changes_nothing(folder: Path):
    with terminal(folder, "keys", "set", "kimi") as run:
        run.expect("KIMI_API_KEY: ")
        run.interrupt()

        assert run.end() == 3
        assert run.seen.endswith("\ninterrupted\n")
        assert "Traceback" not in run.seen
    assert not (folder / ".env").exists()


def test_a_folder_that_cannot_be_written_is_told_and_the_old_key_stays(pointsman: Command, folder: Path):
    (folder / ".env").write_text("KIMI_API_KEY=old\n")
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")

    done = pointsman("keys", "set", "kimi", stdin=KIMI)

    assert (done.returncode, done.stderr.splitlines()[0]) == (3, ".env: permission denied")
    assert (folder / ".env").read_text() == "KIMI_API_KEY=old\n"
