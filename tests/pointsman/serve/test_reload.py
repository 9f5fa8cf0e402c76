"""``pointsman reload``: the running proxy applies changes or is unchanged, and no request is lost."""

from __future__ import annotations

import contextlib
import json
import os
import pty
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
from tests.pointsman.commands.documented import require_object
from tests.running import BIN, MASTER_KEY, Proxy, clean_environment, free_port, running

pytestmark = pytest.mark.proxy

REQUESTS = 2000
CLIENTS = 16
RELOADS = 5
STREAMS = 4
WORDS = 60
"""The number of words of a long stream, one every half second, which lasts longer than two reloads."""

BAD_REDIS = """
[gateway]
redis_url_env = "BAD_REDIS_URL"
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    """``pointsman serve`` in a new folder, and methods that change its inputs."""

    proxy: Proxy
    folder: Path

    @property
    def registry(self) -> Path:
        """The registry that ``reload`` reads."""
        return self.folder / "providers.toml"

    @property
    def config(self) -> Path:
        """The config that ``reload`` writes."""
        return self.folder / "litellm_config.yaml"

    @contextlib.contextmanager
    def reloading(self, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """Runs ``reload``; yields once `serve` has begun to start the new LiteLLM."""
        with subprocess.Popen(
            [str(BIN / "pointsman"), "reload"],
            cwd=self.folder, env={**clean_environment(), **(env or {})}, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            begun = len(self.processes())
            eventually(lambda: len(self.processes()) > begun)
            yield process
            process.communicate(timeout=SECONDS)

    def reload(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs ``reload`` like from another terminal, without keys."""
        return subprocess.run(
            [str(BIN / "pointsman"), "reload", *arguments],
            cwd=self.folder, env={**clean_environment(), **(env or {})},
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    def alias(self, name: str, goal: str) -> None:
        """Adds an alias to the registry."""
        text = self.registry.read_text()
        self.registry.write_text(text.replace("[aliases]\n", f'[aliases]\n{name} = "{goal}"\n'))

    @contextlib.contextmanager
    def env_file(self, text: str) -> Iterator[Path]:
        """Writes a ``.env`` next to the registry during the block."""
        path = self.folder / ".env"
        path.touch(0o600)
        path.write_text(text)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def status(self, model: str) -> int:
        """The status of a request for ``model`` over a new connection."""
        with self.proxy.client() as client:
            return client.post("/v1/chat/completions", json=_asking(model, "hello")).status_code

    def processes(self) -> list[int]:
        """The ids of LiteLLM's processes."""
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
    """The running proxy without requests of earlier tests; the registry is restored afterwards."""
    eventually(lambda: len(started.processes()) == 1)
    before = started.registry.read_text()
    yield started
    started.registry.write_text(before)


def _asking(model: str, text: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}


def _calls(url: str, number: Callable[[], int | None]) -> list[str]:
    """One client that keeps sending requests over keep-alive connections; returns the errors."""
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
    """The complete text of a long stream."""
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

    with served.env_file("KIMI_TIMEOUT_SECS=ten minutes\n"):
        done = served.reload()

    assert done.returncode == 1
    assert 'KIMI_TIMEOUT_SECS: "ten minutes" is not a positive number of seconds' in done.stderr
    assert served.config.read_text() == before
    assert served.processes() == processes


def test_a_config_that_litellm_cannot_start_with_changes_nothing(served: Served):
    """Only LiteLLM detects the error in the URL."""
    before, processes = served.config.read_text(), served.processes()
    served.registry.write_text(served.registry.read_text() + BAD_REDIS)

    with served.env_file("BAD_REDIS_URL=mysql://canary-user:canary-password@127.0.0.1:1/none\n"):
        done = served.reload()

    assert done.returncode == 3
    assert "LiteLLM did not start; the running proxy is unchanged" in done.stderr
    assert "hint: the log of `serve` has its messages" in done.stderr
    assert "canary" not in done.stdout + done.stderr + served.proxy.log()
    assert served.config.read_text() == before
    eventually(lambda: served.processes() == processes)
    assert served.status("local") == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_reload_goes_on_when_the_command_that_asked_for_it_ends(served: Served, number: signal.Signals):
    """A closed terminal or ^C ends only the wait; the proxy never has a mix of two configs."""
    served.alias("new", "kimi/kimi-for-coding")
    (old,) = served.processes()

    with served.reloading() as reload:
        reload.send_signal(number)

    assert reload.returncode != 0
    eventually(lambda: served.processes() != [] and old not in served.processes())
    assert served.status("new") == 200
    eventually(lambda: "new: kimi/kimi-for-coding" in served.config.read_text())


def test_the_signal_alone_reloads(served: Served):
    served.alias("signalled", "kimi/kimi-for-coding")

    served.proxy.process.send_signal(signal.SIGHUP)

    assert eventually(lambda: served.status("signalled") == 200)
    assert eventually(lambda: "signalled: kimi/kimi-for-coding" in served.config.read_text())


def test_a_config_that_pointsman_did_not_write_is_not_overwritten(served: Served):
    before = served.config.read_text()
    served.config.write_text("model_list: []  # by hand\n")
    served.alias("new", "kimi/kimi-for-coding")

    done = served.reload()

    assert done.returncode == 3
    assert "was not written by pointsman" in done.stderr
    left = served.config.read_text()
    served.config.write_text(before)
    assert left == "model_list: []  # by hand\n"


def test_a_reload_that_fails_leaves_no_config_where_there_was_none(served: Served):
    before = served.config.read_text()
    served.config.unlink()
    served.registry.write_text(served.registry.read_text() + BAD_REDIS)

    assert served.reload().returncode == 1

    assert not served.config.exists()
    served.config.write_text(before)


def test_two_reloads_at_once_both_see_their_changes(served: Served):
    """The first reload fails; the changes of the second one apply when it returns."""
    good = served.registry.read_text()
    served.registry.write_text(good + BAD_REDIS)

    with (
        served.env_file("BAD_REDIS_URL=mysql://127.0.0.1:1/none\n"),
        served.reloading() as first,
    ):
        served.registry.write_text(good)
        served.alias("second", "kimi/kimi-for-coding")
        second = served.reload()

    assert first.returncode == 3
    assert second.returncode == 0
    assert "+ alias second" in second.stdout.splitlines()
    assert "second: kimi/kimi-for-coding" in served.config.read_text()
    assert served.status("second") == 200


def test_a_new_key_is_taken_up_from_the_env_file_and_a_removed_one_is_gone(served: Served):
    assert served.status("keyless/some-model") == 404

    with served.env_file("KEYLESS_API_KEY=keyless-canary-from-the-file\n") as file:
        assert "+ keyless" in served.reload().stdout.splitlines()
        assert served.status("keyless/some-model") != 404

        file.write_text("KEYLESS_API_KEY=keyless-canary-another-one\n")
        assert served.reload().stdout == "~ keyless: key ...-one\n"

    gone = served.reload()
    assert gone.stdout == "- keyless: no key\n"
    assert served.status("keyless/some-model") == 404
    assert served.status("kimi/kimi-for-coding") == 200
    assert "keyless-canary" not in served.proxy.log()


def test_a_key_in_this_shell_is_not_the_proxys(served: Served):
    done = served.reload(env={"KEYLESS_API_KEY": "keyless-canary-from-here"})

    assert done.returncode == 0
    assert "keyless" not in done.stdout
    assert "note: KEYLESS_API_KEY is set in this shell, but `serve` does not have it" in done.stderr
    assert "run `pointsman keys set keyless`" in done.stderr
    assert "canary" not in done.stderr
    assert served.status("keyless/some-model") == 404


def test_changes_are_listed_for_people_and_programs(served: Served):
    text = served.registry.read_text()
    timeout = text.replace('name = "openrouter"\n', 'name = "openrouter"\ntimeout = 99\n')
    served.registry.write_text(timeout.replace('name = "retired"\nenabled = false', 'name = "retired"'))
    served.alias("listed", "kimi/kimi-for-coding")

    done = json.loads(served.reload("--json").stdout)

    require_object("reload", done, 0)
    assert "~ openrouter: timeout, stream_timeout" in done["changes"]
    assert "+ alias listed" in done["changes"]


def test_a_changed_port_is_told_to_take_a_restart(served: Served):
    served.registry.write_text(f"{served.registry.read_text()}\n[gateway]\nport = 4001\n")

    said = "[gateway] host and port take effect when `serve` is restarted"
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
    assert "changed after the proxy was started" in found
    assert "PASS  a bare name goes to the default provider" in smoked


def test_what_serve_was_given_in_its_environment_still_counts(served: Served):
    assert served.reload().returncode == 0
    done = served.reload()

    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing has changed" in done.stderr
    assert served.status("kimi/kimi-for-coding") == 200


def test_a_new_timeout_for_kimi_is_taken_up(served: Served):
    with served.env_file("KIMI_TIMEOUT_SECS=33\n"):
        assert served.reload().returncode == 0

        process = served.processes()[-1]
        assert b"\0KIMI_TIMEOUT_SECS=33\0" in Path(f"/proc/{process}/environ").read_bytes()


def test_another_registry_is_refused(served: Served, tmp_path: Path):
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())

    state = {"POINTSMAN_STATE_DIR": str(served.registry.parent / ".pointsman")}
    done = served.reload(env={**state, "POINTSMAN_REGISTRY": str(tmp_path / "providers.toml")})

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

    assert str(tmp_path / "chosen" / "serve.json") in done.stderr


