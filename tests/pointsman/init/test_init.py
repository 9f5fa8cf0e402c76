"""``pointsman init`` turns answers or options into a working registry, and keys that only their owner can read."""

from __future__ import annotations

import itertools
import os
import re
import stat
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from custom_providers.keys.lookup import variables
from custom_providers.registry import loading
from custom_providers.registry.model import Provider
from pointsman.config import render
from pointsman.init.registry_text import STARTERS, KimiChoice, registry_text
from pointsman.simulator import Simulator
from tests.patience import SECONDS
from tests.pointsman.terminal import terminal
from tests.running import BIN, REPOSITORY, clean_environment

KIMI = "sk-kimi-canary0kimi0canary0kimi0wxyz"
PLATFORM = "sk-canary0platform0canary0platform0abcd"
OPENROUTER = f"sk-or-v1-{'0123456789abcdef' * 4}"

Init = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def init(tmp_path: Path) -> Init:
    """Runs ``pointsman init`` in an empty folder, without a terminal."""

    def run(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "pointsman"), "init", *arguments],
            cwd=tmp_path, env={**clean_environment(), **(env or {})},
            input=stdin, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    return run


def _kimi(folder: Path) -> Provider:
    return loading.load(folder / "providers.toml").provider("kimi")


def test_options_and_stdin_answer_everything(init: Init, tmp_path: Path):
    stdin = f"kimi={KIMI}\nOPENROUTER_API_KEY={OPENROUTER}\n"

    done = init("--provider", "kimi", "--provider", "ollama", "--provider", "openrouter", "--key-stdin", stdin=stdin)

    assert done.returncode == 0
    assert "Kimi API key saved (Kimi Coding endpoint: https://api.kimi.com/coding/v1)" in done.stderr
    assert "openrouter API key saved (endpoint: https://openrouter.ai/api/v1)" in done.stderr
    assert "over the Anthropic protocol (its own name)" in done.stderr
    written = loading.load(tmp_path / "providers.toml")
    assert [provider.name for provider in written.providers] == ["ollama", "openrouter", "kimi"]
    assert _kimi(tmp_path).user_agent == ""
    env = (tmp_path / ".env").read_text()
    assert re.search(r"^LITELLM_MASTER_KEY=sk-[\w-]{43}$", env, re.MULTILINE)
    assert f"\nKIMI_API_KEY={KIMI}\n" in env
    assert f"\nOPENROUTER_API_KEY={OPENROUTER}\n" in env
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_no_key_is_anywhere_but_in_the_env_file(init: Init, tmp_path: Path):
    done = init("--provider", "kimi", "--key-stdin", stdin=KIMI)

    master = re.findall(r"sk-[\w-]{43}", (tmp_path / ".env").read_text())[0]
    shown = done.stdout + done.stderr + (tmp_path / "providers.toml").read_text()
    assert KIMI in (tmp_path / ".env").read_text()
    assert KIMI not in shown
    assert master not in shown
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "providers.toml"]


