"""Real coding agents, set up by ``pointsman connect --write``, complete a turn through the proxy.

The tests look for them on PATH and in ``node_modules/.bin`` of the folder that POINTSMAN_TEST_CLIENTS names:

    npm install --prefix FOLDER @anthropic-ai/claude-code @openai/codex opencode-ai @moonshot-ai/kimi-code

Kimi Code CLI needs Node.js 22.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pointsman.simulator import Simulator
from tests.pointsman.conftest import Command
from tests.running import MASTER_KEY, Proxy, clean_environment

_SEARCHED = os.pathsep.join((os.environ.get("POINTSMAN_TEST_CLIENTS", "") + "/node_modules/.bin", os.environ["PATH"]))
_QUESTION = "Reply with exactly one word: PONG"
_SECONDS = 300
COMMANDS = {
    "claude-code": ("claude", "-p", _QUESTION),
    "codex": ("codex", "exec", "--skip-git-repo-check", _QUESTION),
    "opencode": ("opencode", "run", _QUESTION),
    "kimi-code": ("kimi", "-p", _QUESTION),
}


@pytest.mark.proxy
@pytest.mark.parametrize("model", ["openrouter/openai/gpt-oss-120b:free", "kimi/k3", "claude/claude-haiku-5-5"])
@pytest.mark.parametrize("client", COMMANDS)
def test_a_client_answers_through_the_proxy(
    pointsman: Command, proxy: Proxy, simulator: Simulator, tmp_path: Path, client: str, model: str
):
    """The client reads URL, model and key from the written settings, and the provider receives its request."""
    program, *arguments = COMMANDS[client]
    found = shutil.which(program, path=_SEARCHED)
    if found is None:
        pytest.skip(f"{program} is not installed: see the head of this module")
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    env = {
        **clean_environment(),
        "HOME": str(home),
        "LITELLM_MASTER_KEY": MASTER_KEY,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
    }
    written = pointsman("connect", client, "--write", "--url", proxy.url, "--model", model, env={"HOME": str(home)})
    assert written.returncode == 0, written.stderr

    done = subprocess.run(
        [found, *arguments], cwd=work, env=env, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip(), "the simulated provider repeats what it is asked; the client shows it"
    asked = [call for call in simulator.received if _QUESTION in str(call.body)]
    assert asked, "no provider got the question"