def test_nobody_else_may_reload(served: Served):
    file = served.folder / ".pointsman" / "serve.json"

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert MASTER_KEY not in file.read_text()


def test_a_process_that_dies_gets_a_successor_and_none_outlives_the_supervisor(tmp_path: Path, upstreams: Simulator):
    with _served(tmp_path, upstreams, "--workers", "2") as served:
        eventually(lambda: "ready after" in served.proxy.log())
        first = served.processes()
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: "a LiteLLM process ended with status -9; starting another" in served.proxy.log())
        assert served.status("local") == 200
        eventually(lambda: "the new LiteLLM process is ready" in served.proxy.log())
        processes = served.processes()
        assert len(processes) == 2
        assert first[0] not in processes

        served.proxy.process.kill()
        eventually(lambda: not any(Path(f"/proc/{process}/cmdline").exists() for process in processes))


def test_a_stop_lets_a_stream_end_and_takes_nothing_new(tmp_path: Path, upstreams: Simulator):
    upstreams.reset()
    upstreams.script("openai", "slow_chunks")
    words = " ".join(f"word{number}" for number in range(50))

    with _served(tmp_path, upstreams) as served, ThreadPoolExecutor(1) as threads:
        stream = threads.submit(_stream, served.proxy.url, words)
        eventually(lambda: bool(upstreams.attempts))
        served.proxy.process.send_signal(signal.SIGTERM)

        eventually(lambda: "stopping: waiting for requests to finish" in served.proxy.log())
        eventually(lambda: _refused(served.proxy.url))
        assert not stream.done()
        assert stream.result() == words
        assert served.proxy.process.wait(SECONDS) == 0


def test_a_closed_terminal_ends_it(tmp_path: Path):
    """A closing terminal sends the same signal as a reload."""
    (tmp_path / "providers.toml").write_text(REGISTRY.read_text())
    process, terminal = pty.fork()
    if not process:
        os.chdir(tmp_path)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` would have it ignored, and `serve` respects that
        command = [str(BIN / "pointsman"), "serve", "--port", str(free_port())]
        os.execve(command[0], command, clean_environment())
    said = b""
    while b"starting LiteLLM" not in said:
        said += os.read(terminal, 4096)

    os.kill(process, signal.SIGHUP)  # requests a reload, since the terminal is open
    while b"reload: reading" not in said:
        said += os.read(terminal, 4096)
    os.close(terminal)

    _, status = os.waitpid(process, 0)
    assert os.WIFEXITED(status), "it ends by itself, and is not killed by the signal"


def _refused(url: str) -> bool:
    """Whether connections are refused, so that a load balancer uses another replica."""
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
        "LiteLLM did not start",
        "    hint: the log of `serve` has its messages",
    ]