def test_what_is_written_renders_and_is_listed(init: Init, tmp_path: Path):
    init("--provider", "kimi", "--key-stdin", stdin=KIMI)

    for arguments in (["render"], ["render", "--check"], ["keys"]):
        done = subprocess.run(
            [str(BIN / "pointsman"), *arguments], cwd=tmp_path, env=clean_environment(), check=False,
            capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert KIMI not in (tmp_path / "litellm_config.yaml").read_text()


@pytest.mark.parametrize("count", [1, 2, len(STARTERS)])
def test_every_choice_of_providers_is_a_registry_that_renders(count: int):
    choices = (KimiChoice(), KimiChoice(user_agent="caller"), KimiChoice(user_agent="x/1", accepted='"J"\\, \x7f1'))
    for names in itertools.combinations(STARTERS, count):
        for choice in choices:
            parsed = loading.parse(registry_text(names, choice).encode(), "providers.toml")

            assert [provider.name for provider in parsed.providers] == list(names)
            assert parsed.gateway.default_provider == ("ollama" if "ollama" in names else names[0])
            render.config(parsed)


def test_the_rows_are_those_of_the_registry_in_the_repository():
    rows = {row["name"]: row for row in tomllib.loads((REPOSITORY / "providers.toml").read_text())["provider"]}

    for name, starter in STARTERS.items():
        row = rows[name]
        assert starter.default_model == row["default_model"]
        assert (starter.auth, starter.auth_env) == (row["auth"], row.get("auth_env", ""))
        assert starter.base_url in (row["base_url"], "auto")
    assert set(STARTERS) == set(rows)


@pytest.mark.parametrize("present", ["providers.toml", ".env"])
def test_nothing_is_overwritten(init: Init, tmp_path: Path, present: str):
    (tmp_path / present).write_text("mine\n")

    done = init("--provider", "ollama")

    assert done.returncode == 1
    assert f"{present}: already exists; init never overwrites a file" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [present]
    assert (tmp_path / present).read_text() == "mine\n"


def test_a_dangling_link_is_not_written_through(init: Init, tmp_path: Path):
    (tmp_path / ".env").symlink_to("elsewhere")

    assert init("--provider", "ollama").returncode == 1
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "there is no terminal to ask on: name each provider with --provider"),
        (("--provider", "kimmi"), '"kimmi" is not one of'),
        (("--provider", KIMI), "(looks like a key) is not one of"),
        (("--provider", "ollama", "--kimi-identity", "caller"), "go with --provider kimi"),
        (("--provider", "kimi", "--kimi-identity", "x/1", "--accept-risk", "me"), "give a name and a date: name, date"),
        (("--provider", "kimi", "--accept-risk", "J, 2026-11-21"), "another product's name"),
        (("--provider", "kimi", "--kimi-identity", "a\nb"), "it must be honest, caller, or a User-Agent"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_wrong_usage_at_once(
    init: Init, tmp_path: Path, arguments: tuple[str, ...], said: str
):
    done = init(*arguments)

    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert KIMI not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "the key is empty"),
        ("sk-kimi-can ary-canary", "the key contains white space"),
        ("NOBODY=x\nKIMI_API_KEY=y\n", "stdin: holds 1 name that init does not ask for"),
        (f"KIMI_API_KEY={OPENROUTER}", "KIMI_API_KEY holds an OpenRouter key"),
    ],
)
def test_what_is_no_key_of_the_provider_is_refused_and_nothing_is_written(
    init: Init, tmp_path: Path, stdin: str, said: str
):
    done = init("--provider", "kimi", "--key-stdin", stdin=stdin)

    assert done.returncode == 1
    assert said in done.stderr
    assert OPENROUTER not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_key_of_the_other_kimi_system_is_told_by_name(init: Init):
    done = init("--provider", "moonshot", "--key-stdin", stdin=KIMI)

    assert done.returncode == 1
    assert "which is a key of Kimi Code, but api.moonshot.ai belongs to the Moonshot platform" in done.stderr


def test_a_platform_key_for_kimi_goes_to_the_platform_with_one_of_its_models(init: Init, tmp_path: Path):
    done = init("--provider", "kimi", "--key-stdin", stdin=PLATFORM)

    assert "Kimi API key saved (Moonshot platform endpoint: https://api.moonshot.ai/v1)" in done.stderr
    assert (_kimi(tmp_path).base_url, _kimi(tmp_path).default_model) == ("auto", "kimi-k3.1-pro")


def test_one_key_serves_both_products_of_opencode(init: Init, tmp_path: Path):
    done = init(
        "--provider", "opencode", "--provider", "opencode_go", "--key-stdin", stdin=f"opencode_go=sk-{'a1' * 32}\n"
    )

    assert done.returncode == 0
    assert (tmp_path / ".env").read_text().count("OPENCODE_API_KEY=") == 1
    assert done.stderr.count("API key saved") == 2


def test_a_provider_without_a_key_is_written_and_told(init: Init):
    done = init("--provider", "claude")

    assert done.returncode == 0
    assert "claude: no key yet: pointsman keys set claude" in done.stderr


def test_of_kimi_without_a_key_no_protocol_is_told_yet(init: Init):
    done = init("--provider", "kimi")

    assert "kimi: no key yet: pointsman keys set kimi" in done.stderr
    assert "identity" not in done.stderr


@pytest.mark.parametrize(
    ("options", "agent", "accepted", "said"),
    [
        (("honest",), "", "", "(its own name)"),
        (("caller",), "caller", "", "sends the calling agent's own User-Agent"),
        (
            ("claude-code/1.0.0", "--accept-risk", "J, 2026-11-21"),
            "claude-code/1.0.0",
            "J, 2026-11-21",
            'sends User-Agent "claude-code/1.0.0" over the OpenAI protocol, another product\'s name: risk',
        ),
        (
            ("claude-code/1.0.0",),
            "claude-code/1.0.0",
            "",
            'KIMI_USER_AGENT_RISK_ACCEPTED="name, date" would send "claude-code/1.0.0" and accept the risk',
        ),
    ],
)
def test_the_identity_is_chosen_and_told(
    init: Init, tmp_path: Path, options: tuple[str, ...], agent: str, accepted: str, said: str
):
    done = init("--provider", "kimi", "--key-stdin", "--kimi-identity", *options, stdin=KIMI)

    assert done.returncode == 0
    assert (_kimi(tmp_path).user_agent, _kimi(tmp_path).user_agent_risk_accepted) == (agent, "")
    written = variables((tmp_path / ".env").read_text())
    assert written.get("KIMI_USER_AGENT_RISK_ACCEPTED", "") == accepted
    assert said in done.stderr


