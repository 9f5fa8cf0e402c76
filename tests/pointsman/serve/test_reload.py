"""``pointsman reload``: the running proxy takes up what has changed, or stays as it is; no request is lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pointsman.simulator import Simulator
from tests.conftest import REGISTRY
from tests.patience import SECONDS, eventually
from tests.running import BIN, MASTER_KEY, Proxy, clean_environment, free_port, running

pytestmark = pytest.mark.proxy

REQUESTS = 2000
CLIENTS = 16
RELOADS = 5
STREAMS = 4
WORDS = 60
"""Of a long stream, one every half second: longer than a reload takes, and than the next."""

BAD_REDIS = """
[gateway]
redis_url_env = "BAD_REDIS_URL"
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    """``pointsman serve`` in a folder of its own, and what can be done to it."""

    proxy: Proxy
    folder: Path

    @property
    def registry(self) -> Path:
        """The file that ``reload`` reads."""
        return self.folder / "providers.toml"

    @property
    def config(self) -> Path:
        """The file that ``reload`` writes."""
        return self.folder / "litellm_config.yaml"

    @contextlib.contextmanager
    def reloading(self, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """The command, at the moment when the new LiteLLM starts."""
        with subprocess.Popen(
            [str(BIN / "pointsman"), "reload"],
            cwd=self.folder, env={**clean_environment(), **(env or {})}, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stderr
            assert any(line.startswith("starting LiteLLM") for line in iter(process.stderr.readline, ""))
            yield process
            process.communicate(timeout=SECONDS)

    def reload(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """The command, from another terminal that has no keys."""
        return subprocess.run(
            [str(BIN / "pointsman"), "reload", *arguments],
            cwd=self.folder, env={**clean_environment(), **(env or {})},
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    def alias(self, name: str, goal: str) -> None:
        """Adds an alias to the registry."""
        text = self.registry.read_text()
        self.registry.write_text(text.replace("[aliases]\n", f'[aliases]\n{name} = "{goal}"\n'))

    def status(self, model: str) -> int:
        """How a request for ``model`` is answered over a new connection."""
        with self.proxy.client() as client:
            return client.post("/v1/chat/completions", json=_asking(model, "hello")).status_code

    def processes(self) -> list[int]:
        """LiteLLM's."""
        listed = Path(f"/proc/{self.proxy.process.pid}/task/{self.proxy.process.pid}/children").read_text()
        return [int(child) for child in listed.split()]


@contextlib.contextmanager
def _served(folder: Path, upstreams: Simulator, *arguments: str) -> Iterator[Served]:
    (folder / "providers.toml").write_text(REGISTRY.read_text())
    port = free_port()
    command = [str(BIN / "pointsman"), "serve", "--port", str(port), *arguments]
    env = {**clean_environment(), **upstreams.environ(), "LITELLM_MASTER_KEY": MASTER_KEY}
    with running(command, env, f"http://127.0.0.1:{port}", folder / "serve.log", cwd=folder) as proxy:
        yield Served(proxy=proxy, folder=folder)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, upstreams: Simulator) -> Iterator[Served]:
    with _served(tmp_path_factory.mktemp("reloaded"), upstreams) as served:
        yield served


@pytest.fixture
def served(started: Served, simulator: Simulator) -> Iterator[Served]:
    """The running proxy, nothing of an earlier test going on in it; the next one finds the registry as it was."""
    eventually(lambda: len(started.processes()) == 1)
    before = started.registry.read_text()
    yield started
    started.registry.write_text(before)


def _asking(model: str, text: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}


def _calls(url: str, number: Callable[[], int | None]) -> list[str]:
    """One client that goes on asking, over connections that it keeps; returns what went wrong."""
    failures = []
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {MASTER_KEY}"}, timeout=SECONDS) as client:
        while (mine := number()) is not None:
            body = _asking(("local", "kimi/kimi-for-coding")[mine % 2], f"call {mine}", stream=mine % 3 == 0)
            try:
                answer = client.post("/v1/chat/completions", json=body)
            except httpx.TransportError as error:
                failures.append(f"{mine}: {error!r}")
                continue
            if answer.status_code != 200 or f"{mine}" not in answer.text:
                failures.append(f"{mine}: {answer.status_code} {answer.text}")
    return failures


def _stream(url: str, text: str) -> str:
    """What a long stream says, whole."""
    said = []
    with (
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {MASTER_KEY}"}, timeout=SECONDS) as client,
        client.stream("POST", "/v1/chat/completions", json=_asking("fast", text, stream=True)) as answer,
    ):
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                said += [choice["delta"].get("content") or "" for choice in json.loads(line[6:])["choices"]]
    return "".join(said)


def _numbers() -> Callable[[], int | None]:
    lock, numbers = threading.Lock(), iter(range(REQUESTS))

    def following() -> int | None:
        with lock:
            return next(numbers, None)

    return following


def test_no_request_fails_and_no_stream_breaks_over_five_reloads(served: Served, simulator: Simulator):
    simulator.script("openai", *["slow_chunks"] * STREAMS)
    words = " ".join(f"word{number}" for number in range(WORDS))
    left = threading.Semaphore(0)
    numbers = _numbers()

    def counted() -> int | None:
        left.release()
        return numbers()

    with ThreadPoolExecutor(CLIENTS + STREAMS) as threads:
        streams = [threads.submit(_stream, served.proxy.url, words) for _ in range(STREAMS)]
        clients = [threads.submit(_calls, served.proxy.url, counted) for _ in range(CLIENTS)]
        for number in range(RELOADS):
            for _ in range(REQUESTS // (RELOADS + 1)):
                assert left.acquire(timeout=SECONDS)
            served.alias(f"round{number}", "kimi/kimi-for-coding")
            done = served.reload()
            assert done.returncode == 0, done.stderr
            assert served.status(f"round{number}") == 200
        failures = [failure for client in clients for failure in client.result()]

    assert failures == []
    assert [stream.result() for stream in streams] == [words] * STREAMS


def test_a_stream_goes_on_in_the_process_that_began_it_and_that_ends_with_it(served: Served, simulator: Simulator):
    simulator.script("openai", "slow_chunks")
    (old,) = served.processes()
    endless = _asking("fast", "word " * 10_000, stream=True)

    with (
        served.proxy.client() as client,
        client.stream("POST", "/v1/chat/completions", json=endless) as answer,
    ):
        chunks = (line for line in answer.iter_lines() if "word" in line)
        next(chunks)
        assert served.reload().returncode == 0
        for _ in range(20):
            next(chunks)
        assert old in served.processes()

    eventually(lambda: old not in served.processes())
    assert len(served.processes()) == 1


def test_a_registry_with_a_mistake_changes_nothing(served: Served):
    before, processes = served.config.read_text(), served.processes()
    served.alias("broken", "nowhere/model")

    done = served.reload()

    assert done.returncode == 1
    assert "providers.toml" in done.stderr
    assert "aliases.broken" in done.stderr
    assert served.config.read_text() == before
    assert served.processes() == processes
    assert served.status("local") == 200


def test_a_setting_with_a_mistake_changes_nothing(served: Served):
    before, processes = served.config.read_text(), served.processes()
    served.alias("new", "kimi/kimi-for-coding")

    done = served.reload(env={"KIMI_BASE_URL": "http://[bad"})

    assert done.returncode == 1
    assert "KIMI_BASE_URL is not a valid URL" in done.stderr
    assert served.config.read_text() == before
    assert served.processes() == processes


def test_a_config_that_litellm_cannot_start_with_changes_nothing(served: Served):
    """What is wrong with the URL, only LiteLLM finds out."""
    before, processes = served.config.read_text(), served.processes()
    served.registry.write_text(served.registry.read_text() + BAD_REDIS)

    done = served.reload(env={"BAD_REDIS_URL": "mysql://canary-user:canary-password@127.0.0.1:1/none"})

    assert done.returncode == 3
    assert "LiteLLM did not come up; the one before goes on" in done.stderr
    assert "hint: see what it said about it in the log of `serve`" in done.stderr
    assert "canary" not in done.stdout + done.stderr + served.proxy.log()
    assert served.config.read_text() == before
    eventually(lambda: served.processes() == processes)
    assert served.status("local") == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_reload_that_is_interrupted_changes_nothing(served: Served, number: signal.Signals):
    before, processes = served.config.read_text(), served.processes()
    served.alias("new", "kimi/kimi-for-coding")

    with served.reloading() as reload:
        eventually(lambda: len(served.processes()) == len(processes) + 1)
        reload.send_signal(number)

    assert reload.returncode == 1
    eventually(lambda: served.processes() == processes)
    assert served.config.read_text() == before
    assert served.status("local") == 200


def test_a_reload_that_fails_leaves_no_config_where_there_was_none(served: Served):
    before = served.config.read_text()
    served.config.unlink()
    served.registry.write_text(served.registry.read_text() + BAD_REDIS)

    assert served.reload().returncode == 1

    assert not served.config.exists()
    served.config.write_text(before)


def test_a_reload_waits_for_the_one_that_runs(served: Served):
    """The first fails, and what it puts back is not put over the second's."""
    good = served.registry.read_text()
    served.registry.write_text(good + BAD_REDIS)

    with served.reloading(env={"BAD_REDIS_URL": "mysql://127.0.0.1:1/none"}) as first:
        served.registry.write_text(good)
        served.alias("second", "kimi/kimi-for-coding")
        second = served.reload()

    assert first.returncode == 3
    assert second.returncode == 0
    assert "waiting for the `reload` that runs" in second.stderr
    assert "second: kimi/kimi-for-coding" in served.config.read_text()
    assert served.status("second") == 200


def test_a_new_key_is_taken_up_from_the_env_file_and_once_from_the_environment(served: Served):
    env_file = served.folder / ".env"
    env_file.touch(0o600)
    env_file.write_text("KEYLESS_API_KEY=keyless-canary-from-the-file\n")
    assert served.status("keyless/some-model") == 404

    from_the_file = served.reload()
    assert "registered  keyless        key from $KEYLESS_API_KEY in .env, ...file" in from_the_file.stderr

    from_the_environment = served.reload(env={"KEYLESS_API_KEY": "keyless-canary-from-here"})
    assert "registered  keyless        key from $KEYLESS_API_KEY, ...here" in from_the_environment.stderr

    this_once = served.reload()
    assert "registered  keyless        key from $KEYLESS_API_KEY in .env, ...file" in this_once.stderr

    env_file.unlink()
    gone = served.reload()
    assert "skipped     keyless        no key: $KEYLESS_API_KEY (not set)" in gone.stderr
    assert served.status("keyless/some-model") == 404
    assert served.status("kimi/kimi-for-coding") == 200
    assert "keyless-canary" not in from_the_file.stderr + from_the_environment.stderr + served.proxy.log()


def test_an_environment_of_its_own_lasts(served: Served, simulator: Simulator):
    others = {**simulator.environ(), "LITELLM_MASTER_KEY": MASTER_KEY}

    served.reload("--own-environment", env={**others, "KEYLESS_API_KEY": "keyless-canary-from-here"})
    assert "registered  keyless        key from $KEYLESS_API_KEY, ...here" in served.reload().stderr

    served.reload("--own-environment", env=others)
    assert "skipped     keyless        no key: $KEYLESS_API_KEY (not set)" in served.reload().stderr


def test_a_master_key_that_the_shell_still_has_locks_nobody_out(served: Served):
    done = served.reload(env={"LITELLM_MASTER_KEY": "sk-an-old-one-from-the-shell"})

    assert done.returncode == 0
    assert served.status("local") == 200


def test_a_changed_port_is_told_to_take_a_restart(served: Served):
    served.registry.write_text(f"{served.registry.read_text()}\n[gateway]\nport = 4001\n")

    said = "another [gateway] host or port takes a restart of `serve`"
    assert said in served.reload().stderr
    assert said in served.reload().stderr

    served.registry.write_text(served.registry.read_text().replace("port = 4001", "port = 4000"))
    assert said not in served.reload().stderr


def test_doctor_and_smoke_find_a_serve_wherever_it_listens(served: Served):
    served.registry.write_text(f"{served.registry.read_text()}\n[gateway]\nport = {free_port()}\n")
    env = {**clean_environment(), "LITELLM_MASTER_KEY": MASTER_KEY}

    found, smoked = (
        subprocess.run(
            [str(BIN / "pointsman"), command],
            cwd=served.folder, env=env, capture_output=True, text=True, timeout=SECONDS, check=False,
        ).stdout
        for command in ("doctor", "smoke")
    )  # fmt: skip

    assert f"{served.proxy.url}: LiteLLM listens" in found
    assert "since after the proxy was started" in found
    assert "PASS  a bare name goes to the default provider" in smoked


def test_what_serve_was_given_in_its_environment_still_counts(served: Served):
    done = served.reload()

    assert done.returncode == 0
    assert "registered  kimi           key from $KIMI_API_KEY" in done.stderr
    assert served.status("kimi/kimi-for-coding") == 200


def test_a_new_patience_with_kimi_is_taken_up(served: Served):
    assert served.reload(env={"KIMI_TIMEOUT_SECS": "33"}).returncode == 0

    process = served.processes()[-1]
    assert b"\0KIMI_TIMEOUT_SECS=33\0" in Path(f"/proc/{process}/environ").read_bytes()


def test_another_registry_is_refused(served: Served, tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())

    done = served.reload(env={"POINTSMAN_REGISTRY": str(tmp_path / "providers.toml")})

    assert done.returncode == 3
    assert f"serves {served.registry}" in done.stderr


def test_without_a_serve_it_could_not_run(tmp_path: Path, started: Served):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())

    done = Served(proxy=started.proxy, folder=tmp_path).reload()

    assert done.returncode == 3
    assert "no `pointsman serve` runs here" in done.stderr
    assert "hint: start it with `pointsman serve`" in done.stderr
    assert not (tmp_path / "litellm_config.yaml").exists()


def test_it_looks_where_serve_would_listen(tmp_path: Path, started: Served):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    (tmp_path / ".env").write_text(f"POINTSMAN_STATE_DIR={tmp_path / 'chosen'}\n")

    done = Served(proxy=started.proxy, folder=tmp_path).reload()

    assert str(tmp_path / "chosen" / "serve.sock") in done.stderr


def test_nobody_else_may_reload(served: Served):
    address = served.folder / ".pointsman" / "serve.sock"

    assert address.stat().st_mode & 0o777 == 0o600
    assert address.parent.stat().st_mode & 0o777 == 0o700


def test_a_process_that_dies_gets_a_successor_and_none_outlives_the_supervisor(tmp_path: Path, upstreams: Simulator):
    with _served(tmp_path, upstreams, "--workers", "2") as served:
        eventually(lambda: "LiteLLM serves" in served.proxy.log())
        first = served.processes()
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: "a LiteLLM process ended with status -9; another one is started" in served.proxy.log())
        assert served.status("local") == 200
        eventually(lambda: served.proxy.log().count("LiteLLM serves") == 2)
        processes = served.processes()
        assert len(processes) == 2
        assert first[0] not in processes

        served.proxy.process.kill()
        eventually(lambda: not any(Path(f"/proc/{process}/cmdline").exists() for process in processes))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_lets_a_stream_end_and_takes_nothing_new(tmp_path: Path, upstreams: Simulator, number: signal.Signals):
    upstreams.reset()
    upstreams.script("openai", "slow_chunks")
    words = " ".join(f"word{number}" for number in range(50))

    with _served(tmp_path, upstreams) as served, ThreadPoolExecutor(1) as threads:
        stream = threads.submit(_stream, served.proxy.url, words)
        eventually(lambda: bool(upstreams.received))
        served.proxy.process.send_signal(number)

        eventually(lambda: "stopping when requests have finished" in served.proxy.log())
        eventually(lambda: _refused(served.proxy.url))
        assert not stream.done()
        assert stream.result() == words
        assert served.proxy.process.wait(SECONDS) == 0


def _refused(url: str) -> bool:
    """Whether nobody accepts a connection, so that a load balancer takes another replica."""
    try:
        httpx.get(url, timeout=5)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        return False
    return False


def test_a_proxy_that_cannot_start_says_so_and_ends(tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text() + BAD_REDIS)

    done = subprocess.run(
        [BIN / "pointsman", "serve", "--port", str(free_port())],
        cwd=tmp_path, env={**clean_environment(), "BAD_REDIS_URL": "mysql://127.0.0.1:1/none"},
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 3
    assert done.stderr.splitlines()[-2:] == [
        "LiteLLM did not come up",
        "    hint: see what it said about it in the log of `serve`",
    ]
