"""Moonshot's own client, kosong, works with the proxy."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.kimi.conftest import Gateway
from tests.patience import SECONDS
from tests.running import MASTER_KEY, REPOSITORY, clean_environment

pytestmark = pytest.mark.proxy

# kosong pins an openai release that LiteLLM does not accept, so it has a separate environment.
KOSONG_PYTHON = Path(os.environ.get("KOSONG_PYTHON", REPOSITORY / ".venv-kosong" / "bin" / "python"))
CLIENT = Path(__file__).with_name("kosong_client.py")


@pytest.mark.skipif(not KOSONG_PYTHON.exists(), reason=f"no kosong at {KOSONG_PYTHON}")
@pytest.mark.parametrize("model", ["fixed/k3", "honest/k3", "moonshot/kimi-k3", "moonshot/kimi-k2.6"])
def test_kosong_chats_thinks_and_calls_tools_through_the_proxy(gateway: Gateway, model: str):
    """With and without streaming and thinking; a tool turn with its reasoning, usage, a wrong key."""
    ended = subprocess.run(  # noqa: PLW1510 -- its status is the point
        [KOSONG_PYTHON, CLIENT, f"{gateway.proxy.url}/v1", MASTER_KEY, model],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=clean_environment(),
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