def test_the_registry_may_be_elsewhere_and_its_folder_must_be_there(init: Init, tmp_path: Path):
    missing = init("--provider", "ollama", "--registry", "new/providers.toml")
    (tmp_path / "new").mkdir()

    assert (missing.returncode, missing.stderr) == (3, "new: no such folder\n    hint: mkdir -p new\n")
    assert init("--provider", "ollama", "--registry", "new/providers.toml").returncode == 0
    assert (tmp_path / "new" / ".env").exists()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(init: Init, tmp_path: Path):
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")

    done = init("--provider", "ollama")

    assert done.returncode == 3
    assert "permission denied" in done.stderr


def test_at_a_terminal_everything_is_asked_and_no_key_is_shown(tmp_path: Path):
    with terminal(tmp_path, "init", env={"OPENROUTER_API_KEY": OPENROUTER}) as run:
        run.expect("Names, with spaces between [ollama]: ")
        run.type("kimmi")
        run.expect('not among them: "kimmi"')
        run.expect("Names, with spaces between [ollama]: ")
        run.type("ollama, openrouter kimi claude")
        run.expect("OPENROUTER_API_KEY (...cdef) is in the environment already")
        run.expect("KIMI_API_KEY (kimi; it is not shown; Enter: later): ")
        run.type(f"{KIMI} {KIMI}")
        run.expect("the key contains white space")
        run.expect("Enter: later): ")
        run.type(KIMI)
        run.expect("ANTHROPIC_API_KEY (claude; ")
        run.expect("Enter: later): ")
        run.type("")
        run.expect("Which name should Kimi see?")
        run.expect("Name [honest]: ")
        run.type("claude-code/1.0.0")
        run.expect("Who accepts that risk (name, date; Enter: not accepted): ")
        run.type("me")
        run.expect("Who accepts that risk (name, date; Enter: not accepted): ")
        run.type("J, 2026-11-21")
        run.expect("Ask the providers about these keys now? [y/N]: ")
        run.type("")

        assert run.end() == 0
        assert "Kimi API key saved (Kimi Coding endpoint: https://api.kimi.com/coding/v1)" in run.seen
        assert "claude: no key yet: pointsman keys set claude" in run.seen
        assert KIMI not in run.seen
        assert OPENROUTER not in run.seen
    accepted = variables((tmp_path / ".env").read_text())["KIMI_USER_AGENT_RISK_ACCEPTED"]
    assert accepted == "J, 2026-11-21"
    assert OPENROUTER not in (tmp_path / ".env").read_text()


def test_the_honest_identity_is_what_enter_means(tmp_path: Path):
    with terminal(tmp_path, "init", "--provider", "kimi") as run:
        run.expect("Enter: later): ")
        run.type("")
        run.expect("Name [honest]: ")
        run.type("")

        assert run.end() == 0
    assert _kimi(tmp_path).user_agent == ""


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path):
    with terminal(tmp_path, "init", "--provider", "kimi") as run:
        run.expect("Enter: later): ")
        run.type(KIMI)
        run.expect("Name [honest]: ")
        run.interrupt()

        assert run.end() == 3
        assert "Traceback" not in run.seen
    assert not list(tmp_path.iterdir())


def test_keys_are_not_read_from_a_terminal_that_would_show_them(tmp_path: Path):
    with terminal(tmp_path, "init", "--provider", "kimi", "--key-stdin") as run:
        assert run.end() == 2
        assert "stdin is a terminal, which would show the keys" in run.seen


def test_keys_are_verified_on_request(init: Init, tmp_path: Path, simulator: Simulator):
    simulated = simulator.environ()
    env = {name: value for name, value in simulated.items() if name != "KIMI_API_KEY"}

    done = init("--provider", "kimi", "--key-stdin", "--verify", env=env, stdin=simulated["KIMI_API_KEY"])

    assert done.returncode == 0
    assert re.search(r"^verified +kimi ", done.stdout, re.MULTILINE)


def test_a_key_that_its_provider_refuses_is_told_and_the_files_stay(init: Init, tmp_path: Path, simulator: Simulator):
    done = init(
        "--provider", "kimi", "--key-stdin", "--verify", env={**simulator.environ(), "KIMI_API_KEY": ""}, stdin=KIMI
    )

    assert done.returncode == 1
    assert re.search(r"^rejected +kimi ", done.stdout, re.MULTILINE)
    assert KIMI not in done.stdout + done.stderr
    assert (tmp_path / "providers.toml").exists()
